using Rekindle.Bench.Quality;

namespace Rekindle.Bench.Report;

/// <summary>Where tables and sentences go: a terminal, or a Markdown page.</summary>
internal sealed class ReportWriter(TextWriter output, bool markdown)
{
    public void Add(TextTable table)
    {
        if (markdown)
        {
            table.WriteMarkdown(output);
        }
        else
        {
            table.Write(output);
        }

        output.WriteLine();
    }

    public void Line(string text)
    {
        output.WriteLine(text);
        if (markdown)
        {
            output.WriteLine();
        }
    }
}
