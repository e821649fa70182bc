using System.Text.Json.Nodes;
using Rekindle.Server.Tests.Importing;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>OverallBestTrainingJob as Describe answers it: the best of the child and the parents it names.</summary>
public sealed class OverallBestTests
{
    private static readonly TuningJobDefinition Child = Given.Definition with { WarmStart = WarmStartKind.IdenticalDataAndAlgorithm };

    [Fact]
    public async Task A_grandparents_better_result_is_not_shown()
    {
        await using var desk = await Desk.OpenAsync();
        var grandparent = await AddAsync(desk, "grandparent", Given.Definition, [0.99]);
        var parent = await AddAsync(desk, "parent", Child, [0.5, 0.7], grandparent);
        await AddAsync(desk, "child", Child, [0.6], parent);

        Assert.Equal(("parent", "parent-002", 0.7), await OverallAsync(desk, "child"));
        Assert.Equal(("grandparent", "grandparent-001", 0.99), await OverallAsync(desk, "parent"));
        Assert.Equal("child-001", (await desk.DescribeJobAsync("child")).BestTrainingJob!.TrainingJobName);
    }

    [Fact]
    public async Task A_parent_counts_before_the_childs_first_result_and_after_its_own_deletion()
    {
        await using var desk = await Desk.OpenAsync();
        await AddAsync(desk, "parent", Given.Definition, [0.5, 0.7]);
        await desk.CreateAsync(WireRequest.Of("child", Child, "parent"));
        Assert.Equal(("parent", "parent-002", 0.7), await OverallAsync(desk, "child"));
        Assert.Null((await desk.DescribeJobAsync("child")).BestTrainingJob);

        await desk.DeleteAsync("parent");

        Assert.Equal(("parent", "parent-002", 0.7), await OverallAsync(desk, "child"));
        // Another one of the same name is not the parent.
        await AddAsync(desk, "parent", Given.Definition, []);
        Assert.Equal(("parent", "parent-002", 0.7), await OverallAsync(desk, "child"));
    }

    [Fact]
    public async Task Of_equal_results_the_earlier_wins()
    {
        await using var desk = await Desk.OpenAsync();
        var late = await AddAsync(desk, "late", Given.Definition, [0.7], Given.Start.AddHours(2));
        var early = await AddAsync(desk, "early", Given.Definition, [0.7, 0.7], Given.Start.AddHours(1));
        await AddAsync(desk, "child", Child, [0.7], Given.Start.AddHours(3), late, early);

        Assert.Equal(("early", "early-001", 0.7), await OverallAsync(desk, "child"));
    }

    [Fact]
    public async Task The_least_is_the_best_when_minimized_and_a_transfer_shows_none()
    {
        await using var desk = await Desk.OpenAsync();
        var objective = new ObjectiveMetric("validation:accuracy", ObjectiveGoal.Minimize);
        var parent = await AddAsync(desk, "parent", Given.Definition with { Objective = objective }, [0.5, 0.25]);
        await AddAsync(desk, "child", Child with { Objective = objective }, [0.3], parent);
        await AddAsync(desk, "transfer", Child with { Objective = objective, WarmStart = WarmStartKind.TransferLearning }, [0.3], parent);

        Assert.Equal(("parent", "parent-002", 0.25), await OverallAsync(desk, "child"));
        Assert.Null((await desk.DescribeJobAsync("transfer")).OverallBestTrainingJob);
    }

    [Fact]
    public async Task An_imported_parent_counts_like_any_other()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.ImportAsync(Dumps.Small("from-aws", 0.5, 0.25, 0.75));
        var definition = (await desk.Store.FindTuningJobAsync("from-aws", TestContext.Current.CancellationToken))!.Definition;

        await desk.CreateAsync(WireRequest.Of("child", definition, "from-aws"));

        Assert.Equal(("from-aws", "small-002", 0.25), await OverallAsync(desk, "child"));
    }

    [Fact]
    public async Task An_imported_child_keeps_what_its_document_says()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.ImportAsync(Dumps.Small("from-aws", 0.5));
        var child = Dumps.Small("its-child", 0.75);
        child["TuningJob"]!["CreationTime"] = 1750000500;
        child["TuningJob"]!["HyperParameterTuningEndTime"] = 1750000600;
        child["TuningJob"]!["WarmStartConfig"] = Dumps.Child("x", "IdenticalDataAndAlgorithm", "from-aws")["WarmStartConfig"]!.DeepClone();
        child["TuningJob"]!["OverallBestTrainingJob"] = new JsonObject { ["TrainingJobName"] = "elsewhere-007", ["TuningJobName"] = "from-aws" };
        await desk.ImportAsync(child);

        Assert.Equal("elsewhere-007", (await desk.DescribeJobAsync("its-child")).OverallBestTrainingJob!.TrainingJobName);
    }

    [Theory]
    [InlineData("""{"TrainingJobDefinition":{}}""", null)]
    [InlineData("""{"TrainingJobDefinitions":[{"DefinitionName":"theirs"}]}""", "theirs")]
    public async Task A_parents_training_job_has_the_name_of_the_parents_definition(string description, string? expected)
    {
        await using var desk = await Desk.OpenAsync();
        var parent = await AddAsync(desk, "parent", Given.Definition, [0.7], Given.Start, description);
        await AddAsync(desk, "child", Child, [0.6], Given.Start, """{"TrainingJobDefinitions":[{"DefinitionName":"ours"}]}""", parent);
        await desk.DeleteAsync("parent");

        var child = await desk.DescribeJobAsync("child");

        Assert.Equal(("parent-001", expected), (child.OverallBestTrainingJob!.TrainingJobName, child.OverallBestTrainingJob.TrainingJobDefinitionName));
        Assert.Equal(("child-001", "ours"), (child.BestTrainingJob!.TrainingJobName, child.BestTrainingJob.TrainingJobDefinitionName));
    }

    private static Task<long> AddAsync(Desk desk, string name, TuningJobDefinition definition, double[] values, params long[] parents) =>
        AddAsync(desk, name, definition, values, Given.Start, parents);

    private static Task<long> AddAsync(
        Desk desk, string name, TuningJobDefinition definition, double[] values, DateTimeOffset created, params long[] parents) =>
        AddAsync(desk, name, definition, values, created, """{"TrainingJobDefinition":{}}""", parents);

    private static Task<long> AddAsync(
        Desk desk, string name, TuningJobDefinition definition, double[] values, DateTimeOffset created, string description, params long[] parents) =>
        desk.Seeding.AddAsync(
            Given.Job(definition, TuningJobStatus.Completed) with
            {
                Name = name,
                CreationTime = created,
                Description = description,
            },
            [.. values.Select(value => new SeededTrainingJob(Given.Statics(("lr", "0.01")), value))],
            parents);

    private static async Task<(string?, string?, double?)> OverallAsync(Desk desk, string name)
    {
        var best = (await desk.DescribeJobAsync(name)).OverallBestTrainingJob!;
        return (best.TuningJobName, best.TrainingJobName, Math.Round(best.FinalHyperParameterTuningJobObjectiveMetric!.Value!.Value, 6));
    }
}
