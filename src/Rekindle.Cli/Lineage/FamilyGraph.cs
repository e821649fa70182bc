using System.Globalization;
using System.Text;
using Rekindle.Api.Shapes;

namespace Rekindle.Cli.Lineage;

/// <summary>A family as the source of a drawing: every tuning job once, an arrow from each parent to its child.</summary>
internal static class FamilyGraph
{
    public static string Mermaid(DescribeLineageResponse lineage)
    {
        var text = new StringBuilder("flowchart TD\n");
        var (jobs, strangers) = Parts(lineage);
        foreach (var job in jobs)
        {
            text.Append(CultureInfo.InvariantCulture, $"    n{job.Id}[\"{Mask(Label(job, "<br/>"))}\"]\n");
        }

        foreach (var (name, id) in strangers)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {id}[\"{Mask(name)}\"]\n");
        }

        foreach (var (from, to, type) in Arrows(jobs, strangers))
        {
            text.Append(CultureInfo.InvariantCulture, $"    {from} -->{(type is null ? "" : $"|{type}|")} {to}\n");
        }

        Mark("self", "stroke-width:3px", jobs.Where(job => job.Relation == "Self").Select(job => $"n{job.Id}"));
        Mark("gone", "stroke-dasharray:4", jobs.Where(job => job.Deleted == true).Select(job => $"n{job.Id}").Concat(strangers.Values));
        return text.ToString();

        void Mark(string name, string style, IEnumerable<string> ids)
        {
            if (string.Join(",", ids) is { Length: > 0 } list)
            {
                text.Append(CultureInfo.InvariantCulture, $"    classDef {name} {style}\n    class {list} {name}\n");
            }
        }
    }

    public static string Dot(DescribeLineageResponse lineage)
    {
        var text = new StringBuilder("digraph lineage {\n    node [shape=box];\n");
        var (jobs, strangers) = Parts(lineage);
        foreach (var job in jobs)
        {
            var style = job.Deleted == true ? ", style=dashed" : "";
            var width = job.Relation == "Self" ? ", penwidth=3" : "";
            text.Append(CultureInfo.InvariantCulture, $"    n{job.Id} [label={Quote(Label(job, "\n"))}{style}{width}];\n");
        }

        foreach (var (name, id) in strangers)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {id} [label={Quote(name)}, style=dashed];\n");
        }

        foreach (var (from, to, type) in Arrows(jobs, strangers))
        {
            text.Append(CultureInfo.InvariantCulture, $"    {from} -> {to}{(type is null ? "" : $" [label=\"{type}\"]")};\n");
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>The tuning jobs, and the parents that are named and not among them, by name.</summary>
    private static (IReadOnlyList<LineageTuningJob> Jobs, OrderedDictionary<string, string> Strangers) Parts(DescribeLineageResponse lineage)
    {
        var jobs = lineage.TuningJobs ?? [];
        var strangers = new OrderedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var parent in jobs.SelectMany(job => job.Parents ?? []).Where(parent => parent.Id is null))
        {
            strangers.TryAdd(parent.HyperParameterTuningJobName!, string.Create(CultureInfo.InvariantCulture, $"x{strangers.Count + 1}"));
        }

        return (jobs, strangers);
    }

    private static IEnumerable<(string From, string To, string? Type)> Arrows(
        IReadOnlyList<LineageTuningJob> jobs, OrderedDictionary<string, string> strangers) =>
        from job in jobs
        from parent in job.Parents ?? []
        select (parent.Id is { } id ? $"n{id}" : strangers[parent.HyperParameterTuningJobName!], $"n{job.Id}", job.WarmStartType);

    private static string Label(LineageTuningJob job, string newLine) =>
        $"{job.HyperParameterTuningJobName}{newLine}{job.HyperParameterTuningJobStatus}, {string.Join(", ", FamilyFacts.Of(job))}";

    /// <summary>A text of DOT.</summary>
    private static string Quote(string text) => "\"" + text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal) + "\"";

    /// <summary>A metric's name may hold anything; in Mermaid's quotes these would end the text or start a tag.</summary>
    private static string Mask(string text) => text
        .Replace("<br/>", "\n", StringComparison.Ordinal)
        .Replace("#", "#35;", StringComparison.Ordinal)
        .Replace("\"", "#quot;", StringComparison.Ordinal)
        .Replace("<", "#lt;", StringComparison.Ordinal)
        .Replace(">", "#gt;", StringComparison.Ordinal)
        .Replace("\n", "<br/>", StringComparison.Ordinal);
}
