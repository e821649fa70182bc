using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.TuningJobs;

public sealed class WarmStartRulesTests
{
    [Fact]
    public void Rejects_a_sixth_parent()
    {
        var five = Enumerable.Range(1, 5).Select(i => Given.Parent($"p{i}", Given.Definition, id: i)).ToList();
        Assert.Empty(Given.Check(Given.Definition, five).Violations);
        var violation = Assert.Single(Given.Check(Given.Definition, [.. five, Given.Parent("p6", Given.Definition, id: 6)]).Violations);
        Assert.Equal(
            new Violation(
                "ParentCount",
                "warmStartConfig.parentHyperParameterTuningJobs",
                $"Value '[{string.Join(", ", Enumerable.Range(1, 6).Select(i => $"ParentHyperParameterTuningJob(hyperParameterTuningJobName=p{i})"))}]' at "
                + "'warmStartConfig.parentHyperParameterTuningJobs' failed to satisfy constraint: "
                + "Member must have length less than or equal to 5"),
            violation);
    }

    [Fact]
    public void Rejects_a_parent_named_twice_in_any_case_and_counts_its_training_jobs_once()
    {
        var verdict = Given.Check(
            Given.Definition, Given.Parent("Parent", Given.Definition, launched: 300, id: 7), Given.Parent("parent", Given.Definition, 300, id: 7) with { Name = "PARENT" });
        var violation = Assert.Single(verdict.Violations);
        Assert.Equal("ParentCount", violation.Rule);
        Assert.Contains("specified 2 times", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_an_unknown_parent_with_the_sentence_of_the_service()
    {
        var violation = Assert.Single(Given.Check(Given.Definition, new NamedParent("gone", null, 0)).Violations);
        Assert.Equal("ParentExists", violation.Rule);
        Assert.Equal("Amazon SageMaker can't find a tuning job called gone. Type another name.", violation.Message);
        Assert.Equal("warmStartConfig.parentHyperParameterTuningJobs.1.member.hyperParameterTuningJobName", violation.Path);
    }

    [Fact]
    public void Rejects_itself_as_parent_whatever_the_case_of_the_name()
    {
        var violation = Assert.Single(Given.Check(Given.Definition, new NamedParent("CHILD", null, 0)).Violations);
        Assert.Equal("ParentExists", violation.Rule);
        Assert.Contains("its own parent", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Points_at_the_parent_that_is_still_running()
    {
        var running = Given.Parent("second", Given.Definition, id: 2);
        running = running with { Job = running.Job! with { Status = TuningJobStatus.Stopping } };
        var violation = Assert.Single(Given.Check(Given.Definition, Given.Parent("first", Given.Definition, id: 1), running).Violations);
        Assert.Equal("ParentTerminal", violation.Rule);
        Assert.Equal("warmStartConfig.parentHyperParameterTuningJobs.2.member.hyperParameterTuningJobName", violation.Path);
        Assert.Contains("second is in status Stopping", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_on_which_side_a_hyperparameter_is_missing()
    {
        var parent = Given.Definition with { StaticHyperParameters = Given.Statics(("epochs", "3"), ("old", "1")) };
        var child = Given.Definition with { StaticHyperParameters = Given.Statics(("epochs", "3"), ("new", "1")) };
        var violation = Assert.Single(Given.Check(child, Given.Parent("p", parent)).Violations);
        Assert.Equal("SameHyperParameterNames", violation.Rule);
        Assert.EndsWith(
            "and vice versa. Only in the current tuning job: [new]; only in the parent tuning job p: [old].", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_the_platform_may_come_and_go()
    {
        var parent = Given.Definition with { StaticHyperParameters = Given.Statics(("sagemaker_program", "\"a.py\""), ("sagemaker_job_name", "1")) };
        var child = Given.Definition with { StaticHyperParameters = Given.Statics(("sagemaker_s3_output", "s3://b"), ("sagemaker_job_name", "2")) };
        var verdict = Given.Check(child, Given.Parent("p", parent));
        Assert.Empty(verdict.Violations);
        Assert.Equal(0, verdict.Changes.Used);
        Assert.Equal(["sagemaker_job_name"], verdict.Changes.Exempt);
    }

    [Fact]
    public void An_injected_metric_name_sent_back_by_a_client_is_no_hyperparameter()
    {
        var child = Given.Definition with
        {
            StaticHyperParameters = Given.Statics((TuningJobDefinition.InjectedHyperParameter, "validation:accuracy")),
        };
        Assert.Empty(Given.Check(child, Given.Parent("p", Given.Definition)).Violations);
    }

    [Fact]
    public void Lists_what_changed_and_what_it_costs()
    {
        var first = Given.Definition with
        {
            Ranges = [Given.Continuous("lr", "0", "1"), Given.Categorical("color", "red", "blue"), Given.Integer("layers", "1", "9")],
            StaticHyperParameters = Given.Statics(("shape", "round"), ("same", "x")),
        };
        var second = first with
        {
            Ranges = [Given.Continuous("lr", "0", "1"), Given.Integer("layers", "1", "9")],
            StaticHyperParameters = Given.Statics(("shape", "flat"), ("same", "x"), ("color", "green")),
        };
        var child = first with
        {
            Ranges = [Given.Continuous("lr", "0", "1")],
            StaticHyperParameters = Given.Statics(("shape", "round"), ("same", "x"), ("color", "red"), ("layers", "5")),
        };
        var verdict = Given.Check(child, Given.Parent("p1", first, id: 1), Given.Parent("p2", second, id: 2));
        Assert.Empty(verdict.Violations);
        Assert.Equal(
            [
                new HyperParameterChange("color", "green | {red, blue}", "red", 3),
                new HyperParameterChange("layers", "[1, 9]", "5", 1),
                new HyperParameterChange("shape", "flat | round", "round", 2),
            ],
            verdict.Changes.Items);
        Assert.Equal(6, verdict.Changes.Used);
    }

    [Fact]
    public void Names_the_changes_when_they_are_too_many()
    {
        var names = Enumerable.Range(0, 6).Select(i => $"s{i}").ToList();
        var parent = Given.Definition with { StaticHyperParameters = names.ToDictionary(name => name, _ => "a") };
        var child = Given.Definition with { StaticHyperParameters = names.ToDictionary(name => name, _ => "b") };
        var violation = Assert.Single(Given.Check(child, Given.Parent("p", parent)).Violations);
        Assert.Equal("ChangeLimit", violation.Rule);
        Assert.Contains("is 12. It cannot be more than 10", violation.Message, StringComparison.Ordinal);
        Assert.EndsWith("Changed: [s0 (2), s1 (2), s2 (2), s3 (2), s4 (2), s5 (2)].", violation.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("environment")]
    [InlineData("enableNetworkIsolation")]
    [InlineData("enableInterContainerTrafficEncryption")]
    [InlineData("retryStrategy")]
    public void Rejects_a_change_of_a_field_that_must_stay(string field)
    {
        var training = field switch
        {
            "environment" => Given.Training with { Environment = Given.Statics(("A", "1")) },
            "enableNetworkIsolation" => Given.Training with { NetworkIsolation = true },
            "enableInterContainerTrafficEncryption" => Given.Training with { InterContainerEncryption = true },
            _ => Given.Training with { MaximumRetryAttempts = 3 },
        };
        var violation = Assert.Single(Given.Check(Given.Definition with { Training = training }, Given.Parent("p", Given.Definition)).Violations);
        Assert.Equal("FrozenFields", violation.Rule);
        Assert.StartsWith(
            "Only the following fields in TrainingJobDefinition are allowed to change: [algorithmSpecification, inputDataConfig, outputDataConfig, "
            + "staticHyperParameters, roleArn, resourceConfig, stoppingCondition, vpcConfig, enableManagedSpotTraining, checkpointConfig].",
            violation.Message,
            StringComparison.Ordinal);
        Assert.EndsWith($"[{field}].", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Environments_of_the_same_size_are_compared_by_their_entries()
    {
        var parent = Given.Definition with { Training = Given.Training with { Environment = Given.Statics(("A", "1"), ("B", "2")) } };
        var reordered = Given.Definition with { Training = Given.Training with { Environment = Given.Statics(("B", "2"), ("A", "1")) } };
        var changed = Given.Definition with { Training = Given.Training with { Environment = Given.Statics(("A", "1"), ("B", "3")) } };
        Assert.Empty(Given.Check(reordered, Given.Parent("p", parent)).Violations);
        Assert.Equal("FrozenFields", Assert.Single(Given.Check(changed, Given.Parent("p", parent)).Violations).Rule);
    }

    [Theory]
    [InlineData(SameDataAndAlgorithmMode.Warn, 0, 2)]
    [InlineData(SameDataAndAlgorithmMode.Enforce, 2, 0)]
    [InlineData(SameDataAndAlgorithmMode.Off, 0, 0)]
    public void Other_data_and_another_image_are_treated_as_the_operator_chose(object mode, int violations, int warnings)
    {
        var options = new WarmStartOptions { SameDataAndAlgorithm = (SameDataAndAlgorithmMode)mode };
        var child = Given.Definition with { Training = WithData("s3://b/new/") with { Image = "a/other:1" } };
        var verdict = Given.Check(child, options, Given.Parent("p", Given.Definition));
        Assert.Equal(violations, verdict.Violations.Count);
        Assert.All(verdict.Violations, violation => Assert.Equal("SameDataAndAlgorithm", violation.Rule));
        Assert.Equal(warnings, verdict.Warnings.Count);
        var said = verdict.Warnings.Concat(verdict.Violations.Select(violation => violation.Message)).ToList();
        if (said.Count > 0)
        {
            Assert.Contains(said, text => text.Contains("a/other:1", StringComparison.Ordinal) && text.Contains("a/algo:1", StringComparison.Ordinal));
            Assert.Contains(said, text => text.Contains("[train: s3://b/new/ instead of s3://b/train/]", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Transfer_learning_may_have_other_data_even_when_sameness_is_enforced()
    {
        var options = new WarmStartOptions { SameDataAndAlgorithm = SameDataAndAlgorithmMode.Enforce };
        var child = Given.Definition with { Training = WithData("s3://b/new/"), WarmStart = WarmStartKind.TransferLearning };
        var verdict = Given.Check(child, options, Given.Parent("p", Given.Definition));
        Assert.Empty(verdict.Violations);
        Assert.Empty(verdict.Warnings);
    }

    [Theory]
    [InlineData("123.dkr.ecr.eu-west-1.amazonaws.com/algo:1", "123.dkr.ecr.eu-west-1.amazonaws.com/algo:2", true)]
    [InlineData("localhost:5000/algo", "localhost:5000/algo:2", true)]
    [InlineData("a/algo@sha256:0123", "a/algo:7", true)]
    [InlineData("a/algo:1@sha256:0123", "a/algo:1", true)]
    [InlineData("localhost:5000/algo", "localhost:5001/algo", false)]
    [InlineData("a/algo", "a/algo2", false)]
    public void Tag_and_digest_are_no_part_of_the_algorithm(string before, string now, bool same)
    {
        var parent = Given.Definition with { Training = Given.Training with { Image = before } };
        var child = Given.Definition with { Training = Given.Training with { Image = now } };
        Assert.Equal(same, Given.Check(child, Given.Parent("p", parent)).Warnings.Count == 0);
    }

    [Fact]
    public void Script_channels_and_the_order_of_channels_are_no_part_of_the_data()
    {
        Channel train = new() { Name = "train", S3Uri = "s3://b/t" }, test = new() { Name = "test", S3Uri = "s3://b/e" };
        var parent = Given.Definition with { Training = Given.Training with { Channels = [train, test, new() { Name = "code", S3Uri = "s3://b/1" }] } };
        var child = Given.Definition with
        {
            Training = Given.Training with { Channels = [new() { Name = "sm_drivers", S3Uri = "s3://b/2" }, test with { ContentType = "text/csv" }, train] },
        };
        Assert.Empty(Given.Check(child, Given.Parent("p", parent)).Warnings);
    }

    [Theory]
    [InlineData(300, 190, 10, 500, true)]
    [InlineData(300, 190, 11, 500, false)]
    [InlineData(300, 190, 11, 501, true)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, 500, false)]
    public void Training_jobs_of_parents_and_child_count_together(int first, int second, int child, int limit, bool accepted)
    {
        var verdict = Given.Check(
            Given.Definition with { MaxTrainingJobs = child },
            new WarmStartOptions { MaxTrainingJobs = limit },
            Given.Parent("p1", Given.Definition, first, 1),
            Given.Parent("p2", Given.Definition, second, 2));
        Assert.Equal(accepted, verdict.IsAccepted);
        Assert.All(verdict.Violations, violation => Assert.Equal(("TotalTrainingJobs", ViolationKind.ResourceLimit), (violation.Rule, violation.Kind)));
    }

    [Theory]
    [InlineData("Bayesian", true)]
    [InlineData("Random", true)]
    [InlineData("Grid", false)]
    [InlineData("Hyperband", false)]
    public void Only_bayesian_and_random_search_start_warm(string strategy, bool accepted)
    {
        var verdict = Given.Check(Given.Definition with { Strategy = Enum.Parse<StrategyKind>(strategy) }, Given.Parent("p", Given.Definition));
        Assert.Equal(accepted, verdict.IsAccepted);
        Assert.All(verdict.Violations, violation => Assert.Equal("WarmStartStrategy", violation.Rule));
    }

    [Fact]
    public void Reports_every_broken_rule_at_once_in_the_documented_order()
    {
        var parent = Given.Definition with
        {
            Ranges = [Given.Continuous("x", "0", "1"), Given.Categorical("c", [.. Enumerable.Range(0, 11).Select(i => $"v{i}")])],
        };
        var child = Given.Definition with
        {
            Strategy = StrategyKind.Grid,
            Objective = new("validation:accuracy", ObjectiveGoal.Minimize),
            Ranges = [Given.Integer("x", "0", "1"), Given.Integer("y", "0", "1")],
            StaticHyperParameters = Given.Statics(("c", "v0")),
            Training = WithData("s3://b/new/") with { NetworkIsolation = true },
            MaxTrainingJobs = 500,
        };
        var old = Given.Parent("p", parent);
        old = old with { Job = old.Job! with { Status = TuningJobStatus.InProgress, CreationTime = WarmStartRules.OldestParent.AddSeconds(-1) } };
        var verdict = Given.Check(
            child,
            new WarmStartOptions { SameDataAndAlgorithm = SameDataAndAlgorithmMode.Enforce },
            old,
            Given.Parent("several", parent with { AlgorithmCount = 2 }, id: 2),
            new("gone", null, 0),
            new("GONE", null, 0));
        Assert.Equal(
            [
                "ParentCount", "ParentExists", "ParentExists", "ParentTerminal", "ParentAge", "SingleAlgorithm", "SameObjective", "SameHyperParameterNames",
                "SameHyperParameterTypes", "ChangeLimit", "FrozenFields", "SameDataAndAlgorithm", "TotalTrainingJobs", "WarmStartStrategy",
            ],
            verdict.Violations.Select(violation => violation.Rule));
    }

    private static TrainingDefinition WithData(string uri) => Given.Training with { Channels = [new() { Name = "train", S3Uri = uri }] };
}
