using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rekindle.Cli.Lineage;

/// <summary>
/// A family as trees in the terminal. A tuning job of several parents stands once, under the newest of them, and names the others.
/// </summary>
internal static class FamilyTree
{
    public static IEnumerable<IRenderable> Render(DescribeLineageResponse lineage)
    {
        var jobs = lineage.TuningJobs ?? [];
        var place = jobs.Index().ToDictionary(entry => entry.Item.Id!, entry => entry.Index, StringComparer.Ordinal);
        // Parents stand before their children. Whatever else an answer says, nothing is drawn below itself.
        var above = jobs.Index().Select(entry => Above(entry.Item, entry.Index, place)).ToList();
        foreach (var (index, job) in jobs.Index().Where(entry => above[entry.Index] is null))
        {
            var tree = new Tree(Label(job, null)) { Guide = TreeGuide.Line };
            Grow(tree, index, jobs, above);
            yield return tree;
        }
    }

    private static void Grow(IHasTreeNodes node, int index, IReadOnlyList<LineageTuningJob> jobs, List<int?> above)
    {
        for (var child = index + 1; child < jobs.Count; child++)
        {
            if (above[child] == index)
            {
                Grow(node.AddNode(Label(jobs[child], jobs[index].Id)), child, jobs, above);
            }
        }
    }

    private static int? Above(LineageTuningJob job, int index, Dictionary<string, int> place) => (job.Parents ?? [])
        .Where(parent => parent.Id is { } id && place.TryGetValue(id, out var at) && at < index)
        .Select(parent => (int?)place[parent.Id!])
        .Max();

    private static Paragraph Label(LineageTuningJob job, string? above)
    {
        var label = new Paragraph();
        label.Append(job.HyperParameterTuningJobName ?? "", new Style(decoration: job.Relation == "Self" ? Decoration.Bold | Decoration.Underline : Decoration.Bold));
        label.Append("  ");
        label.Append(job.HyperParameterTuningJobStatus ?? "", StatusStyle.Of(job.HyperParameterTuningJobStatus));
        foreach (var fact in FamilyFacts.Of(job))
        {
            label.Append($", {fact}");
        }

        var others = (job.Parents ?? []).Where(parent => parent.Id is null || parent.Id != above).ToList();
        if (job.WarmStartType is { } type)
        {
            label.Append($", {type}");
        }

        if (others.Count > 0)
        {
            label.Append($"{(above is null ? " from " : ", also from ")}{string.Join(", ", others.Select(parent => parent.HyperParameterTuningJobName))}");
        }

        return label;
    }
}
