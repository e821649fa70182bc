using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;
using TrainingJob = Rekindle.Server.TrainingJobs.TrainingJob;

namespace Rekindle.Server.Tests.WarmStart;

public sealed class PreviewTests
{
    [Fact]
    public async Task Accounts_for_every_training_job_of_every_parent()
    {
        await using var desk = await Desk.OpenAsync();
        await AddMixedParentAsync(desk);

        var preview = await desk.PreviewAsync(WireRequest.Of("child", MixedChild, "mixed"));

        Assert.True(preview.Accepted);
        var parent = Assert.Single(preview.Parents!);
        Assert.Equal(("mixed", 8, 3, 0.9), (parent.HyperParameterTuningJobName, parent.TrainingJobs, parent.Usable, parent.BestValue));
        Assert.Equal(
            [
                ("mixed-004", "Its value 0 of lr has no place on the logarithmic scale [0.001, 1]."),
                ("mixed-005", "It failed: AlgorithmError: out of memory"),
                ("mixed-006", "It was stopped before it reported validation:accuracy."),
                ("mixed-007", "It reported no value of validation:accuracy."),
                ("mixed-008", "Its value 1e200 of lr is too far outside the range [0.001, 1] to say anything about it."),
            ],
            parent.Dropped!.Select(job => (job.TrainingJobName!, job.Reason!)));
        Assert.Equal(
            [
                ("mixed-002", "OutsideRange", "Its value 5 of lr is outside the range [0.001, 1]. Its value 'sgd' of opt is none of the values {adam, nag}."),
                ("mixed-003", "ParentModelOnly", "Its value 1000 of lr is far outside the range [0.001, 1]."),
            ],
            parent.Outside!.Select(job => (job.TrainingJobName!, job.Use!, job.Reason!)));
        Assert.Equal((500, 8, 20), (preview.TrainingJobs!.Limit, preview.TrainingJobs.Parents, preview.TrainingJobs.Child));
    }

    [Fact]
    public async Task A_tag_key_given_twice_is_refused_as_creating_refuses_it()
    {
        await using var desk = await Desk.OpenAsync();
        await AddMixedParentAsync(desk);
        var request = WireRequest.Of("child", MixedChild, "mixed") with { Tags = [new() { Key = "a", Value = "1" }, new() { Key = "a", Value = "2" }] };

        var violation = Assert.Single((await desk.PreviewAsync(request)).Violations!);

        Assert.Equal("Duplicate tag keys found: the key a is given 2 times.", violation.Message);
        Assert.Equal(violation.Message, (await Assert.ThrowsAsync<ApiException>(() => desk.CreateAsync(request))).Message);
    }

    [Fact]
    public async Task A_parent_whose_fixed_text_became_a_number_gives_nothing_and_that_is_said()
    {
        await using var desk = await Desk.OpenAsync();
        var parent = Given.Definition with { StaticHyperParameters = Given.Statics(("cardinality", "auto")) };
        await desk.Seeding.AddAsync(
            Given.Job(parent, TuningJobStatus.Completed) with { Name = "p" }, [new(Given.Statics(("lr", "0.01")), 0.5), new(Given.Statics(("lr", "0.02")), 0.6)]);
        var child = Given.Definition with { Ranges = [.. Given.Definition.Ranges, Given.Integer("cardinality", "1", "10")] };

        var preview = await desk.PreviewAsync(WireRequest.Of("child", child, "p"));

        Assert.True(preview.Accepted);
        Assert.Equal(0, preview.Changes!.Used);
        Assert.Equal((2, 0), (preview.Parents![0].TrainingJobs, preview.Parents[0].Usable));
        Assert.All(preview.Parents[0].Dropped!, job => Assert.Equal(
            "Its value 'auto' of cardinality is no number, and cardinality is tuned as one now.", job.Reason));
        Assert.Equal(["The parent tuning job p has no training job that this tuning job can learn from."], preview.Warnings);
    }

    [Theory]
    [InlineData("IdenticalDataAndAlgorithm", "Bayesian")]
    [InlineData("TransferLearning", "Bayesian")]
    [InlineData("IdenticalDataAndAlgorithm", "Random")]
    public async Task First_suggestions_are_those_the_tuning_job_makes_and_nothing_is_created(string type, string strategy)
    {
        await using var desk = await Desk.OpenAsync();
        await AddMixedParentAsync(desk);
        var definition = MixedChild with { WarmStart = Enum.Parse<WarmStartKind>(type), Strategy = Enum.Parse<StrategyKind>(strategy), RandomSeed = 0 };
        var request = WireRequest.Of("child", definition, "mixed");

        var preview = await desk.PreviewAsync(request);

        Assert.Equal(1, await desk.CountTuningJobsAsync());
        Assert.Equal(5, preview.FirstSuggestions!.Count);
        Assert.False(preview.SeedIsDrawn);
        await desk.CreateAsync(request);
        var token = TestContext.Current.CancellationToken;
        var child = (await desk.Store.FindTuningJobAsync("child", token))!;
        var parents = await desk.Store.ReadParentsAsync(child.Id, token);
        using var suggesting = new Suggesting();
        // As a driver asks: one at a time, each knowing of those before it.
        var running = new List<TrainingJob>();
        foreach (var planned in preview.FirstSuggestions)
        {
            var suggestion = await suggesting.SuggestAsync(
                child.Definition.ToStrategy(), new TuningSnapshot(child, running), parents, running.Count + 1, token);
            Assert.Equal(suggestion!.Configuration.Values, planned.HyperParameters!);
            running.Add(Given.TrainingJob(running.Count + 1) with { TunedHyperParameters = suggestion.Configuration.Values });
        }
    }

    [Fact]
    public async Task Without_a_seed_there_are_suggestions_all_the_same_and_it_is_said_that_another_seed_is_drawn()
    {
        await using var desk = await Desk.OpenAsync();
        await AddMixedParentAsync(desk);
        var request = WireRequest.Of("child", MixedChild, "mixed");
        request = request with { HyperParameterTuningJobConfig = request.HyperParameterTuningJobConfig! with { RandomSeed = null } };

        var preview = await desk.PreviewAsync(request);

        Assert.True(preview.SeedIsDrawn);
        Assert.NotEmpty(preview.FirstSuggestions!);
    }

    [Fact]
    public async Task Ordinary_mistakes_stand_beside_those_of_the_warm_start()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.Seeding.AddAsync(Given.Job(Given.Definition, TuningJobStatus.InProgress) with { Name = "running" }, []);
        var child = Given.Definition with { Ranges = [Given.Continuous("lr", "0.5", "0.1")], MaxTrainingJobs = 751, Strategy = StrategyKind.Hyperband };
        var request = WireRequest.Of("RUNNING", child, "running") with { Autotune = new Autotune { Mode = "Enabled" } };

        var preview = await desk.PreviewAsync(request);

        Assert.False(preview.Accepted);
        Assert.Equal(
            [
                "Autotune", "MinNotAboveMax", "HyperbandResource", "TrainingJobLimit", "ParentExists", "ParentTerminal", "TotalTrainingJobs",
                "WarmStartStrategy", "UniqueName",
            ],
            preview.Violations!.Select(violation => violation.Rule));
        Assert.Equal("Autotune cannot be used together with WarmStartConfig.", preview.Violations![0].Message);
        Assert.Empty(preview.FirstSuggestions!);
    }

    [Fact]
    public async Task A_child_with_several_definitions_hears_of_its_parents_too()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.Seeding.AddAsync(Given.Job(Given.Definition, TuningJobStatus.Stopping) with { Name = "p" }, []);
        var request = WireRequest.Of("child", Given.Definition with { AlgorithmCount = 2, MaxTrainingJobs = 501 }, "p", "gone");

        var preview = await desk.PreviewAsync(request);

        Assert.Equal(
            ["ParentExists", "ParentTerminal", "SingleAlgorithm", "TotalTrainingJobs"], preview.Violations!.Select(violation => violation.Rule));
    }

    [Fact]
    public async Task Malformed_requests_get_the_errors_of_create()
    {
        await using var desk = await Desk.OpenAsync();
        var request = WireRequest.Of("child", Given.Definition, "p");
        var malformed = request with { WarmStartConfig = request.WarmStartConfig! with { WarmStartType = "Recursive" } };

        var refusal = await Assert.ThrowsAsync<ApiException>(() => desk.PreviewAsync(malformed));

        Assert.Equal(ErrorCode.ValidationException, refusal.Code);
        Assert.Contains("Member must satisfy enum value set", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(refusal.Message, (await Assert.ThrowsAsync<ApiException>(() => desk.CreateAsync(malformed))).Message);
    }

    [Fact]
    public async Task Without_parents_the_blocks_are_empty()
    {
        await using var desk = await Desk.OpenAsync();

        var preview = await desk.PreviewAsync(WireRequest.Of("cold", Given.Definition));

        Assert.True(preview.Accepted);
        Assert.Empty(preview.Parents!);
        Assert.Equal((750, 0, 10), (preview.TrainingJobs!.Limit, preview.TrainingJobs.Parents, preview.TrainingJobs.Child));
        Assert.Equal(5, preview.FirstSuggestions!.Count);
    }

    [Theory]
    [InlineData(false, "ObjectiveMetricDefined")]
    [InlineData(true, null)]
    public async Task Metric_definitions_are_inherited_from_the_first_parent_if_the_operator_lets_them(bool inherit, string? rule)
    {
        await using var desk = await Desk.OpenAsync(new WarmStartOptions { InheritMetricDefinitions = inherit });
        await desk.Seeding.AddAsync(Given.Job(Given.Definition, TuningJobStatus.Completed) with { Name = "p" }, []);
        var child = Given.Definition with { Training = Given.Training with { MetricDefinitions = [] } };

        var preview = await desk.PreviewAsync(WireRequest.Of("child", child, "P"));

        Assert.Equal(rule is null ? [] : [rule], preview.Violations!.Select(violation => violation.Rule));
    }

    [Fact]
    public async Task An_existing_child_is_described_like_its_preview_even_after_its_parents_were_deleted()
    {
        await using var desk = await Desk.OpenAsync();
        await AddMixedParentAsync(desk);
        var child = MixedChild with { Training = Given.Training with { Image = "a/other:1" } };
        var request = WireRequest.Of("child", child, "mixed");
        var preview = await desk.PreviewAsync(request);
        await desk.CreateAsync(request);
        await desk.Store.DeleteTuningJobAsync("mixed", Given.Start, TestContext.Current.CancellationToken);

        var description = await desk.DescribeAsync("CHILD");

        Assert.Equal(("child", "IdenticalDataAndAlgorithm"), (description.HyperParameterTuningJobName, description.WarmStartType));
        Assert.Contains("a/other:1", Assert.Single(description.Warnings!), StringComparison.Ordinal);
        Assert.Equal(preview.Warnings, description.Warnings);
        Assert.Equal(Json(preview.Parents!), Json(description.Parents!));
        Assert.Equal(preview.Changes!.Items, description.Changes!.Items);
        Assert.Equal(2, description.Changes.Used);
        Assert.Equal(preview.TrainingJobs, description.TrainingJobs);
    }

    [Fact]
    public async Task A_cold_tuning_job_has_nothing_of_parents_and_an_unknown_one_is_not_found()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.CreateAsync(WireRequest.Of("cold", Given.Definition));

        var description = await desk.DescribeAsync("cold");

        Assert.Null(description.WarmStartType);
        Assert.Empty(description.Parents!);
        Assert.Equal(ErrorCode.ResourceNotFound, (await Assert.ThrowsAsync<ApiException>(() => desk.DescribeAsync("nobody"))).Code);
    }

    private static readonly TuningJobDefinition MixedChild = Given.Definition with
    {
        Ranges = [Given.Continuous("lr", "0.001", "1", RangeScaling.Logarithmic), Given.Categorical("opt", "adam", "nag")],
        StaticHyperParameters = Given.Statics(("epochs", "4")),
        MaxTrainingJobs = 20,
    };

    private static async Task AddMixedParentAsync(Desk desk)
    {
        var definition = Given.Definition with
        {
            Ranges = [Given.Continuous("lr", "0", "1e300", RangeScaling.Linear), Given.Categorical("opt", "sgd", "adam")],
            StaticHyperParameters = Given.Statics(("epochs", "3")),
        };
        SeededTrainingJob With(string lr, double? objective, string opt = "adam", TrainingJobStatus status = TrainingJobStatus.Completed, string? failure = null) =>
            new(Given.Statics(("lr", lr), ("opt", opt)), objective, status, failure);
        await desk.Seeding.AddAsync(
            Given.Job(definition, TuningJobStatus.Completed) with { Name = "mixed" },
            [
                With("0.1", 0.5),
                With("5", 0.6, "sgd"),
                With("1000", 0.7),
                With("0", 0.9),
                With("0.2", null, status: TrainingJobStatus.Failed, failure: "AlgorithmError: out of memory"),
                With("0.3", null, status: TrainingJobStatus.Stopped),
                With("0.4", null),
                With("1e200", 0.1),
            ]);
    }

    private static string Json(IReadOnlyList<WarmStartParentUse> parents) =>
        System.Text.Encoding.UTF8.GetString(ApiJson.Serialize(new DescribeWarmStartResponse { Parents = parents }));
}
