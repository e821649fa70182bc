using System.Text.Json;
using Rekindle.Api.Shapes;
using Rekindle.Optimization;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Cli.Suggesting;

/// <summary>The parents of a search, as they stand in the file.</summary>
internal sealed record WarmStartFile(string? WarmStartType, IReadOnlyList<WarmStartFile.Parent?>? Parents)
{
    private const int MostParents = 5;

    /// <summary>An earlier tuning job.</summary>
    internal sealed record Parent(
        string? Name,
        ParameterRanges? ParameterRanges,
        IReadOnlyDictionary<string, string>? StaticHyperParameters,
        IReadOnlyList<TrainingJob?>? TrainingJobs);

    /// <summary>One of its training jobs; a value that is no finite number is a failed one.</summary>
    internal sealed record TrainingJob(IReadOnlyDictionary<string, string>? HyperParameters, JsonElement Value);

    /// <exception cref="CommandException">The file can't be read or says something impossible.</exception>
    public static async Task<WarmStart> ReadAsync(string path, TuningJobDefinition child, CancellationToken cancellationToken)
    {
        var file = await InputFile.ReadAsync<WarmStartFile>(path, cancellationToken);
        InputFile.Demand(path, [.. file.Problems(child)]);
        return new WarmStart(
            Enum.Parse<Rekindle.Optimization.WarmStartType>(file.WarmStartType!),
            [.. file.Parents!.Select(parent => ToHistory(parent!))]);
    }

    private IEnumerable<string> Problems(TuningJobDefinition child)
    {
        if (!Enum.GetNames<Rekindle.Optimization.WarmStartType>().Contains(WarmStartType))
        {
            var found = WarmStartType is null ? "missing" : $"'{WarmStartType}'";
            yield return $"WarmStartType must be IdenticalDataAndAlgorithm or TransferLearning, and is {found}.";
        }

        if (child.Strategy is StrategyKind.Grid or StrategyKind.Hyperband)
        {
            yield return $"The strategy {child.Strategy} can't be warm started.";
        }

        if (Parents is not { Count: >= 1 and <= MostParents })
        {
            yield return $"Parents must have 1 to {MostParents} members, and has {Parents?.Count ?? 0}.";
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, parent) in (Parents ?? []).Index())
        {
            var label = string.IsNullOrEmpty(parent?.Name) ? $"Parent {index + 1}" : $"Parent {parent.Name}";
            foreach (var problem in ParentProblems(parent, child).Concat(parent?.Name is { } name && !names.Add(name) ? ["occurs twice."] : []))
            {
                yield return $"{label}: {problem}";
            }
        }
    }

    private static IEnumerable<string> ParentProblems(Parent? parent, TuningJobDefinition child)
    {
        if (string.IsNullOrEmpty(parent?.Name))
        {
            yield return "Name is missing.";
        }

        if (parent?.ParameterRanges is not { } ranges)
        {
            yield return "ParameterRanges are missing.";
            yield break;
        }

        foreach (var problem in SpaceFile.CheckRanges(ranges))
        {
            yield return problem;
        }

        var known = Names(ranges).Concat(parent.StaticHyperParameters?.Keys ?? []).ToHashSet(StringComparer.Ordinal);
        foreach (var range in child.Ranges.Where(range => !known.Contains(range.Name)))
        {
            yield return $"the hyperparameter {range.Name} of the search is neither in its ParameterRanges nor in its StaticHyperParameters.";
        }

        foreach (var (index, job) in (parent.TrainingJobs ?? []).Index())
        {
            if (job?.HyperParameters is null || job.HyperParameters.Values.Any(value => value is null))
            {
                yield return $"TrainingJobs, member {index + 1}: HyperParameters must be an object of texts.";
            }
        }
    }

    private static IEnumerable<string> Names(ParameterRanges ranges) =>
        (ranges.ContinuousParameterRanges ?? []).Select(r => r?.Name)
        .Concat((ranges.IntegerParameterRanges ?? []).Select(r => r?.Name))
        .Concat((ranges.CategoricalParameterRanges ?? []).Select(r => r?.Name))
        .OfType<string>();

    private static ParentHistory ToHistory(Parent parent) => new(
        parent.Name!,
        SpaceFile.SpaceOf(parent.ParameterRanges!),
        parent.StaticHyperParameters ?? new Dictionary<string, string>(),
        [
            .. from job in parent.TrainingJobs ?? []
               where job!.Value.ValueKind == JsonValueKind.Number && double.IsFinite(job.Value.GetDouble())
               select new Observation(new Configuration(job.HyperParameters!), job.Value.GetDouble()),
        ]);
}
