using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Api.Shapes;
using Rekindle.Server.Operations;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Bench;

/// <summary>Finished tuning jobs of one task, written into a database as a driver would have left them, and requests for their children.</summary>
/// <param name="program">What their training jobs ran.</param>
/// <param name="count">How many tuning jobs.</param>
/// <param name="jobs">How many training jobs each launched.</param>
internal sealed class WarmStartParents(string program, int count, int jobs)
{
    private static readonly string[] Optimizers = ["sgd", "adam", "nag"];

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task StoreAsync(string dataFolder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(dataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var store = SqlStore.Open(Path.Combine(dataFolder, "rekindle.db"), TimeProvider.System, NullLogger.Instance);
        await store.MigrateAsync(cancellationToken);
        var random = new Random(1);
        for (var number = 0; number < count; number++)
        {
            await StoreAsync(store, NameOf(number), Start.AddDays(number), random, cancellationToken);
        }
    }

    public CreateHyperParameterTuningJobRequest Child(string name, string type, int seed) => new()
    {
        HyperParameterTuningJobName = name,
        HyperParameterTuningJobConfig = new HyperParameterTuningJobConfig
        {
            Strategy = "Bayesian",
            HyperParameterTuningJobObjective = new HyperParameterTuningJobObjective { Type = "Minimize", MetricName = "score" },
            ResourceLimits = new ResourceLimits { MaxNumberOfTrainingJobs = 2, MaxParallelTrainingJobs = 1 },
            RandomSeed = seed,
            ParameterRanges = new ParameterRanges
            {
                ContinuousParameterRanges =
                [
                    new ContinuousParameterRange { Name = "lr", MinValue = "0.0001", MaxValue = "0.1", ScalingType = "Logarithmic" },
                    new ContinuousParameterRange { Name = "momentum", MinValue = "0", MaxValue = "0.99" },
                    new ContinuousParameterRange { Name = "decay", MinValue = "0.000001", MaxValue = "0.01", ScalingType = "Logarithmic" },
                ],
                IntegerParameterRanges = [new IntegerParameterRange { Name = "layers", MinValue = "1", MaxValue = "8" }],
                CategoricalParameterRanges = [new CategoricalParameterRange { Name = "optimizer", Values = Optimizers }],
            },
        },
        TrainingJobDefinition = new HyperParameterTrainingJobDefinition
        {
            AlgorithmSpecification = new HyperParameterAlgorithmSpecification
            {
                TrainingImage = program,
                TrainingInputMode = "File",
                MetricDefinitions = [new() { Name = "score", Regex = "score=(\\S+)" }],
            },
            RoleArn = "arn:aws:iam::000000000000:role/benchmark",
            OutputDataConfig = new OutputDataConfig { S3OutputPath = "s3://bench/output" },
            ResourceConfig = new ResourceConfig { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 1 },
            StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = 60 },
        },
        WarmStartConfig = new HyperParameterTuningJobWarmStartConfig
        {
            WarmStartType = type,
            ParentHyperParameterTuningJobs =
                [.. Enumerable.Range(0, count).Select(number => new ParentHyperParameterTuningJob { HyperParameterTuningJobName = NameOf(number) })],
        },
    };

    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"parent-{number + 1}");

    private async Task StoreAsync(SqlStore store, string name, DateTimeOffset time, Random random, CancellationToken cancellationToken)
    {
        var arn = Arn.ForTuningJob("us-east-1", "000000000000", name);
        await store.CreateTuningJobAsync(
            new NewTuningJob
            {
                Name = name,
                Arn = arn,
                Definition = Definition(),
                Description = TuningDescription.Write(Child(name, "TransferLearning", 1) with { WarmStartConfig = null }, Definition()),
                CreationTime = time,
            },
            cancellationToken);
        var id = (await store.FindTuningJobAsync(name, cancellationToken))!.Id;
        var lease = (await store.ClaimAsync("benchmark/1", TimeSpan.FromMinutes(10), cancellationToken)).Single(lease => lease.Id == id);
        await store.CommitAsync(
            lease,
            [
                .. Enumerable.Range(1, jobs).Select(index =>
                {
                    var training = string.Create(CultureInfo.InvariantCulture, $"{name}-{index:000}");
                    return new Change.AddTrainingJob(training, Arn.ForTrainingJob(arn, training), index, Configuration(random), "Model", time);
                }),
            ],
            cancellationToken);
        var launched = (await store.ReadTuningSnapshotAsync(id, cancellationToken))!.TrainingJobs;
        await store.CommitAsync(
            lease,
            [
                .. launched.Select(job => new Change.SetTrainingProgress(
                    job.Id,
                    job.Progress with
                    {
                        Status = TrainingJobStatus.Completed,
                        Secondary = SecondaryStatus.Completed,
                        TrainingEndTime = time,
                        ObjectiveStatus = ObjectiveStatus.Succeeded,
                        ObjectiveValue = Score(job.TunedHyperParameters, random),
                    },
                    [])),
                new Change.FinishTuning(TuningJobStatus.Completed, null, time),
            ],
            cancellationToken);
    }

    private TuningJobDefinition Definition() => new()
    {
        Strategy = StrategyKind.Bayesian,
        Objective = new ObjectiveMetric("score", ObjectiveGoal.Minimize),
        MaxTrainingJobs = jobs,
        MaxParallelTrainingJobs = 1,
        Ranges =
        [
            new ParameterRange { Name = "lr", Kind = ParameterKind.Continuous, MinValue = "0.0001", MaxValue = "0.1", Scaling = RangeScaling.Logarithmic },
            new ParameterRange { Name = "momentum", Kind = ParameterKind.Continuous, MinValue = "0", MaxValue = "0.99" },
            new ParameterRange { Name = "decay", Kind = ParameterKind.Continuous, MinValue = "0.000001", MaxValue = "0.01", Scaling = RangeScaling.Logarithmic },
            new ParameterRange { Name = "layers", Kind = ParameterKind.Integer, MinValue = "1", MaxValue = "8" },
            new ParameterRange { Name = "optimizer", Kind = ParameterKind.Categorical, Values = Optimizers },
        ],
        StaticHyperParameters = new Dictionary<string, string>(),
        RandomSeed = 1,
        Training = new TrainingDefinition
        {
            Image = program,
            OutputPath = "s3://bench/output",
            MetricDefinitions = [new("score", "score=(\\S+)")],
        },
    };

    private static Dictionary<string, string> Configuration(Random random) => new()
    {
        ["lr"] = Text(Math.Pow(10, (random.NextDouble() * 3) - 4)),
        ["momentum"] = Text(random.NextDouble() * 0.99),
        ["decay"] = Text(Math.Pow(10, (random.NextDouble() * 4) - 6)),
        ["layers"] = random.Next(1, 9).ToString(CultureInfo.InvariantCulture),
        ["optimizer"] = Optimizers[random.Next(Optimizers.Length)],
    };

    /// <summary>A bowl with its bottom at lr 0.01, momentum 0.9 and 5 layers, and some noise.</summary>
    private static double Score(IReadOnlyDictionary<string, string> tuned, Random random)
    {
        double Value(string name) => double.Parse(tuned[name], CultureInfo.InvariantCulture);
        return Math.Pow(Math.Log10(Value("lr")) + 2, 2) + Math.Pow(Value("momentum") - 0.9, 2) + (Math.Pow(Value("layers") - 5, 2) / 20)
            + (tuned["optimizer"] == "adam" ? 0 : 0.3) + (random.NextDouble() * 0.05);
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
