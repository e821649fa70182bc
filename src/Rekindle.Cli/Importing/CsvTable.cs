using System.Text;

namespace Rekindle.Cli.Importing;

/// <summary>
/// A table of texts: RFC 4180, with commas, semicolons or tabs, whichever the heading has most of. Lines before the heading that begin
/// with <c>#</c> are settings, <c># key: value</c>.
/// </summary>
internal sealed record CsvTable(IReadOnlyList<(string Key, string Value)> Settings, IReadOnlyList<string> Columns, IReadOnlyList<string[]> Rows)
{
    private const char Comment = '#';

    private static readonly char[] Separators = [',', ';', '\t'];

    /// <exception cref="FormatException">The text is no such table; the message says where.</exception>
    public static CsvTable Parse(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new FormatException("It is no text.");
        }

        var settings = new List<(string, string)>();
        var start = 0;
        while (start < text.Length && (text[start] == Comment || text[start] is '\r' or '\n'))
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            if (text[start] == Comment && text[(start + 1)..end].Split(':', 2) is [var key, var value])
            {
                settings.Add((key.Trim(), value.Trim()));
            }

            start = end;
        }

        var records = Records(text, start, Separator(text, start));
        if (records.Count == 0)
        {
            throw new FormatException("It has no line with the names of the columns.");
        }

        var columns = records[0].Select(name => name.Trim()).ToArray();
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Length == 0 || columns.AsSpan(0, i).Contains(columns[i]))
            {
                throw new FormatException($"Column {i + 1} has {(columns[i].Length == 0 ? "no name" : $"the name '{columns[i]}' of another column")}.");
            }
        }

        for (var i = 1; i < records.Count; i++)
        {
            if (records[i].Length != columns.Length)
            {
                throw new FormatException($"Row {i} has {records[i].Length} cells, and there are {columns.Length} columns.");
            }
        }

        return new CsvTable(settings, columns, records[1..]);
    }

    private static char Separator(string text, int start)
    {
        var end = text.IndexOf('\n', start);
        var heading = text[start..(end < 0 ? text.Length : end)];
        return Separators.MaxBy(separator => heading.Count(character => character == separator));
    }

    private static List<string[]> Records(string text, int start, char separator)
    {
        var records = new List<string[]>();
        var cells = new List<string>();
        var cell = new StringBuilder();
        var (quoted, at) = (false, start);
        for (; at < text.Length; at++)
        {
            var character = text[at];
            if (quoted)
            {
                if (character != '"')
                {
                    cell.Append(character);
                }
                else if (at + 1 < text.Length && text[at + 1] == '"')
                {
                    cell.Append(text[++at]);
                }
                else
                {
                    quoted = false;
                }
            }
            else if (character == '"' && cell.Length == 0)
            {
                quoted = true;
            }
            else if (character == separator)
            {
                EndCell();
            }
            else if (character == '\n')
            {
                EndRecord();
            }
            else if (character != '\r')
            {
                cell.Append(character);
            }
        }

        if (quoted)
        {
            throw new FormatException("A quoted cell is not closed.");
        }

        EndRecord();
        return records;

        void EndCell()
        {
            cells.Add(cell.ToString());
            cell.Clear();
        }

        void EndRecord()
        {
            EndCell();
            // An empty line is no row.
            if (cells.Count > 1 || cells[0].Length > 0)
            {
                records.Add([.. cells]);
            }

            cells.Clear();
        }
    }
}
