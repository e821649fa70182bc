using System.Collections.Concurrent;
using System.Reflection;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.Tests.Importing;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;
using Tag = Rekindle.Api.Shapes.Tag;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>Ancestors join the parents of a tuning job that asks for it by a tag.</summary>
public sealed class RecursiveWarmStartTests
{
    private static readonly TuningJobDefinition Child = Given.Definition with { WarmStart = WarmStartKind.IdenticalDataAndAlgorithm };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "")]
    [InlineData("0", "")]
    [InlineData("1", "mother/1/child-of")]
    [InlineData("2", "mother/1/child-of grandmother/2/mother")]
    [InlineData("10", "mother/1/child-of grandmother/2/mother")]
    public async Task Ancestors_join_up_to_the_depth(string? depth, string expected)
    {
        await using var desk = await Desk.OpenAsync();
        await AddChainAsync(desk);
        await desk.DeleteAsync("mother");
        var request = Request("child", depth, "child-of");

        var preview = await desk.PreviewAsync(request);
        await desk.CreateAsync(request);
        await desk.DeleteAsync("grandmother");
        var described = await desk.DescribeAsync("child");

        Assert.Equal((0, null), (preview.Parents![0].Depth, preview.Parents[0].Through));
        foreach (var parents in (IReadOnlyList<WarmStartParentUse>[])[preview.Parents!, described.Parents!])
        {
            Assert.Equal("child-of", parents[0].HyperParameterTuningJobName);
            Assert.Equal(expected, string.Join(' ', parents.Skip(1).Select(parent => $"{parent.HyperParameterTuningJobName}/{parent.Depth}/{parent.Through}")));
        }

        Assert.Equal(preview.TrainingJobs, described.TrainingJobs);
        var child = (await desk.Store.FindTuningJobAsync("child", Token))!;
        Assert.Equal(
            Entries(described), (await desk.Store.ReadParentsAsync(child.Id, Token)).Select(parent => (parent.Job.Name, parent.Depth, parent.Through)));
        // What AWS has of parents is of the named ones.
        Assert.Equal(("child-of", 0.3), (child.Parents.Single().Name, await OverallAsync(desk)));

        static IEnumerable<(string, int, string?)> Entries(DescribeWarmStartResponse answer) =>
            answer.Parents!.Select(parent => (parent.HyperParameterTuningJobName!, parent.Depth!.Value, parent.Through));
    }

    [Fact]
    public async Task Without_the_tag_no_ancestor_is_ever_read()
    {
        var watched = new ConcurrentBag<long>();
        await using var desk = await Desk.OpenAsync(watching: store => WatchedStore.Of(store, watched));
        var (grandmother, mother) = await AddChainAsync(desk);

        foreach (var depth in (string?[])[null, "0"])
        {
            var request = Request($"child{depth}", depth, "child-of");
            await desk.PreviewAsync(request);
            await desk.CreateAsync(request);
            await desk.DescribeAsync($"child{depth}");
        }

        Assert.NotEmpty(watched);
        Assert.DoesNotContain(mother, watched);
        await desk.PreviewAsync(Request("other", "1", "child-of"));
        Assert.Contains(mother, watched);
        Assert.DoesNotContain(grandmother, watched);
    }

    [Fact]
    public async Task The_search_learns_from_ancestors_as_it_was_planned()
    {
        await using var desk = await Desk.OpenAsync();
        var mother = await AddAsync(desk, "mother", Given.Definition, [0.1, 0.2, 0.3, 0.4]);
        await AddAsync(desk, "failed", Child, [null], mother);
        Assert.Equal("initial-design", (await desk.PreviewAsync(Request("child", null, "failed"))).FirstSuggestions![0].Origin);
        var request = Request("child", "1", "failed");

        var planned = (await desk.PreviewAsync(request)).FirstSuggestions![0];

        Assert.Equal("parent", planned.Origin);
        await desk.CreateAsync(request);
        var child = (await desk.Store.FindTuningJobAsync("child", Token))!;
        var parents = Ancestry.WithoutRepeats(await desk.Store.ReadParentsAsync(child.Id, Token));
        using var suggesting = new Suggesting();
        var suggestion = await suggesting.SuggestAsync(child.Definition.ToStrategy(), new TuningSnapshot(child, []), parents, 1, Token);
        Assert.Equal(planned.HyperParameters!, suggestion!.Configuration.Values);
    }

    [Fact]
    public async Task An_ancestor_on_two_ways_joins_once_and_a_named_parent_is_no_ancestor()
    {
        await using var desk = await Desk.OpenAsync();
        var top = await AddAsync(desk, "top", Given.Definition, [0.1]);
        var left = await AddAsync(desk, "left", Child, [0.2], top);
        await AddAsync(desk, "right", Child, [0.3], top, left);

        var preview = await desk.PreviewAsync(Request("child", "10", "right", "left"));

        Assert.Equal([("right", 0), ("left", 0), ("top", 1)], preview.Parents!.Select(parent => (parent.HyperParameterTuningJobName!, parent.Depth!.Value)));
        Assert.Equal(3, preview.TrainingJobs!.Parents);
    }

    [Fact]
    public async Task A_training_job_that_was_imported_twice_counts_once()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.ImportAsync(Dumps.Small("first", 0.5, 0.6, 0.7));
        // Its training jobs have the names and ARNs of the two first ones of the other.
        await desk.ImportAsync(LineageTests.ImportedChild("second", "first"));
        var definition = (await desk.Store.FindTuningJobAsync("second", Token))!.Definition;
        var request = WireRequest.Of("child", definition, "second") with { Tags = [new Tag { Key = RecursiveKey, Value = "3" }] };

        var preview = await desk.PreviewAsync(request);

        Assert.True(preview.Accepted);
        var ancestor = preview.Parents![1];
        Assert.Equal(("first", 3, 1), (ancestor.HyperParameterTuningJobName, ancestor.TrainingJobs, ancestor.Usable));
        Assert.Equal(["small-001", "small-002"], ancestor.Dropped!.Select(job => job.TrainingJobName));
        Assert.Equal("It is a training job of another parent too, and counts there.", ancestor.Dropped![0].Reason);
        Assert.Equal(3, preview.TrainingJobs!.Parents);
    }

    [Fact]
    public async Task Two_named_imports_of_one_tuning_job_teach_once_and_both_count_towards_the_limit()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.ImportAsync(Dumps.Small("first", 0.5, 0.6, 0.7));
        await desk.ImportAsync(LineageTests.ImportedChild("second", "first"));
        var definition = (await desk.Store.FindTuningJobAsync("second", Token))!.Definition;

        var preview = await desk.PreviewAsync(WireRequest.Of("child", definition, "first", "second"));

        Assert.Equal([3, 0], preview.Parents!.Select(parent => parent.Usable!.Value));
        Assert.Equal("It is a training job of another parent too, and counts there.", preview.Parents![1].Dropped![0].Reason);
        Assert.Equal(5, preview.TrainingJobs!.Parents);
    }

    [Fact]
    public async Task An_ancestor_that_does_not_fit_is_left_out_with_a_warning_and_the_way_goes_on_behind_it()
    {
        await using var desk = await Desk.OpenAsync();
        var top = await AddAsync(desk, "top", Given.Definition, [0.1]);
        var odd = await AddAsync(desk, "odd", Child with { Objective = new("loss", ObjectiveGoal.Minimize) }, [0.2], top);
        var named = await AddAsync(desk, "strange", Child with { Ranges = [Given.Integer("lr", "1", "2")] }, [0.3], odd);
        await AddAsync(desk, "parent", Child, [0.4], named);

        var request = Request("child", "3", "parent");
        var preview = await desk.PreviewAsync(request);

        Assert.True(preview.Accepted);
        Assert.Equal(["parent", "top"], preview.Parents!.Select(parent => parent.HyperParameterTuningJobName));
        Assert.Equal(2, preview.Warnings!.Count);
        Assert.StartsWith("The ancestor strange (through parent) is left out: The hyperparameter lr is Continuous", preview.Warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("The ancestor odd (through strange) is left out: The objective metric must be the same", preview.Warnings[1], StringComparison.Ordinal);
        await desk.CreateAsync(request);
        Assert.Equal(preview.Warnings, (await desk.DescribeAsync("child")).Warnings);
    }

    [Theory]
    [InlineData("IdenticalDataAndAlgorithm", "parent")]
    [InlineData("TransferLearning", "parent top")]
    public async Task What_a_parent_transferred_is_of_other_data_and_not_pooled(string type, string expected)
    {
        var kind = Enum.Parse<WarmStartKind>(type);
        await using var desk = await Desk.OpenAsync();
        var top = await AddAsync(desk, "top", Given.Definition, [0.1]);
        await AddAsync(desk, "parent", Child with { WarmStart = WarmStartKind.TransferLearning }, [0.4], top);

        var preview = await desk.PreviewAsync(Tagged(WireRequest.Of("child", Child with { WarmStart = kind }, "parent"), "1"));

        Assert.Equal(expected, string.Join(' ', preview.Parents!.Select(parent => parent.HyperParameterTuningJobName)));
        Assert.Equal(kind == WarmStartKind.IdenticalDataAndAlgorithm ? 1 : 0, preview.Warnings!.Count(warning => warning.Contains("TransferLearning", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ancestors_count_towards_the_limit_of_training_jobs()
    {
        await using var desk = await Desk.OpenAsync(new WarmStartOptions { MaxTrainingJobs = 13 });
        await AddChainAsync(desk);

        Assert.True((await desk.PreviewAsync(Request("child", "1", "child-of"))).Accepted);
        var refused = await desk.PreviewAsync(Request("child", "2", "child-of"));
        Assert.Equal("TotalTrainingJobs", Assert.Single(refused.Violations!).Rule);
        Assert.Contains("the parents launched 1 and their ancestors 3, and MaxNumberOfTrainingJobs is 10.", refused.Violations![0].Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.ResourceLimitExceeded, (await Assert.ThrowsAsync<ApiException>(() => desk.CreateAsync(Request("child", "2", "child-of")))).Code);
        // Without a number of its own it gets what is left.
        var open = Request("child", "2", "child-of");
        open = open with { HyperParameterTuningJobConfig = open.HyperParameterTuningJobConfig! with { ResourceLimits = new() { MaxParallelTrainingJobs = 1 } } };
        Assert.Equal((4, 9), ((await desk.PreviewAsync(open)).TrainingJobs!.Parents, (await desk.PreviewAsync(open)).TrainingJobs!.Child));
    }

    [Theory]
    [InlineData("11")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData(" 1")]
    [InlineData("")]
    [InlineData("all")]
    public async Task A_depth_that_is_none_is_refused_warm_start_or_not(string depth)
    {
        await using var desk = await Desk.OpenAsync();
        await AddChainAsync(desk);

        foreach (var request in (CreateHyperParameterTuningJobRequest[])
            [Request("child", depth, "child-of"), Tagged(WireRequest.Of("child", Given.Definition), depth)])
        {
            var refusal = await Assert.ThrowsAsync<ApiException>(() => desk.CreateAsync(request));
            Assert.Equal(
                (ErrorCode.ValidationException, $"The value of the tag rekindle:recursive-depth is '{depth}'. It must be a whole number from 0 to 10."),
                (refusal.Code, refusal.Message));
            Assert.Equal("RecursiveDepth", Assert.Single((await desk.PreviewAsync(request)).Violations!).Rule);
        }
    }

    private const string RecursiveKey = "rekindle:recursive-depth";

    private static CreateHyperParameterTuningJobRequest Request(string name, string? depth, params string[] parents) =>
        depth is null ? WireRequest.Of(name, Child, parents) : Tagged(WireRequest.Of(name, Child, parents), depth);

    private static CreateHyperParameterTuningJobRequest Tagged(CreateHyperParameterTuningJobRequest request, string depth) =>
        request with { Tags = [new Tag { Key = "owner", Value = "me" }, new Tag { Key = RecursiveKey, Value = depth }] };

    /// <summary>Grandmother (one training job), mother (two), and their child.</summary>
    private static async Task<(long Grandmother, long Mother)> AddChainAsync(Desk desk)
    {
        var grandmother = await AddAsync(desk, "grandmother", Given.Definition, [0.9]);
        var mother = await AddAsync(desk, "mother", Child, [0.2, 0.8], grandmother);
        await AddAsync(desk, "child-of", Child, [0.3], mother);
        return (grandmother, mother);
    }

    private static Task<long> AddAsync(Desk desk, string name, TuningJobDefinition definition, double?[] values, params long[] parents) =>
        desk.Seeding.AddAsync(
            Given.Job(definition, TuningJobStatus.Completed) with { Name = name },
            [
                .. values.Index().Select(entry => new SeededTrainingJob(
                    Given.Statics(("lr", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"0.0{entry.Index + 1}"))),
                    entry.Item,
                    entry.Item is null ? TrainingJobStatus.Failed : TrainingJobStatus.Completed)),
            ],
            parents);

    private static async Task<double> OverallAsync(Desk desk) => Math.Round(
        (await desk.DescribeJobAsync("child")).OverallBestTrainingJob!.FinalHyperParameterTuningJobObjectiveMetric!.Value!.Value, 6);

    /// <summary>Notes the rows that are asked for by their id.</summary>
    public class WatchedStore : DispatchProxy
    {
        private object _store = null!;
        private ConcurrentBag<long> _ids = null!;

        internal static IStore Of(IStore store, ConcurrentBag<long> ids)
        {
            var watched = Create<IStore, WatchedStore>();
            ((WatchedStore)(object)watched)._store = store;
            ((WatchedStore)(object)watched)._ids = ids;
            return watched;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            foreach (var id in (args ?? []).OfType<long>())
            {
                _ids.Add(id);
            }

            return targetMethod!.Invoke(_store, args);
        }
    }
}
