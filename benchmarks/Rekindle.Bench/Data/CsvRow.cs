using System.Globalization;

namespace Rekindle.Bench.Data;

/// <summary>One row, its fields found by the names of the columns.</summary>
internal sealed class CsvRow(IReadOnlyDictionary<string, int> columns, IReadOnlyList<string> fields)
{
    public string Text(string column) => columns.TryGetValue(column, out var at)
        ? fields[at]
        : throw new BenchmarkException($"There is no column '{column}'.");

    public double Number(string column) => double.Parse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture);

    public int Whole(string column) => int.Parse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
