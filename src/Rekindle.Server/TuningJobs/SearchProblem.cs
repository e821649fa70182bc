using System.Globalization;
using Rekindle.Optimization;
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
        definition.StaticHyperParameters,
        definition.MaxTrainingJobs,
        definition.MaxParallelTrainingJobs);

    public static SearchSpace ToSearchSpace(IReadOnlyList<ParameterRange> ranges) => new(ranges.Select(ToParameter));

    public static Strategy ToStrategy(this TuningJobDefinition definition) => definition.Strategy switch
    {
        StrategyKind.Random => new RandomStrategy(definition.ToProblem()),
        StrategyKind.Grid => new GridStrategy(definition.ToProblem()),
        StrategyKind.Bayesian => new BayesianStrategy(definition.ToProblem()),
        _ => throw new NotSupportedException($"Strategy {definition.Strategy} was let in by the rules, but nothing carries it out."),
    };

    /// <summary>What is known, in launch order.</summary>
    public static History ToHistory(TuningSnapshot snapshot, IReadOnlyList<ParentSnapshot> parents)
    {
        var completed = new List<Observation>();
        var pending = new List<Configuration>();
        var failed = new List<Configuration>();
        foreach (var job in snapshot.TrainingJobs)
        {
            var configuration = new Configuration(job.TunedHyperParameters);
            if (!job.IsTerminal)
            {
                pending.Add(configuration);
            }
            else if (job.Progress is { ObjectiveStatus: ObjectiveStatus.Succeeded, ObjectiveValue: { } value })
            {
                completed.Add(new Observation(configuration, value));
            }
            else
            {
                failed.Add(configuration);
            }
        }

        var warmStart = snapshot.Job.Definition.WarmStart is { } kind
            ? new Optimization.WarmStart(kind.ToOptimizer(), [.. parents.OrderBy(p => p.Job.CreationTime).Select(ToParentHistory)])
            : null;
        return new History(completed, pending, failed, warmStart);
    }

    public static ParentHistory ToParentHistory(ParentSnapshot parent) => new(
        parent.Job.Name,
        ToSearchSpace(parent.Job.Definition.Ranges),
        parent.Job.Definition.StaticHyperParameters,
        [
            .. from job in parent.TrainingJobs
               where job.Progress is { ObjectiveStatus: ObjectiveStatus.Succeeded, ObjectiveValue: not null }
               select new Observation(new Configuration(job.TunedHyperParameters), job.Progress.ObjectiveValue!.Value),
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
