using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rekindle.Cli.Output;

/// <summary>A column: its heading, and whether it holds numbers.</summary>
internal readonly record struct Column(string Heading, bool IsNumber = false);

/// <summary>A cell: its text, and how it looks.</summary>
internal readonly record struct Cell(string Text, Style? Style = null)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>
/// A table in several widths. The widest that fits the terminal is shown, since a narrow terminal is better served by fewer columns than by
/// broken words.
/// </summary>
internal sealed record FittingTable(IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows)
{
    /// <summary>Spaces between two columns, and at both edges together.</summary>
    private const int Gap = 2;

    /// <summary>What its headings stand for, when they are abbreviations; null when they need no explanation.</summary>
    public string? Legend { get; init; }

    /// <summary>What the widest row takes.</summary>
    public int Width => Enumerable.Range(0, Columns.Count)
        .Sum(column => Math.Max(Columns[column].Heading.Length, Rows.Select(row => row[column].Text.Length).DefaultIfEmpty().Max()) + Gap);

    /// <summary>The first of the tables that fits; else the last.</summary>
    public static IRenderable Choose(int width, params IReadOnlyList<FittingTable> fromWide) =>
        (fromWide.FirstOrDefault(table => table.Width <= width) ?? fromWide[^1]).Render();

    public IRenderable Render()
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true, UseSafeBorder = true };
        foreach (var column in Columns)
        {
            table.AddColumn(new TableColumn(new Text(column.Heading, new Style(decoration: Decoration.Bold)))
            {
                Alignment = column.IsNumber ? Justify.Right : Justify.Left,
                NoWrap = true,
                Padding = new Padding(0, 0, Gap, 0),
            });
        }

        foreach (var row in Rows)
        {
            table.AddRow(row.Select(cell => new Text(cell.Text, cell.Style) { Overflow = Overflow.Ellipsis }));
        }

        return Legend is null ? table : new Spectre.Console.Rows(table, new Text(Legend, new Style(decoration: Decoration.Dim)));
    }
}
