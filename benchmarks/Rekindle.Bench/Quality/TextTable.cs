using System.Globalization;

namespace Rekindle.Bench.Quality;

/// <summary>Columns of text: the first one to the left, the others to the right.</summary>
internal sealed class TextTable(params string[] titles)
{
    private readonly List<string[]> _rows = [titles];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Write(TextWriter output)
    {
        var widths = _rows[0].Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    public void WriteMarkdown(TextWriter output)
    {
        foreach (var (number, row) in _rows.Index())
        {
            output.WriteLine($"| {string.Join(" | ", row.Select(cell => cell.TrimEnd()))} |");
            if (number == 0)
            {
                output.WriteLine($"|{string.Concat(row.Select((_, i) => i == 0 ? "---|" : "---:|"))}");
            }
        }
    }

    public static string Short(double? value) => value switch
    {
        null => "-",
        0 => "0",
        { } v => v.ToString(
            Math.Abs(v) switch { < 0.000995 => "0.0e0", < 0.0995 => "0.0000", _ => "0.000" }, CultureInfo.InvariantCulture),
    };

    public static string Fixed(double value, int decimals) => value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
