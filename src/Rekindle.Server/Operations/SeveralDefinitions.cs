using Rekindle.Api.Shapes;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>
/// What a request with several training definitions must keep: each has a name of its own, its objective and its ranges, the tuning job's
/// configuration has neither, and the objectives can be compared.
/// </summary>
internal static class SeveralDefinitions
{
    private const string Rule = "TrainingJobDefinition";
    private const string Config = "hyperParameterTuningJobConfig";

    public static IEnumerable<Violation> Check(CreateHyperParameterTuningJobRequest request)
    {
        var config = request.HyperParameterTuningJobConfig!;
        var definitions = request.TrainingJobDefinitions!;
        if (config.HyperParameterTuningJobObjective is not null)
        {
            yield return new Violation(
                Rule,
                $"{Config}.hyperParameterTuningJobObjective",
                "HyperParameterTuningJobObjective cannot be provided together with several TrainingJobDefinitions. Provide TuningObjective in each of them.");
        }

        if (config.ParameterRanges is { } ranges && !TunableRanges.IsEmpty(ranges))
        {
            yield return new Violation(
                Rule,
                $"{Config}.parameterRanges",
                "ParameterRanges cannot be provided together with several TrainingJobDefinitions. Provide HyperParameterRanges in each of them.");
        }

        foreach (var (index, definition) in definitions.Index())
        {
            var place = TuningDefinitionReader.Place(request, index);
            if (definition.DefinitionName is not { } name)
            {
                yield return new Violation(
                    Rule, $"{place}.definitionName", "DefinitionName must be provided in each of several TrainingJobDefinitions.");
            }
            else if (definitions.Take(index).Any(other => other.DefinitionName == name))
            {
                yield return new Violation(
                    Rule, $"{place}.definitionName", $"The DefinitionName {name} is used more than once. Each of the TrainingJobDefinitions needs its own.");
            }

            if (definition.TuningObjective is null && config.HyperParameterTuningJobObjective is null)
            {
                yield return new Violation(
                    Rule, $"{place}.tuningObjective", "TuningObjective must be provided in each of several TrainingJobDefinitions.");
            }
        }

        var types = definitions.Select(definition => definition.TuningObjective?.Type).OfType<string>().Distinct().ToList();
        if (types.Count > 1)
        {
            yield return new Violation(
                Rule,
                "trainingJobDefinitions",
                $"The TuningObjectives of the TrainingJobDefinitions have the types {string.Join(" and ", types)}. They must all have one, so that "
                + "the training jobs of different algorithms can be compared.");
        }
    }
}
