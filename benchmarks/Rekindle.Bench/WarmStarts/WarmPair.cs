using System.Globalization;
using System.Text.Json;
using Rekindle.Bench.Data;
using Rekindle.Bench.Problems;
using Rekindle.Bench.Quality;
using Rekindle.Optimization;

namespace Rekindle.Bench.WarmStarts;

/// <summary>A child task and the parent it may learn from.</summary>
/// <param name="Identical">Whether the two are the same task on other data; otherwise they are different tasks.</param>
/// <param name="Child">The child's problem, under the pair's name <c>parent>child</c>.</param>
/// <param name="ParentBySeed">What the parent had found, for each seed.</param>
internal sealed record WarmPair(bool Identical, Problem Child, IReadOnlyDictionary<int, ParentHistory> ParentBySeed)
{
    public string Name => Child.Name;

    /// <summary>The recorded pairs, and how other tuners did on them: in the curves, the problem is the pair.</summary>
    public static (IReadOnlyList<WarmPair> Pairs, CurveSet Recorded) Load(string dataFolder, ProblemCatalog catalog)
    {
        var runs = Path.Combine(dataFolder, "warm_runs.csv.gz");
        var parents = Parents(Path.Combine(dataFolder, "warm_parents.csv.gz"), catalog);
        var pairs =
            from row in CsvFile.Read(runs)
            group row by (Kind: row.Text("kind"), Pair: row.Text("pair"), Child: row.Text("problem")) into pair
            select new WarmPair(
                pair.Key.Kind == "identical",
                catalog[pair.Key.Child] with { Name = pair.Key.Pair },
                parents[pair.Key.Pair.Split('>')[0]]);
        return ([.. pairs], new CurveSet(RecordedPeers.Curves(runs, "method", "pair")));
    }

    /// <summary>The parent as a warm start.</summary>
    /// <param name="seed">Which of the parent's runs.</param>
    /// <param name="type">What is claimed about it.</param>
    /// <param name="flipped">Turns good into bad: the worst parent there is.</param>
    public WarmStart WarmStart(int seed, WarmStartType type, bool flipped)
    {
        var parent = ParentBySeed[seed];
        return new WarmStart(type, [flipped ? parent with { Observations = [.. parent.Observations.Select(o => o with { Value = -o.Value })] } : parent]);
    }

    private static Dictionary<string, Dictionary<int, ParentHistory>> Parents(string path, ProblemCatalog catalog) =>
        CsvFile.Read(path).GroupBy(row => row.Text("parent")).ToDictionary(
            parent => parent.Key,
            parent => parent.GroupBy(row => row.Whole("seed")).ToDictionary(
                run => run.Key,
                run => new ParentHistory(
                    parent.Key,
                    catalog[$"stab_{parent.Key}"].Space,
                    new Dictionary<string, string>(),
                    [.. run.Select(row => new Observation(Configuration(row.Text("config_json")), row.Number("objective")))])));

    private static Configuration Configuration(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new Configuration(document.RootElement.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.ValueKind switch
        {
            JsonValueKind.String => p.Value.GetString()!,
            _ when p.Value.TryGetInt64(out var whole) => NumberText.Format(whole),
            _ => NumberText.Format(double.Parse(p.Value.GetRawText(), CultureInfo.InvariantCulture)),
        })));
    }
}
