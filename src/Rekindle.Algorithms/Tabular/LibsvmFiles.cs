using System.Globalization;

namespace Rekindle.Algorithms.Tabular;

/// <summary>Sparse rows: <c>label[:weight] index:value …</c>, indices from 0 and ascending; what is not named is missing.</summary>
internal static class LibsvmFiles
{
    /// <summary>Whether a line has the form of a sparse row.</summary>
    public static bool LooksLike(string line) => line.Contains(':', StringComparison.Ordinal) && !line.Contains(',', StringComparison.Ordinal);

    public static Table Read(IEnumerable<string> paths, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        foreach (var path in paths)
        {
            using var reader = new StreamReader(path);
            for (var number = 1L; reader.ReadLine() is { } line; number++)
            {
                if ((number & 0xfff) == 0) cancellation.ThrowIfCancellationRequested();
                var comment = line.IndexOf('#', StringComparison.Ordinal);
                var text = comment < 0 ? line : line[..comment];
                if (!string.IsNullOrWhiteSpace(text)) rows.Add(Parse(text, new Place(path, number)));
            }
        }

        var columns = rows.Count == 0 ? 0 : rows.Max(row => row.Entries.Length == 0 ? 0 : row.Entries[^1].Index + 1);
        if (rows.Count > 0 && columns == 0) throw new ClientErrorException("No line of the files has a feature, index:value.");
        TableBuilder.Checked((long)rows.Count * columns);
        var table = new TableBuilder();
        var features = new float[columns];
        foreach (var row in rows)
        {
            features.AsSpan().Fill(float.NaN);
            foreach (var (index, value) in row.Entries) features[index] = value;
            table.Add(row.Label, row.Weight, features);
        }

        return table.Build();
    }

    private static Row Parse(string line, Place place)
    {
        var words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var (label, weight) = Halves(words[0]);
        var entries = new (int Index, float Value)[words.Length - 1];
        for (var i = 1; i < words.Length; i++)
        {
            var (index, value) = Halves(words[i]);
            if (value is null) throw place.Error($"'{words[i]}' is not index:value.");
            if (!int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == int.MaxValue)
                throw place.Error($"'{words[i]}': the index '{index}' is not a whole number of at least 0.");
            if (i > 1 && number <= entries[i - 2].Index) throw place.Error($"the index {number} comes after {entries[i - 2].Index}; indices must ascend.");
            entries[i - 1] = (number, place.Feature(value, i + 1));
        }

        return new Row(place.Label(label, column: 1), weight is null ? null : place.Weight(weight), entries);
    }

    private static (string First, string? Second) Halves(string word)
    {
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (word, null) : (word[..colon], word[(colon + 1)..]);
    }

    private sealed record Row(float Label, float? Weight, (int Index, float Value)[] Entries);
}
