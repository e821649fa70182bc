namespace Rekindle.Api.Shapes;

/// <summary>Finds the ranges of a tuning job, which stand with the objective in its configuration or in the definition of its training jobs.</summary>
public static class TunableRanges
{
    /// <summary>Those of the configuration, or those of the definition where the configuration has none or only empty lists.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="definition">The only definition, or the first of several.</param>
    public static ParameterRanges? Of(HyperParameterTuningJobConfig? config, HyperParameterTrainingJobDefinition? definition) =>
        config?.ParameterRanges is { } ranges && (definition?.HyperParameterRanges is null || !IsEmpty(ranges)) ? ranges : definition?.HyperParameterRanges;

    /// <summary>Whether they are in the definition.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="definition">The only definition, or the first of several.</param>
    public static bool AreInDefinition(HyperParameterTuningJobConfig? config, HyperParameterTrainingJobDefinition? definition) =>
        definition?.HyperParameterRanges is { } own && ReferenceEquals(Of(config, definition), own);

    /// <summary>Whether none of the lists has a member.</summary>
    /// <param name="ranges">The ranges.</param>
    public static bool IsEmpty(ParameterRanges ranges) => ranges is
    {
        IntegerParameterRanges: null or { Count: 0 },
        ContinuousParameterRanges: null or { Count: 0 },
        CategoricalParameterRanges: null or { Count: 0 },
        AutoParameters: null or { Count: 0 },
    };
}
