using System.Globalization;

namespace Rekindle.Algorithms.Tabular;

/// <summary>Files of numbers separated by commas: the label first, no header, an empty field for a missing value.</summary>
internal static class CsvFiles
{
    /// <param name="paths">Files of one channel, read one after the other.</param>
    /// <param name="weighted">Whether the second column is the row's weight.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static Table Read(IEnumerable<string> paths, bool weighted, CancellationToken cancellation)
    {
        var table = new TableBuilder();
        foreach (var path in paths)
        {
            using var reader = new StreamReader(path);
            for (var number = 1L; reader.ReadLine() is { } line; number++)
            {
                if ((number & 0xfff) == 0) cancellation.ThrowIfCancellationRequested();
                if (!string.IsNullOrWhiteSpace(line)) AddLine(table, line, weighted, new Place(path, number));
            }
        }

        return table.Build();
    }

    private static void AddLine(TableBuilder table, string line, bool weighted, Place place)
    {
        var leading = weighted ? 2 : 1;
        var fields = line.AsSpan().Count(',') + 1;
        if (fields <= leading)
        {
            throw place.Error(weighted
                ? $"a line must be a label, a weight and at least one feature, separated by commas; it has {fields} field(s)."
                : $"a line must be a label and at least one feature, separated by commas; it has {fields} field(s).");
        }

        if (table.Columns is { } columns && fields - leading != columns)
            throw place.Error($"it has {fields} fields, but the lines before have {columns + leading}.");
        var features = new float[fields - leading];
        var label = 0f;
        float? weight = null;
        var field = 0;
        foreach (var range in line.AsSpan().Split(','))
        {
            var text = line.AsSpan(range).Trim();
            if (field == 0) label = place.Label(text, column: 1);
            else if (field < leading) weight = place.Weight(text);
            else features[field - leading] = place.Feature(text, field + 1);
            field++;
        }

        table.Add(label, weight, features);
    }
}

/// <summary>A line of a file, for sentences about it.</summary>
internal readonly record struct Place(string Path, long Line)
{
    public ClientErrorException Error(string what) => new(string.Create(CultureInfo.InvariantCulture, $"{Path}: line {Line}: {what}"));

    public float Label(ReadOnlySpan<char> text, int column)
    {
        if (TryParse(text, out var value) && float.IsFinite(value)) return value;
        throw Error(text.IsEmpty ? "the label is missing." : $"column {column}: the label '{text}' is not a finite number.{Hint}");
    }

    public float Weight(ReadOnlySpan<char> text) => TryParse(text, out var value) && float.IsFinite(value) && value >= 0
        ? value
        : throw Error($"the weight '{text}' is not a number of at least 0.{Hint}");

    /// <summary>NaN where it is missing.</summary>
    public float Feature(ReadOnlySpan<char> text, int column)
    {
        if (text.IsEmpty) return float.NaN;
        if (TryParse(text, out var value) && !float.IsInfinity(value)) return value;
        throw Error($"column {column}: '{text}' is not a finite number.{Hint}");
    }

    private string Hint => Line == 1 ? " The files have no header line." : "";

    private static bool TryParse(ReadOnlySpan<char> text, out float value) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
