using System.Text.Json;
using Rekindle.Bench.Problems;
using Rekindle.Optimization;

namespace Rekindle.Bench.Tests;

/// <summary>The data in the repository, loaded once.</summary>
internal static class BenchmarkData
{
    public static string Folder { get; } = Find();

    public static ProblemCatalog Catalog { get; } = ProblemCatalog.Load(Folder);

    /// <summary>A configuration written as JSON numbers and texts.</summary>
    public static Configuration Configuration(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new Configuration(document.RootElement.EnumerateObject().Select(p => KeyValuePair.Create(
            p.Name, p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText())));
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rekindle.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests don't run below the repository's root.");
        }

        return Path.Combine(folder.FullName, "benchmarks", "data");
    }
}
