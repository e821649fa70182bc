using System.Globalization;
using Rekindle.Optimization;
using Rekindle.Optimization.EarlyStopping;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>Says in the optimizer's words what the rows of a tuning job say.</summary>
internal static class SearchProblem
{
    public static Goal ToOptimizer(this ObjectiveGoal goal) => goal == ObjectiveGoal.Maximize ? Goal.Maximize : Goal.Minimize;

    public static TuningProblem ToProblem(this TuningJobDefinition definition) => new(
        ToSearchSpace(definition.Ranges),
        definition.Objective.Goal.ToOptimizer(),
        SearchedStatics(definition),
        definition.MaxTrainingJobs,
        definition.MaxParallelTrainingJobs);

    /// <summary>What clients add for the platform, such as the address of the code, differs in every tuning job and says nothing of the objective.</summary>
    private static Dictionary<string, string> SearchedStatics(TuningJobDefinition definition) => definition.StaticHyperParameters
        .Where(pair => pair.Key != TuningJobDefinition.InjectedHyperParameter && !pair.Key.StartsWith("sagemaker_", StringComparison.Ordinal))
        .ToDictionary(StringComparer.Ordinal);

    public static SearchSpace ToSearchSpace(IReadOnlyList<ParameterRange> ranges) => new(ranges.Select(ToParameter));

    public static Strategy ToStrategy(this TuningJobDefinition definition) => definition.Strategy switch
    {
        StrategyKind.Random => new RandomStrategy(definition.ToProblem()),
        StrategyKind.Grid => new GridStrategy(definition.ToProblem()),
        StrategyKind.Hyperband when definition.ToHalving() is { } halving => new HyperbandStrategy(definition.ToProblem(), halving),
        StrategyKind.Bayesian => new BayesianStrategy(definition.ToProblem()),
        _ => throw new NotSupportedException($"Strategy {definition.Strategy} was let in by the rules, but nothing carries it out."),
    };

    /// <summary>One strategy for each algorithm.</summary>
    public static IReadOnlyList<Strategy> ToStrategies(this TuningSnapshot snapshot) =>
        [.. Enumerable.Range(0, snapshot.Job.Definition.Further.Count + 1).Select(algorithm => snapshot.Of(algorithm).Job.Definition.ToStrategy())];

    /// <summary>The rule by which Hyperband stops training jobs; null for another strategy.</summary>
    public static SuccessiveHalving? ToHalving(this TuningJobDefinition definition) =>
        definition is { Strategy: StrategyKind.Hyperband, Hyperband: { MaxResource: { } most } resources }
            ? new SuccessiveHalving(definition.Objective.Goal.ToOptimizer(), resources.MinResource, most)
            : null;

    /// <summary>What is known, in launch order. Only Hyperband is told what came in between.</summary>
    public static History ToHistory(TuningSnapshot snapshot, IReadOnlyList<ParentSnapshot> parents)
    {
        var looksAtReadings = snapshot.Job.Definition.Strategy == StrategyKind.Hyperband;
        var completed = new List<Observation>();
        var pending = new List<Configuration>();
        var pendingReadings = new List<IReadOnlyList<Reading>>();
        var failed = new List<Configuration>();
        foreach (var job in snapshot.TrainingJobs)
        {
            var configuration = new Configuration(job.TunedHyperParameters);
            if (!job.IsTerminal)
            {
                pending.Add(configuration);
                if (looksAtReadings) pendingReadings.Add(EarlyStopping.ReadingsOf(snapshot, job));
            }
            else if (ObservedValue(job) is { } value)
            {
                completed.Add(new Observation(configuration, value)
                {
                    Readings = looksAtReadings ? EarlyStopping.ReadingsOf(snapshot, job) : [],
                    StoppedEarly = EarlyStopping.EndedEarly(job),
                });
            }
            else
            {
                failed.Add(configuration);
            }
        }

        return new History(
            completed, pending, failed, snapshot.Job.Definition.WarmStart is null ? null : ToWarmStart(snapshot.Job.Definition, parents))
        {
            PendingReadings = pendingReadings,
        };
    }

    /// <summary>What the parents of a tuning job know, the oldest first.</summary>
    public static Optimization.WarmStart ToWarmStart(TuningJobDefinition definition, IReadOnlyList<ParentSnapshot> parents) => new(
        definition.WarmStart?.ToOptimizer() ?? WarmStartType.TransferLearning, [.. OldestFirst(parents).Select(ToParentHistory)]);

    /// <summary>Parents in the order in which the optimizer takes them, whatever order they were named in.</summary>
    public static IEnumerable<ParentSnapshot> OldestFirst(IReadOnlyList<ParentSnapshot> parents) => parents.OrderBy(p => p.Job.CreationTime).ThenBy(p => p.Job.Name, StringComparer.Ordinal);

    /// <summary>The objective of a training job that counts as an observation; null for one that gives nothing.</summary>
    public static double? ObservedValue(TrainingJob job) =>
        job.Progress is { ObjectiveStatus: ObjectiveStatus.Succeeded, ObjectiveValue: { } value } ? value : null;

    public static ParentHistory ToParentHistory(ParentSnapshot parent) => new(
        parent.Job.Name,
        ToSearchSpace(parent.Job.Definition.Ranges),
        parent.Job.Definition.StaticHyperParameters,
        [
            .. from job in parent.TrainingJobs
               let value = ObservedValue(job)
               where value is not null
               select new Observation(new Configuration(job.TunedHyperParameters), value.Value) { StoppedEarly = EarlyStopping.EndedEarly(job) },
        ]);

    private static WarmStartType ToOptimizer(this WarmStartKind kind) => kind switch
    {
        WarmStartKind.IdenticalDataAndAlgorithm => WarmStartType.IdenticalDataAndAlgorithm,
        _ => WarmStartType.TransferLearning,
    };

    private static Parameter ToParameter(ParameterRange range) => range.Kind switch
    {
        ParameterKind.Continuous => new ContinuousParameter(range.Name, Number(range.MinValue), Number(range.MaxValue), ToOptimizer(range.Scaling)),
        ParameterKind.Integer => new IntegerParameter(range.Name, Whole(range.MinValue), Whole(range.MaxValue), ToOptimizer(range.Scaling)),
        _ => new CategoricalParameter(range.Name, range.Values),
    };

    private static Scaling ToOptimizer(RangeScaling scaling) => scaling switch
    {
        RangeScaling.Linear => Scaling.Linear,
        RangeScaling.Logarithmic => Scaling.Logarithmic,
        RangeScaling.ReverseLogarithmic => Scaling.ReverseLogarithmic,
        _ => Scaling.Auto,
    };

    private static double Number(string? text) => double.Parse(text!, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static long Whole(string? text) => RangeText.ParseWhole(text!);
}
