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
        Assert.Null(config.RandomSeed);
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
