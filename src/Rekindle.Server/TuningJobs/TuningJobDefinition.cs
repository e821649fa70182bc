using System.Globalization;
using System.Text.Json.Serialization;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>What the user asked for, after defaults and rewrites. Never changes once stored.</summary>
internal sealed record TuningJobDefinition
{
    public required StrategyKind Strategy { get; init; }

    public required ObjectiveMetric Objective { get; init; }

    public required int MaxTrainingJobs { get; init; }

    public required int MaxParallelTrainingJobs { get; init; }

    /// <summary>Wall-clock limit of the whole tuning job in seconds; none when null.</summary>
    public int? MaxRuntimeInSeconds { get; init; }

    public required IReadOnlyList<ParameterRange> Ranges { get; init; }

    /// <summary>The user's static hyperparameters, without the injected <c>_tuning_objective_metric</c>.</summary>
    public required IReadOnlyDictionary<string, string> StaticHyperParameters { get; init; }

    public CompletionCriteria Completion { get; init; } = new();

    public bool EarlyStopping { get; init; }

    /// <summary>What Hyperband may spend on a training job; null for other strategies.</summary>
    public HyperbandResources? Hyperband { get; init; }

    /// <summary>The seed of the search: the user's, or one drawn when the tuning job was created.</summary>
    public required long RandomSeed { get; init; }

    public required TrainingDefinition Training { get; init; }

    /// <summary>
    /// The other algorithms that the tuning job chooses among; the first is described by <see cref="Objective"/>, <see cref="Ranges"/>,
    /// <see cref="StaticHyperParameters"/>, <see cref="Hyperband"/> and <see cref="Training"/>.
    /// </summary>
    /// <remarks>Missing in what was stored before there were several; a reader of JSON passes over initial values then.</remarks>
    public IReadOnlyList<TunedAlgorithm> Further { get => field ?? []; init; } = [];

    /// <summary>How many training definitions it has. Those of an imported tuning job beyond the first are not kept.</summary>
    public int AlgorithmCount { get; init; } = 1;

    /// <summary>How this tuning job uses its parents; the parents themselves stand in rows of their own.</summary>
    public WarmStartKind? WarmStart { get; init; }

    /// <summary>How many steps beyond the named parents ancestors may be that join them; 0 as on AWS, where none does.</summary>
    public int RecursiveDepth { get; init; }

    /// <summary>The hyperparameter that SageMaker adds to every training job of a tuning job: the objective metric's name.</summary>
    public const string InjectedHyperParameter = "_tuning_objective_metric";

    /// <summary>The same for one algorithm alone: 0 for the first, then those of <see cref="Further"/>.</summary>
    public TuningJobDefinition Of(int algorithm)
    {
        if (Further.Count == 0)
        {
            return this;
        }

        var alone = this with { Further = [] };
        if (algorithm == 0)
        {
            return alone;
        }

        var other = Further[algorithm - 1];
        return alone with
        {
            Objective = other.Objective,
            Ranges = other.Ranges,
            StaticHyperParameters = other.StaticHyperParameters,
            Hyperband = other.Hyperband,
            Training = other.Training,
        };
    }

    /// <summary>Everything a training job with these suggested values is given.</summary>
    public IReadOnlyDictionary<string, string> HyperParametersFor(IReadOnlyDictionary<string, string> tuned)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in StaticHyperParameters)
        {
            all[name] = value;
        }

        foreach (var (name, value) in tuned)
        {
            all[name] = value;
        }

        all[InjectedHyperParameter] = Objective.MetricName;
        return all;
    }
}

/// <summary>
/// How much of a training job Hyperband looks at, counted in values of the objective metric it reports, usually one an epoch.
/// </summary>
/// <param name="MinResource">Before that nothing is stopped, at least 1.</param>
/// <param name="MaxResource">Where a training job is stopped as finished; null when neither given nor inferable, which a rule refuses.</param>
/// <param name="EndsByItself">
/// Whether the static hyperparameters tell the program to end there: then it is left to do so, since it may still have a model to save.
/// </param>
internal sealed record HyperbandResources(int MinResource, int? MaxResource, bool EndsByItself = false)
{
    /// <summary>AWS's limit.</summary>
    public const int Most = 20_000;

    /// <summary>The static hyperparameter that gave the most; null when it was given. For words to the user, so it is not stored.</summary>
    [JsonIgnore]
    public string? InferredFrom { get; init; }

    /// <summary>The names by which AWS looks for the number of epochs, in its order.</summary>
    public static IReadOnlyList<string> EpochNames { get; } = ["epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs"];

    /// <param name="minResource">As given.</param>
    /// <param name="maxResource">As given.</param>
    /// <param name="statics">The static hyperparameters, plain or as JSON texts.</param>
    public static HyperbandResources Of(int? minResource, int? maxResource, IReadOnlyDictionary<string, string> statics)
    {
        var name = EpochNames.FirstOrDefault(candidate => Whole(statics.GetValueOrDefault(candidate)) is not null);
        var epochs = name is null ? null : Whole(statics[name]);
        var most = maxResource ?? epochs;
        return new HyperbandResources(minResource ?? 1, most, EndsByItself: epochs is not null && epochs <= most)
        {
            InferredFrom = maxResource is null ? name : null,
        };
    }

    private static int? Whole(string? text) =>
        int.TryParse(text?.Trim().Trim('"').Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;
}

internal enum StrategyKind { Bayesian, Random, Grid, Hyperband }

internal enum ObjectiveGoal { Minimize, Maximize }

internal enum WarmStartKind { IdenticalDataAndAlgorithm, TransferLearning }

internal sealed record ObjectiveMetric(string MetricName, ObjectiveGoal Goal)
{
    /// <summary>Whether <paramref name="candidate"/> is strictly better than <paramref name="incumbent"/>.</summary>
    public bool IsBetter(double candidate, double incumbent) => Goal == ObjectiveGoal.Maximize ? candidate > incumbent : candidate < incumbent;
}

internal enum ParameterKind { Continuous, Integer, Categorical }

internal enum RangeScaling { Auto, Linear, Logarithmic, ReverseLogarithmic }

/// <summary>One tunable hyperparameter as the wire states it: bounds stay text, so that nothing is lost by parsing.</summary>
internal sealed record ParameterRange
{
    public required string Name { get; init; }

    public required ParameterKind Kind { get; init; }

    public string? MinValue { get; init; }

    public string? MaxValue { get; init; }

    public RangeScaling Scaling { get; init; }

    public IReadOnlyList<string> Values { get; init; } = [];
}

internal sealed record CompletionCriteria
{
    public double? TargetObjectiveMetricValue { get; init; }

    public int? MaxTrainingJobsNotImproving { get; init; }

    public bool CompleteOnConvergence { get; init; }
}
