using Rekindle.Server.Executors.Docker;
using Rekindle.Server.Executors.Local;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors;

/// <summary>
/// Chooses by the instance type where a training job starts. From then on it is asked who has it: the settings may be others after a
/// restart of the server.
/// </summary>
internal sealed class ExecutorsByInstanceType(LocalExecutor local, DockerExecutor docker, IReadOnlyList<InstanceProfile> profiles) : IExecutor
{
    public string? Refuse(TrainingDefinition definition, IReadOnlyDictionary<string, string> hyperParameters, string region) =>
        For(definition).Refuse(definition, hyperParameters, region);

    public string PlaceOf(string name, TrainingDefinition definition) => (Holder(name) ?? For(definition)).PlaceOf(name, definition);

    public Task SubmitAsync(ExecutionSpec spec, CancellationToken cancellationToken) =>
        (Holder(spec.Name) ?? For(spec.Definition)).SubmitAsync(spec, cancellationToken);

    public Task<ExecutionReport> ObserveAsync(string name, long position, CancellationToken cancellationToken) =>
        Of(name).ObserveAsync(name, position, cancellationToken);

    public Task StopAsync(string name, TimeSpan grace, CancellationToken cancellationToken) => Of(name).StopAsync(name, grace, cancellationToken);

    public Task<CollectedArtifacts> CollectAsync(ExecutionSpec spec, CancellationToken cancellationToken) =>
        Of(spec.Name).CollectAsync(spec, cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => Of(name).RemoveAsync(name, cancellationToken);

    public Task ResetAsync(string name, CancellationToken cancellationToken) => Of(name).ResetAsync(name, cancellationToken);

    public ExecutorLoad Load() => local.Load().With(docker.Load());

    public Task WaitForChangeAsync(string name, CancellationToken cancellationToken) => Of(name).WaitForChangeAsync(name, cancellationToken);

    public IReadOnlyList<EndedExecution> FindLeftWork() => [.. local.FindLeftWork(), .. docker.FindLeftWork()];

    public Task DiscardWorkAsync(EndedExecution execution, CancellationToken cancellationToken) =>
        Of(execution.Name).DiscardWorkAsync(execution, cancellationToken);

    public Task<LogLines> ReadLogAsync(string name, long position, bool backwards, CancellationToken cancellationToken) =>
        Of(name).ReadLogAsync(name, position, backwards, cancellationToken);

    public Task<LogLines> ReadMetricsAsync(string name, long position, bool complete, CancellationToken cancellationToken) =>
        Of(name).ReadMetricsAsync(name, position, complete, cancellationToken);

    private IExecutor For(TrainingDefinition definition) =>
        InstanceProfile.Find(profiles, definition.InstanceType) is { Executor: InstanceProfile.Docker } ? docker : local;

    private IExecutor Of(string name) => Holder(name) ?? local;

    private IExecutor? Holder(string name) => docker.Holds(name) ? docker : local.Holds(name) ? local : null;
}
