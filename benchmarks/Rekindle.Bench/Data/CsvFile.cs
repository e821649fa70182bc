using System.IO.Compression;
using System.Text;

namespace Rekindle.Bench.Data;

/// <summary>Reads comma-separated files with a line of column names, plain or gzipped; fields may be quoted.</summary>
internal static class CsvFile
{
    /// <summary>The rows in their order.</summary>
    /// <exception cref="BenchmarkException">The file is missing or a row has another number of fields than the first line.</exception>
    public static IEnumerable<CsvRow> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new BenchmarkException($"{path} is missing.");
        }

        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in Split(reader.ReadLine() ?? ""))
        {
            columns.Add(name, columns.Count);
        }

        for (var number = 2; reader.ReadLine() is { } line; number++)
        {
            var fields = Split(line);
            yield return fields.Count == columns.Count
                ? new CsvRow(columns, fields)
                : throw new BenchmarkException($"{path}, line {number}: {fields.Count} fields instead of {columns.Count}.");
        }
    }

    private static List<string> Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
