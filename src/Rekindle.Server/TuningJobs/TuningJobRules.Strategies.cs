using System.Globalization;
using Rekindle.Optimization;

namespace Rekindle.Server.TuningJobs;

internal static partial class TuningJobRules
{
    private const string Hyperband = Config + ".strategyConfig.hyperbandStrategyConfig";

    private static IEnumerable<Violation> HyperbandOnly(TuningJobDefinition definition)
    {
        if (definition is { Hyperband: not null, Strategy: not StrategyKind.Hyperband })
        {
            yield return new(
                nameof(HyperbandOnly),
                Hyperband,
                $"HyperbandStrategyConfig can be provided with the strategy Hyperband only, and the strategy is {definition.Strategy}.");
        }
    }

    private static IEnumerable<Violation> HyperbandResource(TuningJobDefinition definition)
    {
        if (definition.Strategy != StrategyKind.Hyperband)
        {
            yield break;
        }

        if (definition.Hyperband is not { MaxResource: { } most } resources)
        {
            yield return new(
                nameof(HyperbandResource),
                Hyperband,
                "MaxResource parameter is not provided and could not be inferred from provided static hyperparameters of TrainingJobDefinition.");
        }
        else if (most > HyperbandResources.Most && resources.InferredFrom is { } name)
        {
            yield return new(
                nameof(HyperbandResource),
                Hyperband,
                $"MaxResource is {most}, inferred from the static hyperparameter {name}, and cannot be more than {HyperbandResources.Most}. "
                + "Provide MaxResource.");
        }
        else if (most > HyperbandResources.Most)
        {
            const string Path = Hyperband + ".maxResource";
            yield return new(
                nameof(HyperbandResource),
                Path,
                Unsatisfied(
                    most.ToString(CultureInfo.InvariantCulture), Path, $"Member must have value less than or equal to {HyperbandResources.Most}"));
        }
        else if (resources.MinResource > most)
        {
            yield return new(
                nameof(HyperbandResource),
                Hyperband + ".minResource",
                $"MinResource is {resources.MinResource} and MaxResource is {most}"
                + (resources.InferredFrom is { } source ? $", inferred from the static hyperparameter {source}" : "")
                + ". MinResource cannot be more than MaxResource.");
        }
    }

    private static IEnumerable<Violation> HyperbandEarlyStopping(TuningJobDefinition definition)
    {
        if (definition.Strategy == StrategyKind.Hyperband && definition.EarlyStopping)
        {
            yield return new(
                nameof(HyperbandEarlyStopping),
                $"{Config}.trainingJobEarlyStoppingType",
                "TrainingJobEarlyStoppingType must be Off with the strategy Hyperband, which stops training jobs itself.");
        }
    }

    private static IEnumerable<Violation> GridRanges(TuningJobDefinition definition)
    {
        if (definition.Strategy != StrategyKind.Grid)
        {
            return [];
        }

        return
            from range in definition.Ranges.Index()
            where range.Item.Kind != ParameterKind.Categorical
            select new Violation(
                nameof(GridRanges),
                PathOf(definition, range.Index),
                $"The strategy Grid supports categorical parameter ranges only, and the range of {range.Item.Name} is {NameOf(range.Item.Kind)}.");
    }

    private static IEnumerable<Violation> GridSize(TuningJobDefinition definition)
    {
        if (definition.Strategy == StrategyKind.Grid
            && RangesOf(definition).All(ranges => ranges.Count > 0 && ranges.All(range => range.Kind == ParameterKind.Categorical))
            && RangeSize.Combinations(RangesOf(definition)) is { } combinations
            && combinations != definition.MaxTrainingJobs)
        {
            yield return new(
                nameof(GridSize),
                $"{Limits}.maxNumberOfTrainingJobs",
                $"With the strategy Grid, MaxNumberOfTrainingJobs must equal the number of hyperparameter combinations: it is "
                + $"{definition.MaxTrainingJobs}, and the provided ranges have {combinations:0} combinations.");
        }
    }

    private static IEnumerable<Violation> EnoughCombinations(TuningJobDefinition definition)
    {
        // A grid's size has a stricter rule.
        if (definition.Strategy != StrategyKind.Grid
            && RangesOf(definition).All(ranges => ranges.Count > 0)
            && RangeSize.Combinations(RangesOf(definition)) is { } combinations
            && combinations < definition.MaxTrainingJobs)
        {
            yield return new(
                nameof(EnoughCombinations),
                $"{Config}.parameterRanges",
                "You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter combinations for the provided "
                + $"ranges [{NumberText.Format(combinations)}] must be equal or greater than the value of MaxNumberOfJobs, "
                + $"[{definition.MaxTrainingJobs}]. Provide additional ranges.");
        }
    }

    private static IEnumerable<IReadOnlyList<ParameterRange>> RangesOf(TuningJobDefinition definition) =>
        definition.Further.Select(algorithm => algorithm.Ranges).Prepend(definition.Ranges);

    private static string NameOf(ParameterKind kind) => kind switch
    {
        ParameterKind.Continuous => "continuous",
        ParameterKind.Integer => "integer",
        _ => "categorical",
    };
}
