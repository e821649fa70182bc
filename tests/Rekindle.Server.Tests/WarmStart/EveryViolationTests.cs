using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>All that is wrong with a request is said at once, where it is wrong, and nothing that only follows from it.</summary>
public sealed class EveryViolationTests
{
    private static readonly TuningJobDefinition Child = Given.Definition with { WarmStart = WarmStartKind.IdenticalDataAndAlgorithm };

    [Fact]
    public async Task A_missing_entry_beyond_the_fifth_parent_is_refused_as_among_the_first_five()
    {
        await using var desk = await Desk.OpenAsync();
        var request = WireRequest.Of("child", Child, "a", "b", "c", "d", "e", "f");
        request = request with
        {
            WarmStartConfig = request.WarmStartConfig! with
            {
                ParentHyperParameterTuningJobs = [.. request.WarmStartConfig.ParentHyperParameterTuningJobs!.Take(5), null!],
            },
        };

        Assert.Equal(ErrorCode.ValidationException, (await Assert.ThrowsAsync<ApiException>(() => desk.PreviewAsync(request))).Code);
        Assert.Equal(ErrorCode.ValidationException, (await Assert.ThrowsAsync<ApiException>(() => desk.CreateAsync(request))).Code);
    }

    [Fact]
    public async Task Without_an_objective_the_other_rules_still_speak()
    {
        await using var desk = await Desk.OpenAsync();
        var request = WireRequest.Of("child", Child with { Strategy = StrategyKind.Grid }, "nobody");
        request = request with { HyperParameterTuningJobConfig = request.HyperParameterTuningJobConfig! with { HyperParameterTuningJobObjective = null } };

        var rules = (await desk.PreviewAsync(request)).Violations!.Select(violation => violation.Rule).ToList();

        Assert.Equal("Objective", rules[0]);
        Assert.Superset(new HashSet<string?> { "ParentExists", "WarmStartStrategy", "GridRanges" }, rules.ToHashSet());
        Assert.DoesNotContain("ObjectiveMetricDefined", rules);
        Assert.DoesNotContain("SameObjective", rules);
    }

    [Fact]
    public async Task Metric_definitions_that_a_missing_parent_would_have_given_are_not_asked_for()
    {
        await using var desk = await Desk.OpenAsync();
        var request = WireRequest.Of("child", Child with { Training = Child.Training with { MetricDefinitions = [] } }, "nobody");

        Assert.Equal(["ParentExists"], (await desk.PreviewAsync(request)).Violations!.Select(violation => violation.Rule));
    }

    [Fact]
    public async Task A_parent_of_several_definitions_is_refused_for_that_alone()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.Seeding.AddAsync(
            Given.Job(
                Child with { AlgorithmCount = 2, StaticHyperParameters = Given.Statics(("other", "1")), Objective = new ObjectiveMetric("loss", ObjectiveGoal.Minimize) },
                TuningJobStatus.Completed) with
            { Name = "several" },
            []);

        var preview = await desk.PreviewAsync(WireRequest.Of("child", Child, "several"));

        Assert.Equal(["SingleAlgorithm"], preview.Violations!.Select(violation => violation.Rule));
        Assert.Equal(0, preview.Changes!.Used);
    }

    [Fact]
    public async Task Violations_in_the_list_form_point_into_the_list()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.Seeding.AddAsync(Given.Job(Child with { Ranges = [Given.Integer("lr", "1", "2")] }, TuningJobStatus.Completed) with { Name = "p" }, []);
        var given = WireRequest.Of("child", Child, "p");
        var config = given.HyperParameterTuningJobConfig!;
        var request = given with
        {
            HyperParameterTuningJobConfig = config with { HyperParameterTuningJobObjective = null, ParameterRanges = null },
            TrainingJobDefinition = null,
            TrainingJobDefinitions =
            [
                given.TrainingJobDefinition! with
                {
                    DefinitionName = "e1",
                    TuningObjective = config.HyperParameterTuningJobObjective! with { Type = "Minimize" },
                    HyperParameterRanges = config.ParameterRanges,
                },
            ],
        };

        Assert.Equal(
            [
                ("SameObjective", "trainingJobDefinitions.1.member.tuningObjective"),
                ("SameHyperParameterTypes", "trainingJobDefinitions.1.member.hyperParameterRanges"),
            ],
            (await desk.PreviewAsync(request)).Violations!.Select(violation => (violation.Rule!, violation.Path!)));
    }

    [Fact]
    public async Task Ranges_in_the_definition_beside_an_objective_in_the_configuration_are_kept()
    {
        await using var desk = await Desk.OpenAsync();
        var given = WireRequest.Of("odd", Given.Definition);
        var ranges = given.HyperParameterTuningJobConfig!.ParameterRanges!;
        await desk.CreateAsync(given with
        {
            HyperParameterTuningJobConfig = given.HyperParameterTuningJobConfig with { ParameterRanges = null },
            TrainingJobDefinition = given.TrainingJobDefinition! with { HyperParameterRanges = ranges },
        });

        var described = await desk.DescribeJobAsync("odd");

        Assert.Null(described.HyperParameterTuningJobConfig!.ParameterRanges);
        Assert.Equal(
            ranges.ContinuousParameterRanges!.Select(range => range.Name),
            TunableRanges.Of(described.HyperParameterTuningJobConfig, described.TrainingJobDefinition)!.ContinuousParameterRanges!.Select(range => range.Name));
    }

    [Theory]
    [InlineData()]
    [InlineData("p", "p", "a", "b", "c", "d", "nobody")]
    public async Task The_number_of_parents_is_refused_together_with_everything_else(params string[] parents)
    {
        await using var desk = await Desk.OpenAsync();
        await desk.Seeding.AddAsync(Given.Job(Child, TuningJobStatus.Completed) with { Name = "p" }, []);
        var request = WireRequest.Of("p", Child with { Strategy = StrategyKind.Grid }, "p");
        request = request with
        {
            WarmStartConfig = request.WarmStartConfig! with
            {
                ParentHyperParameterTuningJobs = [.. parents.Select(parent => new ParentHyperParameterTuningJob { HyperParameterTuningJobName = parent })],
            },
        };

        var preview = await desk.PreviewAsync(request);
        var refusal = await Assert.ThrowsAsync<ApiException>(() => desk.CreateAsync(request));

        Assert.Superset(
            new HashSet<string?> { "ParentCount", "WarmStartStrategy", "UniqueName" }, preview.Violations!.Select(violation => violation.Rule).ToHashSet());
        Assert.All(preview.Violations!, violation => Assert.Contains(violation.Message!, refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_number_of_parents_alone_is_refused_in_the_words_of_AWS()
    {
        await using var desk = await Desk.OpenAsync();
        var names = Enumerable.Range(1, 6).Select(number => $"p{number}").ToList();
        foreach (var name in names)
        {
            await desk.Seeding.AddAsync(Given.Job(Child, TuningJobStatus.Completed) with { Name = name }, []);
        }

        var refusal = await Assert.ThrowsAsync<ApiException>(() => desk.CreateAsync(WireRequest.Of("child", Child, [.. names])));

        Assert.Equal(
            $"1 validation error detected: Value '[{string.Join(", ", names.Select(name => $"ParentHyperParameterTuningJob(hyperParameterTuningJobName={name})"))}]' at "
            + "'warmStartConfig.parentHyperParameterTuningJobs' failed to satisfy constraint: Member must have length less than or equal to 5",
            refusal.Message);
    }

    [Fact]
    public async Task The_order_of_parents_changes_nothing_that_is_suggested()
    {
        await using var desk = await Desk.OpenAsync();
        foreach (var (name, value) in (IReadOnlyList<(string, string)>)[("b", "0.01"), ("a", "0.02"), ("c", "0.03")])
        {
            await desk.Seeding.AddAsync(
                Given.Job(Child, TuningJobStatus.Completed) with { Name = name, CreationTime = Given.Start },
                [.. Enumerable.Range(1, 3).Select(i => new SeededTrainingJob(Given.Statics(("lr", $"{value}{i}")), i))]);
        }

        async Task<IReadOnlyList<string>> SuggestedAsync(params string[] parents) =>
            [.. (await desk.PreviewAsync(WireRequest.Of("child", Child with { RandomSeed = 7 }, parents))).FirstSuggestions!.Select(each => each.HyperParameters!["lr"])];

        Assert.Equal(await SuggestedAsync("a", "b", "c"), await SuggestedAsync("c", "b", "a"));
    }
}
