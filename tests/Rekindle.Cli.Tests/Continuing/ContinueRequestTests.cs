using Rekindle.Api.Shapes;
using Rekindle.Cli.Continuing;

namespace Rekindle.Cli.Tests.Continuing;

public sealed class ContinueRequestTests
{
    private static readonly DescribeHyperParameterTuningJobResponse Parent = new()
    {
        HyperParameterTuningJobName = "mother",
        HyperParameterTuningJobConfig = new()
        {
            Strategy = "Bayesian",
            HyperParameterTuningJobObjective = new() { Type = "Maximize", MetricName = "acc" },
            ResourceLimits = new() { MaxNumberOfTrainingJobs = 10, MaxParallelTrainingJobs = 3, MaxRuntimeInSeconds = 7200 },
            RandomSeed = 7,
            TrainingJobEarlyStoppingType = "Auto",
            TuningJobCompletionCriteria = new() { TargetObjectiveMetricValue = 0.99 },
            ParameterRanges = new()
            {
                ContinuousParameterRanges = [new() { Name = "lr", MinValue = "1e-5", MaxValue = "1e-1", ScalingType = "Logarithmic" }],
                IntegerParameterRanges = [new() { Name = "layers", MinValue = "1", MaxValue = "8", ScalingType = "Auto" }],
                CategoricalParameterRanges = [new() { Name = "opt", Values = ["sgd", "adam"] }],
            },
        },
        TrainingJobDefinition = new()
        {
            StaticHyperParameters = new Dictionary<string, string>
            {
                ["_tuning_objective_metric"] = "acc",
                ["epochs"] = "10",
                ["decay"] = "0.1",
                ["a=b"] = "x",
            },
            AlgorithmSpecification = new()
            {
                TrainingImage = "a/algo:1",
                TrainingInputMode = "File",
                MetricDefinitions =
                [
                    new() { Name = "acc", Regex = "acc=(.*)" },
                    new() { Name = "loss", Regex = "loss=(.*)" },
                    new() { Name = "ObjectiveMetric", Regex = "acc=(.*)" },
                ],
            },
            OutputDataConfig = new() { S3OutputPath = "s3://b/out", KmsKeyId = "" },
            ResourceConfig = new() { InstanceType = "ml.m5.large", InstanceCount = 2, VolumeSizeInGB = 30 },
            StoppingCondition = new() { MaxRuntimeInSeconds = 100, MaxWaitTimeInSeconds = 200 },
            EnableManagedSpotTraining = true,
            CheckpointConfig = new() { S3Uri = "s3://b/checkpoints" },
            VpcConfig = new() { Subnets = ["subnet-1"], SecurityGroupIds = ["sg-1"] },
            RetryStrategy = new() { MaximumRetryAttempts = 3 },
            Environment = new Dictionary<string, string> { ["A"] = "1" },
        },
    };

    [Fact]
    public void Everything_is_carried_over_and_what_the_service_rewrote_is_undone()
    {
        var request = Of(new ContinueSettings { More = 5 }, new Tag { Key = "team", Value = "x" }, new Tag { Key = "rekindle:imported", Value = "y" }, new Tag { Key = "aws:z", Value = "" });

        var before = Parent.TrainingJobDefinition!;
        var definition = request.TrainingJobDefinition!;
        Assert.Equal(before.VpcConfig, definition.VpcConfig);
        Assert.Equal(
            (before.EnableManagedSpotTraining, before.CheckpointConfig, before.RetryStrategy, before.Environment, before.ResourceConfig, before.StoppingCondition),
            (definition.EnableManagedSpotTraining, definition.CheckpointConfig, definition.RetryStrategy, definition.Environment, definition.ResourceConfig, definition.StoppingCondition));
        Assert.Equal(["a=b", "decay", "epochs"], definition.StaticHyperParameters!.Keys);
        Assert.Equal(["acc", "loss"], definition.AlgorithmSpecification!.MetricDefinitions!.Select(metric => metric.Name));
        Assert.Null(definition.OutputDataConfig!.KmsKeyId);
        var config = request.HyperParameterTuningJobConfig!;
        Assert.Equal(("Bayesian", 7), (config.Strategy, config.RandomSeed));
        Assert.Equal((5, 3, 7200), (config.ResourceLimits!.MaxNumberOfTrainingJobs, config.ResourceLimits.MaxParallelTrainingJobs, config.ResourceLimits.MaxRuntimeInSeconds));
        Assert.Equal(("Auto", 0.99), (config.TrainingJobEarlyStoppingType, config.TuningJobCompletionCriteria!.TargetObjectiveMetricValue));
        Assert.Equal(["team"], request.Tags!.Select(tag => tag.Key));
        Assert.Equal("IdenticalDataAndAlgorithm", request.WarmStartConfig!.WarmStartType);
        Assert.Equal(["mother"], request.WarmStartConfig.ParentHyperParameterTuningJobs!.Select(parent => parent.HyperParameterTuningJobName));
    }

    [Fact]
    public void A_metric_of_its_own_named_ObjectiveMetric_stays()
    {
        var specification = Parent.TrainingJobDefinition!.AlgorithmSpecification! with
        {
            MetricDefinitions = [new() { Name = "acc", Regex = "acc=(.*)" }, new() { Name = "ObjectiveMetric", Regex = "other=(.*)" }],
        };
        var parent = Parent with { TrainingJobDefinition = Parent.TrainingJobDefinition with { AlgorithmSpecification = specification } };

        var request = ContinueRequest.Of(parent, [], "child", new ContinueSettings { More = 1 });

        Assert.Equal(2, request.TrainingJobDefinition!.AlgorithmSpecification!.MetricDefinitions!.Count);
    }

    [Fact]
    public void Several_kinds_of_machines_are_given_without_the_one_made_of_them()
    {
        var several = new HyperParameterTuningResourceConfig { InstanceConfigs = [new() { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 1 }] };
        var parent = Parent with { TrainingJobDefinition = Parent.TrainingJobDefinition! with { HyperParameterTuningResourceConfig = several } };

        var definition = ContinueRequest.Of(parent, [], "child", new ContinueSettings { More = 1 }).TrainingJobDefinition!;

        Assert.Equal((null, several), (definition.ResourceConfig, definition.HyperParameterTuningResourceConfig));
    }

    [Fact]
    public void Ranges_and_values_change_what_is_tuned()
    {
        var request = Of(new ContinueSettings
        {
            More = 1,
            Ranges = ["lr=1e-6..1e-2", "epochs=10..50", "decay=0..1:linear"],
            Statics = ["opt=adam", "layers=4", "a=b=c=d"],
            Parallel = 1,
        });

        var ranges = request.HyperParameterTuningJobConfig!.ParameterRanges!;
        Assert.Equal(
            [("lr", "1e-6", "1e-2", "Logarithmic"), ("decay", "0", "1", "Linear")],
            ranges.ContinuousParameterRanges!.Select(range => (range.Name!, range.MinValue!, range.MaxValue!, range.ScalingType!)));
        Assert.Equal([("epochs", "10", "50")], ranges.IntegerParameterRanges!.Select(range => (range.Name!, range.MinValue!, range.MaxValue!)));
        Assert.Empty(ranges.CategoricalParameterRanges!);
        Assert.Equal(
            [("a=b", "c=d"), ("layers", "4"), ("opt", "adam")], request.TrainingJobDefinition!.StaticHyperParameters!.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(1, request.HyperParameterTuningJobConfig.ResourceLimits!.MaxParallelTrainingJobs);
    }

    [Fact]
    public void Categories_may_change_and_a_fixed_text_may_become_some()
    {
        var request = Of(new ContinueSettings { More = 1, Ranges = ["opt=adam,lion", "a=b=x,y"] });

        Assert.Equal(
            ["opt: adam lion", "a=b: x y"],
            request.HyperParameterTuningJobConfig!.ParameterRanges!.CategoricalParameterRanges!.Select(range => $"{range.Name}: {string.Join(' ', range.Values!)}"));
    }

    [Theory]
    [InlineData("kind=1..10", "integer")]
    [InlineData("kind=0.0..10", "continuous")]
    [InlineData("kind=1..64:log:int", "integer")]
    [InlineData("decay=0..1", "continuous")]
    [InlineData("decay=0..1:int", "integer")]
    [InlineData("epochs=1..10.5", "continuous")]
    [InlineData("layers=2..4:int", "integer")]
    public void A_fixed_value_becomes_a_range_of_the_kind_that_bounds_and_value_tell(string range, string kind)
    {
        var definition = Parent.TrainingJobDefinition!;
        var parent = Parent with
        {
            TrainingJobDefinition = definition with { StaticHyperParameters = new Dictionary<string, string>(definition.StaticHyperParameters!) { ["kind"] = "auto" } },
        };

        var ranges = ContinueRequest.Of(parent, [], "child", new ContinueSettings { More = 1, Ranges = [range] }).HyperParameterTuningJobConfig!.ParameterRanges!;

        var name = range[..range.IndexOf('=', StringComparison.Ordinal)];
        Assert.Equal(kind == "integer", ranges.IntegerParameterRanges!.Any(each => each.Name == name));
        Assert.Equal(kind == "continuous", ranges.ContinuousParameterRanges!.Any(each => each.Name == name));
    }

    [Fact]
    public void Categories_may_hold_commas_in_brackets_and_quotes()
    {
        var request = Of(new ContinueSettings { More = 1, Ranges = ["opt=[64,32],[128]", "a=b=\"x,y\",\"z\""] });

        Assert.Equal(
            [["[64,32]", "[128]"], ["\"x,y\"", "\"z\""]],
            request.HyperParameterTuningJobConfig!.ParameterRanges!.CategoricalParameterRanges!.Select(range => range.Values!));
    }

    [Fact]
    public void Another_seed_may_be_said() =>
        Assert.Equal(0, Of(new ContinueSettings { More = 1, Seed = 0 }).HyperParameterTuningJobConfig!.RandomSeed);

    [Theory]
    [InlineData("Hyperband", null, "Bayesian", false, 1)]
    [InlineData("Grid", null, "Bayesian", false, 1)]
    [InlineData("Random", null, "Random", true, 0)]
    [InlineData("Hyperband", "Random", "Random", false, 0)]
    [InlineData("Hyperband", "Hyperband", "Hyperband", true, 0)]
    [InlineData("Bayesian", "Random", "Random", false, 0)]
    public void A_strategy_that_a_warm_start_cannot_have_becomes_Bayesian_with_a_note(string before, string? said, string expected, bool keepsConfig, int notes)
    {
        var settings = new HyperParameterTuningJobStrategyConfig { HyperbandStrategyConfig = new() { MinResource = 1, MaxResource = 9 } };
        var parent = Parent with { HyperParameterTuningJobConfig = Parent.HyperParameterTuningJobConfig! with { Strategy = before, StrategyConfig = settings } };

        var request = ContinueRequest.Of(parent, [], "child", new ContinueSettings { More = 1, Strategy = said });

        var config = request.HyperParameterTuningJobConfig!;
        Assert.Equal((expected, keepsConfig ? settings : null), (config.Strategy, config.StrategyConfig));
        Assert.Equal(notes, ContinueRequest.Notes(parent, request).Count(note => note.Contains($"was searched by {before}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData("2", null, "2", false)]
    [InlineData("0", null, "0", true)]
    [InlineData(null, 1, "1", false)]
    [InlineData("2", 3, "3", false)]
    [InlineData("2", 0, "0", true)]
    public void Ancestors_join_by_the_tag_or_a_note_says_that_they_do_not(string? carried, int? said, string? expected, bool noted)
    {
        var parent = Parent with { WarmStartConfig = new() { ParentHyperParameterTuningJobs = [new() { HyperParameterTuningJobName = "grandmother" }] } };
        Tag[] tags = carried is null ? [] : [new() { Key = "rekindle:recursive-depth", Value = carried }];

        var request = ContinueRequest.Of(parent, tags, "child", new ContinueSettings { More = 1, Recursive = said });

        Assert.Equal(expected, request.Tags?.Single(tag => tag.Key == "rekindle:recursive-depth").Value);
        Assert.Equal(
            noted ? ["mother learned from grandmother; child learns from mother only. With --recursive 1 its parents join, with --recursive 2 theirs too."] : [],
            ContinueRequest.Notes(parent, request));
        Assert.Empty(ContinueRequest.Notes(Parent, request));
    }

    [Theory]
    [InlineData("lr=1..2:int", "", "is tuned over all numbers")]
    [InlineData("lr", "", "write NAME=MIN..MAX")]
    [InlineData("rate=1..2", "", "there is no hyperparameter rate. There are a=b, decay, epochs, layers, lr, opt.")]
    [InlineData("lr=1..x", "", "are no bounds")]
    [InlineData("layers=0.5..2", "", "is tuned over whole numbers")]
    [InlineData("opt=1..2", "", "has categories")]
    [InlineData("", "_tuning_objective_metric=x", "there is no hyperparameter")]
    [InlineData("lr=1..2", "lr=1", "lr is changed more than once.")]
    public void Settings_that_fit_nothing_are_refused(string range, string value, string message)
    {
        var settings = new ContinueSettings { More = 1, Ranges = range is "" ? [] : [range], Statics = value is "" ? [] : [value] };

        Assert.Contains(message, Assert.Throws<FormatException>(() => Of(settings)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("job", "job-c2 job-c3")]
    [InlineData("job-c2", "job-c3 job-c4")]
    [InlineData("job-c9", "job-c10 job-c11")]
    [InlineData("a-name-of-thirty-two-characters1", "a-name-of-thirty-two-characte-c2 a-name-of-thirty-two-characte-c3")]
    [InlineData("a-name-of-thirty-two-charact-s12", "a-name-of-thirty-two-charact-c2 a-name-of-thirty-two-charact-c3")]
    public void Names_count_on_and_are_cut_to_fit(string name, string expected)
    {
        var names = ContinuedName.After(name).Take(2).ToList();

        Assert.Equal(expected, string.Join(' ', names));
        Assert.All(names, each => Assert.InRange(each.Length, 1, 32));
    }

    private static CreateHyperParameterTuningJobRequest Of(ContinueSettings settings, params Tag[] tags) => ContinueRequest.Of(Parent, tags, "child", settings);
}
