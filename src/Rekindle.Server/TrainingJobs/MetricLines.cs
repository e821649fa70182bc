using System.Text.Json;

namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Turns lines of <see cref="MetricsFile"/> into readings: <c>{"metric":"loss","value":0.1}</c> or <c>{"loss":0.1,"accuracy":0.9}</c>, both
/// with <c>step</c> and <c>timestamp</c>, which are ignored. A metric counts as the file's from its first value there on.
/// </summary>
/// <param name="counts">How many values of a metric were found in what is not read again; none where it is missing.</param>
internal sealed class MetricLines(IReadOnlyDictionary<string, int>? counts = null)
{
    /// <summary>Values of further metrics are dropped: a program that makes up names would fill the database.</summary>
    internal const int MostMetrics = 100;

    private const int MostNameLength = 255;

    private static readonly JsonDocumentOptions Shallow = new() { MaxDepth = 8 };

    private readonly Dictionary<string, int> _found = new(counts ?? new Dictionary<string, int>(), StringComparer.Ordinal);

    /// <summary>Whether the file has given a value of the metric: then the log's don't count.</summary>
    public bool Gives(string metric) => _found.ContainsKey(metric);

    /// <summary>At most one reading a metric and line: of several the last counts.</summary>
    public IReadOnlyList<MetricReading> Read(IReadOnlyList<LogLine> lines, DateTimeOffset now)
    {
        var readings = new List<MetricReading>();
        foreach (var line in lines)
        {
            foreach (var (metric, value) in Parse(line))
            {
                if (!_found.TryGetValue(metric, out var found) && _found.Count >= MostMetrics) continue;
                _found[metric] = found + 1;
                readings.Add(new MetricReading(metric, MetricsFile.FirstOffset + line.Offset, value, now) { Ordinal = found + 1 });
            }
        }

        return readings;
    }

    /// <summary>The finite numbers of one line by their metrics; none of a piece of one, which may look like a line.</summary>
    public static IReadOnlyDictionary<string, double> Parse(LogLine line) => Parse(line.IsPiece ? "" : line.Text);

    /// <summary>The finite numbers of one line by their metrics; none where it is damaged or holds none.</summary>
    public static IReadOnlyDictionary<string, double> Parse(string line)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(line, Shallow);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root) return values;
            if (root.TryGetProperty("metric", out var metric) && metric.ValueKind == JsonValueKind.String)
            {
                if (root.TryGetProperty("value", out var value)) Take(metric.GetString()!, value);
                return values;
            }

            foreach (var property in root.EnumerateObject())
            {
                if (property.Name is not ("step" or "timestamp")) Take(property.Name, property.Value);
            }
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException)
        {
            // No JSON, or a name that is no text: a line that was cut, say.
            values.Clear();
        }

        return values;

        void Take(string name, JsonElement value)
        {
            if (name.Length is 0 or > MostNameLength || name.Any(char.IsControl)) return;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)) values[name] = number;
        }
    }
}
