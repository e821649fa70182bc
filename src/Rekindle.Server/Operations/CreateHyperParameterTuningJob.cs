using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Driving;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;
using MetricDefinition = Rekindle.Server.TrainingJobs.MetricDefinition;

namespace Rekindle.Server.Operations;

/// <summary>Checks a tuning job against every rule and stores it. Running it is the drivers' work.</summary>
internal sealed class CreateHyperParameterTuningJob(
    IStore store, IExecutor executor, BuiltInMetrics builtInMetrics, RuleLimits limits, WarmStartOptions warmStartOptions, DriverSignal signal, TimeProvider time)
    : Operation<CreateHyperParameterTuningJobRequest, CreateHyperParameterTuningJobResponse>
{
    protected override async Task<CreateHyperParameterTuningJobResponse> HandleAsync(
        CreateHyperParameterTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (TuningDefinitionReader.CheckForm(request) is { Count: > 0 } malformed)
        {
            throw Refusal.Of(malformed);
        }

        var name = request.HyperParameterTuningJobName!;
        var parents = await FindParentsAsync(request, cancellationToken);
        var definition = Read(request, parents);
        if (Check(name, context.Region, definition, parents) is { Count: > 0 } violations)
        {
            throw Refusal.Of(violations);
        }

        var job = new NewTuningJob
        {
            Name = name,
            Arn = Arn.ForTuningJob(context.Region, context.Account, name),
            Definition = definition,
            Description = TuningDescription.Write(request, definition),
            CreationTime = time.GetUtcNow(),
            ParentIds = [.. parents.Select(parent => parent.Job!.Id)],
            Tags = ToWire.Tags(request.Tags),
        };
        switch (await store.CreateTuningJobAsync(job, cancellationToken))
        {
            case CreateOutcome.NameTaken:
                throw Refusal.TuningJobNameTaken(name);
            case CreateOutcome.ParentUnavailable:
                throw new ApiException(ErrorCode.ValidationException, "A parent tuning job was deleted while this request was checked.");
            default:
                signal.Raise();
                return new CreateHyperParameterTuningJobResponse { HyperParameterTuningJobArn = job.Arn };
        }
    }

    private TuningJobDefinition Read(CreateHyperParameterTuningJobRequest request, IReadOnlyList<NamedParent> parents)
    {
        var image = TuningDefinitionReader.SingleDefinition(request)!.AlgorithmSpecification!.TrainingImage;
        IReadOnlyList<MetricDefinition> inherited = parents is [{ Job: { } first }, ..] ? first.Definition.Training.MetricDefinitions : [];
        var strategy = Enum.Parse<StrategyKind>(request.HyperParameterTuningJobConfig!.Strategy!);
        var limit = limits.MaxTrainingJobsFor(strategy);
        // What parents launched counts towards the limit of a warm start.
        var left = request.WarmStartConfig is null ? limit : warmStartOptions.MaxTrainingJobs - parents.Sum(parent => parent.LaunchedTrainingJobs);
        return TuningDefinitionReader.Read(request, builtInMetrics.For(image), inherited, Math.Min(limit, left));
    }

    private List<Violation> Check(string name, string region, TuningJobDefinition definition, IReadOnlyList<NamedParent> parents)
    {
        var violations = TuningJobRules.Check(definition, limits, MetricScraper.Problem).ToList();
        if (definition.WarmStart is not null)
        {
            violations.AddRange(WarmStartRules.Check(new WarmStartRequest(name, definition, parents, warmStartOptions)).Violations);
        }

        if (executor.Refuse(definition.Training, definition.StaticHyperParameters, region) is { } problem)
        {
            violations.Add(new Violation("TrainingJobDefinition", "trainingJobDefinition", problem));
        }

        return violations;
    }

    private async Task<IReadOnlyList<NamedParent>> FindParentsAsync(CreateHyperParameterTuningJobRequest request, CancellationToken cancellationToken)
    {
        var parents = new List<NamedParent>();
        foreach (var parent in request.WarmStartConfig?.ParentHyperParameterTuningJobs ?? [])
        {
            var name = parent.HyperParameterTuningJobName;
            var job = name is null ? null : await store.FindTuningJobAsync(name, cancellationToken);
            var launched = job is null ? 0 : (await store.CountTrainingJobsAsync(job.Id, cancellationToken)).Launched;
            parents.Add(new NamedParent(name, job, launched));
        }

        return parents;
    }
}
