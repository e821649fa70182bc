using Rekindle.Api.Shapes;
using Rekindle.Cli.Lineage;
using Spectre.Console.Testing;

namespace Rekindle.Cli.Tests.Lineage;

public sealed class FamilyDrawingTests
{
    private static readonly DescribeLineageResponse Diamond = new()
    {
        HyperParameterTuningJobName = "bottom",
        TuningJobs =
        [
            Job("1", "top", "Ancestor") with { Deleted = true, Imported = true, WarmStartType = null },
            Job("2", "left", "Ancestor", ("top", "1")),
            Job("3", "right", "Ancestor", ("top", "1")),
            Job("4", "bottom", "Self", ("left", "2"), ("right", "3"), ("elsewhere", null)) with { BestValue = null, TrainingJobs = 1 },
        ],
    };

    [Fact]
    public void The_tree_has_every_tuning_job_once_under_its_newest_parent()
    {
        using var console = new TestConsole();
        console.Profile.Width = 160;
        foreach (var tree in FamilyTree.Render(Diamond))
        {
            console.Write(tree);
        }

        Assert.Equal(
            [
                "top  Completed, acc 0.9, 2 training jobs, imported, deleted",
                "├── left  Completed, acc 0.9, 2 training jobs, TransferLearning",
                "└── right  Completed, acc 0.9, 2 training jobs, TransferLearning",
                "    └── bottom  Completed, no result, 1 training job, TransferLearning, also from left, elsewhere",
            ],
            console.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()));
    }

    [Fact]
    public void A_family_that_names_itself_in_a_circle_is_drawn_all_the_same()
    {
        var circle = new DescribeLineageResponse { TuningJobs = [Job("1", "a", "Self", ("b", "2")), Job("2", "b", "Ancestor", ("a", "1"))] };
        using var console = new TestConsole();
        foreach (var tree in FamilyTree.Render(circle))
        {
            console.Write(tree);
        }

        Assert.Equal(2, console.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.Contains("Completed", StringComparison.Ordinal)));
    }

    [Fact]
    public void Mermaid_has_every_tuning_job_and_arrow_once()
    {
        Assert.Equal(
            """
            flowchart TD
                n1["top<br/>Completed, acc 0.9, 2 training jobs, imported, deleted"]
                n2["left<br/>Completed, acc 0.9, 2 training jobs"]
                n3["right<br/>Completed, acc 0.9, 2 training jobs"]
                n4["bottom<br/>Completed, no result, 1 training job"]
                x1["elsewhere"]
                n1 -->|TransferLearning| n2
                n1 -->|TransferLearning| n3
                n2 -->|TransferLearning| n4
                n3 -->|TransferLearning| n4
                x1 -->|TransferLearning| n4
                classDef self stroke-width:3px
                class n4 self
                classDef gone stroke-dasharray:4
                class n1,x1 gone

            """,
            FamilyGraph.Mermaid(Diamond));
    }

    [Fact]
    public void Dot_has_every_tuning_job_and_arrow_once()
    {
        Assert.Equal(
            """
            digraph lineage {
                node [shape=box];
                n1 [label="top\nCompleted, acc 0.9, 2 training jobs, imported, deleted", style=dashed];
                n2 [label="left\nCompleted, acc 0.9, 2 training jobs"];
                n3 [label="right\nCompleted, acc 0.9, 2 training jobs"];
                n4 [label="bottom\nCompleted, no result, 1 training job", penwidth=3];
                x1 [label="elsewhere", style=dashed];
                n1 -> n2 [label="TransferLearning"];
                n1 -> n3 [label="TransferLearning"];
                n2 -> n4 [label="TransferLearning"];
                n3 -> n4 [label="TransferLearning"];
                x1 -> n4 [label="TransferLearning"];
            }

            """,
            FamilyGraph.Dot(Diamond));
    }

    [Fact]
    public void A_metrics_name_cannot_leave_its_quotes()
    {
        var odd = new DescribeLineageResponse
        {
            TuningJobs = [Job("1", "a", "Self") with { Objective = new() { MetricName = "\"<b>\\#" } }],
        };

        Assert.Contains("#quot;#lt;b#gt;\\#35; 0.9", FamilyGraph.Mermaid(odd), StringComparison.Ordinal);
        Assert.Contains("""\"<b>\\# 0.9""", FamilyGraph.Dot(odd), StringComparison.Ordinal);
    }

    [Fact]
    public void A_strangers_name_cannot_leave_its_quotes_either()
    {
        var odd = new DescribeLineageResponse { TuningJobs = [Job("1", "a", "Self", ("b\"]; c\\", null))] };

        Assert.Contains("""x1 [label="b\"]; c\\", style=dashed];""", FamilyGraph.Dot(odd), StringComparison.Ordinal);
        Assert.Contains("x1[\"b#quot;]; c\\\"]", FamilyGraph.Mermaid(odd), StringComparison.Ordinal);
    }

    private static LineageTuningJob Job(string id, string name, string relation, params (string Name, string? Id)[] parents) => new()
    {
        Id = id,
        HyperParameterTuningJobName = name,
        Relation = relation,
        WarmStartType = parents.Length > 0 ? "TransferLearning" : null,
        HyperParameterTuningJobStatus = "Completed",
        Objective = new() { Type = "Maximize", MetricName = "acc" },
        BestValue = 0.9,
        TrainingJobs = 2,
        Deleted = false,
        Imported = false,
        Parents = [.. parents.Select(parent => new LineageParent { HyperParameterTuningJobName = parent.Name, Id = parent.Id })],
    };
}
