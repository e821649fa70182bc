using Rekindle.Api.Shapes;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations.Import;

/// <summary>The definition of a tuning job that ran elsewhere, as far as a warm start looks at it.</summary>
internal static class ImportedDefinition
{
    public static TuningJobDefinition Read(DescribeHyperParameterTuningJobResponse known, int trainingJobs)
    {
        var definitions = Definitions(known);
        var config = known.HyperParameterTuningJobConfig!;
        var request = new CreateHyperParameterTuningJobRequest
        {
            HyperParameterTuningJobConfig = config with
            {
                ParameterRanges = WithoutHints(config.ParameterRanges),
                ResourceLimits = WireDefaults.Complete(config.ResourceLimits),
                // Nothing is drawn for it any more; the seed is 0 when the document does not say which it was.
                RandomSeed = config.RandomSeed ?? 0,
            },
            TrainingJobDefinition = WireDefaults.Complete(definitions[0] with { HyperParameterRanges = WithoutHints(definitions[0].HyperParameterRanges) }),
            WarmStartConfig = known.WarmStartConfig,
        };
        return TuningDefinitionReader.Read(request, _ => [], [], Math.Max(1, trainingJobs)) with { AlgorithmCount = definitions.Count };
    }

    /// <summary>The ranges a training job was drawn from: in the list form of definitions, those of its own definition.</summary>
    public static IReadOnlyList<ParameterRange> RangesOf(
        HyperParameterTrainingJobSummary summary, DescribeHyperParameterTuningJobResponse known, TuningJobDefinition definition) =>
        definition.AlgorithmCount > 1
        && Definitions(known).FirstOrDefault(each => each.DefinitionName == summary.TrainingJobDefinitionName)?.HyperParameterRanges is { } own
            ? TuningDefinitionReader.Ranges(own)
            : definition.Ranges;

    /// <summary>What was searched stands beside the hints it was made from, and is not made again.</summary>
    private static ParameterRanges? WithoutHints(ParameterRanges? ranges) => ranges is null ? null : ranges with { AutoParameters = null };

    private static IReadOnlyList<HyperParameterTrainingJobDefinition> Definitions(DescribeHyperParameterTuningJobResponse known) =>
        known.TrainingJobDefinition is { } single ? [single] : known.TrainingJobDefinitions!;
}
