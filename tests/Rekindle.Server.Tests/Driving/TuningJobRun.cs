using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Driving;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Driving;

/// <summary>A database in a folder of its own, and drivers on it that can be dropped and started again.</summary>
internal sealed class TuningJobRun : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-driving-").FullName;
    private readonly IExecutor _executor;
    private readonly TimeProvider _time;
    private readonly IStore _driven;
    private JobDrivers? _drivers;
    private Suggesting? _suggesting;

    /// <param name="executor">Runs the programs.</param>
    /// <param name="time">The drivers' clock.</param>
    /// <param name="beforeStore">Called before whatever the drivers ask of the store, and may let it fail.</param>
    public TuningJobRun(IExecutor executor, TimeProvider? time = null, Action<string, IReadOnlyList<object?>>? beforeStore = null)
    {
        _executor = executor;
        _time = time ?? TimeProvider.System;
        Store = SqlStore.Open(DatabasePath, TimeProvider.System, NullLogger.Instance);
        _driven = beforeStore is null ? Store : WatchedStore.Of(Store, beforeStore);
    }

    public SqlStore Store { get; }

    public string DatabasePath => Path.Combine(_folder, "rekindle.db");

    public DriverSignal Signal { get; } = new();

    /// <summary>Those of a server unless given.</summary>
    public CircuitBreakers? Breakers { get; init; }

    public static TuningJobDefinition Definition(int jobs = 10, int parallel = 2) => new()
    {
        Strategy = StrategyKind.Random,
        Objective = new ObjectiveMetric("score", ObjectiveGoal.Maximize),
        MaxTrainingJobs = jobs,
        MaxParallelTrainingJobs = parallel,
        Ranges = [new ParameterRange { Name = "x", Kind = ParameterKind.Continuous, MinValue = "0", MaxValue = "1" }],
        StaticHyperParameters = new Dictionary<string, string> { ["epochs"] = "3" },
        RandomSeed = 7,
        Training = new TrainingDefinition
        {
            Image = "simulated",
            OutputPath = "s3://bucket/output",
            MetricDefinitions = [new MetricDefinition("score", "score=(\\S+)")],
        },
    };

    public Task<long> CreateAsync(TuningJobDefinition definition, string name = "job", params IReadOnlyList<long> parents) =>
        CreateAsync(definition, name, DateTimeOffset.UnixEpoch.AddYears(56), parents);

    public async Task<long> CreateAsync(TuningJobDefinition definition, string name, DateTimeOffset creationTime, params IReadOnlyList<long> parents)
    {
        await Store.MigrateAsync(TestContext.Current.CancellationToken);
        var outcome = await Store.CreateTuningJobAsync(
            new NewTuningJob
            {
                Name = name,
                Arn = Arn.ForTuningJob("us-east-1", "000000000000", name),
                Definition = definition,
                Description = "{}",
                CreationTime = creationTime,
                ParentIds = parents,
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(CreateOutcome.Created, outcome);
        return (await Store.FindTuningJobAsync(name, TestContext.Current.CancellationToken))!.Id;
    }

    public async Task StartDriversAsync()
    {
        var time = _time;
        _suggesting = new Suggesting();
        var training = new TrainingDriver(_driven, _executor, Breakers ?? new CircuitBreakers(time), Signal, time, NullLogger<TrainingDriver>.Instance);
        var tuning = new TuningDriver(_driven, training, _suggesting, Signal, time, NullLogger<TuningDriver>.Instance);
        _drivers = new JobDrivers(
            Store, tuning, training, Signal, new DrivingOptions("node", TimeSpan.FromSeconds(15)), time, NullLogger<JobDrivers>.Instance);
        await _drivers.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends the drivers wherever they are.</summary>
    public async Task DropDriversAsync()
    {
        if (_drivers is { } drivers)
        {
            await drivers.StopAsync(CancellationToken.None);
            drivers.Dispose();
            _suggesting!.Dispose();
            _drivers = null;
        }
    }

    public async Task<TuningSnapshot> UntilAsync(long tuningJobId, Func<TuningSnapshot, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        while (true)
        {
            var snapshot = (await Store.ReadTuningSnapshotAsync(tuningJobId, limit.Token))!;
            if (condition(snapshot))
            {
                return snapshot;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }

    public Task<TuningSnapshot> UntilEndedAsync(long tuningJobId) => UntilAsync(tuningJobId, snapshot => snapshot.Job.IsTerminal);

    public async ValueTask DisposeAsync()
    {
        await DropDriversAsync();
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
