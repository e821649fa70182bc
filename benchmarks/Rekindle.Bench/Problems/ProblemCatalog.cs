using System.Text.Json;
using System.Text.Json.Serialization;
using Rekindle.Optimization;

namespace Rekindle.Bench.Problems;

/// <summary>All problems of a data folder: their domains from <c>problems.json</c>, their functions from here and from the tables.</summary>
internal sealed class ProblemCatalog
{
    private const string NearestPrefix = "tab_";
    private const string SmoothPrefix = "stab_";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly Dictionary<string, Problem> _byName;

    private ProblemCatalog(IReadOnlyList<Problem> problems)
    {
        Problems = problems;
        _byName = problems.ToDictionary(p => p.Name, StringComparer.Ordinal);
    }

    /// <summary>In the file's order: synthetic ones, then the tables.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    public Problem this[string name] => _byName.TryGetValue(name, out var problem)
        ? problem
        : throw new BenchmarkException($"There is no problem '{name}'.");

    public static ProblemCatalog Load(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, "problems.json"));
        var entries = JsonSerializer.Deserialize<List<Entry>>(file, Json) ?? [];
        return new ProblemCatalog([.. entries.Select(entry => Problem(entry, folder))]);
    }

    private static Problem Problem(Entry entry, string folder)
    {
        var smooth = entry.Name.StartsWith(SmoothPrefix, StringComparison.Ordinal);
        var group = smooth ? ProblemGroup.Smooth
            : entry.Name.StartsWith(NearestPrefix, StringComparison.Ordinal) ? ProblemGroup.Nearest
            : ProblemGroup.Synthetic;
        var function = group == ProblemGroup.Synthetic
            ? SyntheticFunctions.ByName[entry.Name]
            : new TrainingTable(
                Path.Combine(folder, "tables", $"{entry.Name[(smooth ? SmoothPrefix : NearestPrefix).Length..]}.csv.gz"),
                entry.Params.Select(p => new UnitScale(p.Name, p.Low, p.High, ScalingOf(p))),
                smooth).Value;
        var space = new SearchSpace(entry.Params.Select(Parameter));
        return new Problem(entry.Name, group, space, entry.Budget, entry.NoiseSd, entry.Optimum, entry.RandomMedian, function);
    }

    private static Parameter Parameter(Range range) => range.Type switch
    {
        "float" => new ContinuousParameter(range.Name, range.Low, range.High, ScalingOf(range)),
        "int" => new IntegerParameter(range.Name, (long)range.Low, (long)range.High, ScalingOf(range)),
        _ => new CategoricalParameter(range.Name, range.Choices),
    };

    private static Scaling ScalingOf(Range range) => range.Scale switch
    {
        "log" => Scaling.Logarithmic,
        "revlog" => Scaling.ReverseLogarithmic,
        _ => Scaling.Linear,
    };

    private sealed record Entry(
        string Name,
        int Budget,
        double NoiseSd,
        double Optimum,
        double RandomMedian,
        [property: JsonPropertyName("params")] IReadOnlyList<Range> Params);

    private sealed record Range(string Name, string Type, string? Scale, double Low, double High, IReadOnlyList<string> Choices);
}
