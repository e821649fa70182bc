using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Tests.Importing;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.WarmStart;

public sealed class LineageTests
{
    private static readonly TuningJobDefinition Child = Given.Definition with { WarmStart = WarmStartKind.TransferLearning };

    [Fact]
    public async Task A_diamond_is_told_once_with_deleted_ones_and_without_strangers()
    {
        await using var desk = await Desk.OpenAsync();
        var top = await AddAsync(desk, "top", Given.Definition);
        var left = await AddAsync(desk, "left", Child, top);
        var right = await AddAsync(desk, "right", Child, top);
        var stranger = await AddAsync(desk, "stranger", Given.Definition);
        var bottom = await AddAsync(desk, "bottom", Child, right, left);
        await AddAsync(desk, "below", Child, bottom, stranger);
        await AddAsync(desk, "sibling", Child, top);
        await desk.DeleteAsync("top");
        await desk.DeleteAsync("below");
        await desk.Seeding.AddAsync(Given.Job(Given.Definition, TuningJobStatus.Completed) with { Name = "top" }, []);

        var lineage = await desk.LineageAsync("BOTTOM");

        Assert.Equal("bottom", lineage.HyperParameterTuningJobName);
        Assert.Equal(
            [("top", "Ancestor", true), ("left", "Ancestor", false), ("right", "Ancestor", false), ("bottom", "Self", false), ("below", "Descendant", true)],
            lineage.TuningJobs!.Select(job => (job.HyperParameterTuningJobName!, job.Relation!, job.Deleted!.Value)));
        Assert.Equal([("right", "3"), ("left", "2")], ParentsOf(lineage, "bottom"));
        Assert.Equal([("bottom", "4"), ("stranger", null)], ParentsOf(lineage, "below"));
        var self = lineage.TuningJobs![3];
        Assert.Equal(("TransferLearning", "Completed", 0.5, 1, false), (self.WarmStartType, self.HyperParameterTuningJobStatus, self.BestValue, self.TrainingJobs, self.Imported));
    }

    [Fact]
    public async Task The_best_value_follows_the_goal_and_is_absent_without_results()
    {
        await using var desk = await Desk.OpenAsync();
        var definition = Given.Definition with { Objective = new("loss", ObjectiveGoal.Minimize) };
        await desk.Seeding.AddAsync(
            Given.Job(definition, TuningJobStatus.Completed) with { Name = "min" },
            [new(Given.Statics(("lr", "0.01")), 0.5), new(Given.Statics(("lr", "0.02")), 0.25), new(Given.Statics(("lr", "0.03")), null)]);
        await desk.Seeding.AddAsync(Given.Job(definition) with { Name = "empty" }, []);

        var job = Assert.Single((await desk.LineageAsync("min")).TuningJobs!);
        Assert.Equal((0.25, 3), (job.BestValue, job.TrainingJobs));
        Assert.Null(Assert.Single((await desk.LineageAsync("empty")).TuningJobs!).BestValue);
    }

    [Fact]
    public async Task Imported_children_are_linked_to_parents_that_are_here_and_name_the_others()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.ImportAsync(Dumps.Small("first", 0.5));
        await desk.ImportAsync(ImportedChild("second", "first", "never-imported"));
        await desk.ImportAsync(Dumps.Small("too-late", 0.5));
        var impossible = ImportedChild("third", "too-late");
        impossible["TuningJob"]!["CreationTime"] = 1750000000.25;
        await desk.ImportAsync(impossible);

        var lineage = await desk.LineageAsync("second");

        Assert.Equal(["first", "second"], lineage.TuningJobs!.Select(job => job.HyperParameterTuningJobName));
        Assert.All(lineage.TuningJobs!, job => Assert.True(job.Imported));
        Assert.Equal([("first", "1"), ("never-imported", null)], ParentsOf(lineage, "second"));
        // Created no earlier than its child, so it is another one of that name.
        Assert.Equal([("too-late", null)], ParentsOf(await desk.LineageAsync("third"), "third"));
    }

    [Fact]
    public async Task An_unknown_tuning_job_is_not_found()
    {
        await using var desk = await Desk.OpenAsync();

        Assert.Equal(ErrorCode.ResourceNotFound, (await Assert.ThrowsAsync<ApiException>(() => desk.LineageAsync("nobody"))).Code);
    }

    internal static System.Text.Json.Nodes.JsonObject ImportedChild(string name, params string[] parents)
    {
        var dump = Dumps.Small(name, 0.75, 0.25);
        dump["TuningJob"]!["CreationTime"] = 1750000500;
        dump["TuningJob"]!["HyperParameterTuningEndTime"] = 1750000600;
        var warmStart = Dumps.Child("x", "IdenticalDataAndAlgorithm", parents[0])["WarmStartConfig"]!.DeepClone();
        foreach (var parent in parents.Skip(1))
        {
            warmStart["ParentHyperParameterTuningJobs"]!.AsArray().Add(new System.Text.Json.Nodes.JsonObject { ["HyperParameterTuningJobName"] = parent });
        }

        dump["TuningJob"]!["WarmStartConfig"] = warmStart;
        return dump;
    }

    private static IEnumerable<(string, string?)> ParentsOf(DescribeLineageResponse lineage, string name) =>
        lineage.TuningJobs!.Single(job => job.HyperParameterTuningJobName == name).Parents!.Select(parent => (parent.HyperParameterTuningJobName!, parent.Id));

    private static Task<long> AddAsync(Desk desk, string name, TuningJobDefinition definition, params long[] parents) => desk.Seeding.AddAsync(
        Given.Job(definition, TuningJobStatus.Completed) with { Name = name }, [new(Given.Statics(("lr", "0.01")), 0.5)], parents);
}
