using System.Text.Json.Nodes;
using Rekindle.Server.Tests.Protocol;

namespace Rekindle.Server.Tests.Operations;

/// <summary>Tuning jobs that choose among several training definitions, over HTTP, with programs that really run.</summary>
public sealed class SeveralAlgorithmsTests
{
    [Theory]
    [InlineData("Bayesian")]
    [InlineData("Random")]
    public async Task Both_algorithms_are_trained_each_with_its_own_hyperparameters_and_the_better_one_mostly(string strategy)
    {
        await using var server = await TestServer.StartAsync();
        var request = Several(server, "both", strategy, jobs: 16);
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", request);
        var job = await server.UntilTuningJobEndedAsync("both");

        Assert.Equal("Completed", (string)job["HyperParameterTuningJobStatus"]!);
        Assert.Equal(16, (int)job["TrainingJobStatusCounters"]!["Completed"]!);
        Assert.Null(job["TrainingJobDefinition"]);
        Assert.Equal(["low", "high"], job["TrainingJobDefinitions"]!.AsArray().Select(definition => (string)definition!["DefinitionName"]!));
        Assert.Null(job["HyperParameterTuningJobConfig"]!["ParameterRanges"]);
        var best = job["BestTrainingJob"]!;
        Assert.Equal(("high", "b"), ((string)best["TrainingJobDefinitionName"]!, (string)best["FinalHyperParameterTuningJobObjectiveMetric"]!["MetricName"]!));

        var listed = (await server.AnswerAsync("ListTrainingJobsForHyperParameterTuningJob", Named("both", 100)))["TrainingJobSummaries"]!.AsArray();
        var low = listed.Where(summary => (string)summary!["TrainingJobDefinitionName"]! == "low").ToList();
        var high = listed.Where(summary => (string)summary!["TrainingJobDefinitionName"]! == "high").ToList();
        Assert.Equal(16, low.Count + high.Count);
        Assert.InRange(low.Count, 4, 7);
        Assert.All(low, summary => Assert.Equal(["x"], summary!["TunedHyperParameters"]!.AsObject().Select(pair => pair.Key)));
        Assert.All(high, summary => Assert.Equal(["depth"], summary!["TunedHyperParameters"]!.AsObject().Select(pair => pair.Key)));
        Assert.All(low, summary => Assert.Equal("a", (string)summary!["FinalHyperParameterTuningJobObjectiveMetric"]!["MetricName"]!));

        var trained = await server.AnswerAsync("DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = (string)high[0]!["TrainingJobName"]! });
        Assert.Equal("b", (string)trained["HyperParameters"]!["_tuning_objective_metric"]!);
        Assert.Equal("2", (string)trained["HyperParameters"]!["fixed"]!);
        Assert.Contains(trained["FinalMetricDataList"]!.AsArray(), metric => (string)metric!["MetricName"]! == "b");
        Assert.Equal((string)request["TrainingJobDefinitions"]![1]!["AlgorithmSpecification"]!["TrainingImage"]!, (string)trained["AlgorithmSpecification"]!["TrainingImage"]!);

        var replay = await server.AnswerAsync("Rekindle.ReplayTuningJob", new JsonObject { ["HyperParameterTuningJobName"] = "both" });
        Assert.Null(replay["Difference"]);
        Assert.Equal(0, (int)replay["Unknown"]!);
    }

    [Fact]
    public async Task When_one_search_space_is_used_up_the_other_goes_on()
    {
        await using var server = await TestServer.StartAsync();
        var request = Several(server, "grid", "Grid", jobs: 5);
        Definition(request, 0)["HyperParameterRanges"] = JsonNode.Parse("""{"CategoricalParameterRanges":[{"Name":"x","Values":["1","2"]}]}""");
        Definition(request, 1)["HyperParameterRanges"] = JsonNode.Parse("""{"CategoricalParameterRanges":[{"Name":"depth","Values":["1","2","3"]}]}""");
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", request);
        _ = await server.UntilTuningJobEndedAsync("grid");

        var listed = (await server.AnswerAsync("ListTrainingJobsForHyperParameterTuningJob", Named("grid", 100)))["TrainingJobSummaries"]!.AsArray();
        Assert.Equal(
            ["high depth=1", "high depth=2", "high depth=3", "low x=1", "low x=2"],
            listed.Select(summary => $"{summary!["TrainingJobDefinitionName"]} {string.Join(",", summary["TunedHyperParameters"]!.AsObject().Select(p => $"{p.Key}={p.Value}"))}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_mistake_is_named_with_the_definition_it_is_in()
    {
        await using var server = await TestServer.StartAsync();
        var request = Several(server, "wrong", "Bayesian", jobs: 4);
        request["HyperParameterTuningJobConfig"]!["HyperParameterTuningJobObjective"] = JsonNode.Parse("""{"Type":"Maximize","MetricName":"a"}""");
        Definition(request, 1)["DefinitionName"] = "low";
        Definition(request, 1)["TuningObjective"]!["Type"] = "Minimize";
        Definition(request, 1)["HyperParameterRanges"]!["IntegerParameterRanges"]![0]!["MinValue"] = "99";
        Definition(request, 1)["AlgorithmSpecification"]!["TrainingImage"] = "nobody/knows:1";

        var preview = await server.AnswerAsync("Rekindle.PreviewWarmStart", request);

        Assert.Equal(
            [
                "hyperParameterTuningJobConfig.hyperParameterTuningJobObjective",
                "hyperParameterTuningJobConfig.hyperParameterTuningJobObjective.metricName", // the second defines no such metric
                "trainingJobDefinitions",
                "trainingJobDefinitions.2.member",
                "trainingJobDefinitions.2.member.definitionName",
                "trainingJobDefinitions.2.member.hyperParameterRanges.integerParameterRanges.1.member.minValue",
            ],
            preview["Violations"]!.AsArray().Select(violation => (string)violation!["Path"]!).Order(StringComparer.Ordinal));
        _ = await server.RefusalAsync("CreateHyperParameterTuningJob", request);
    }

    [Fact]
    public async Task When_no_program_prints_its_metric_the_reason_names_each_algorithms_own()
    {
        await using var server = await TestServer.StartAsync();
        var request = Several(server, "mute", "Random", jobs: 6);
        foreach (var index in new[] { 0, 1 }) Definition(request, index)["AlgorithmSpecification"]!["TrainingImage"] = server.Program("true");
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", request);

        Assert.Contains("prints the metric a or b in the form", (string)(await server.UntilTuningJobEndedAsync("mute"))["FailureReason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Imported_training_jobs_show_their_values_under_their_own_algorithms_metric()
    {
        await using var server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", Several(server, "moved", "Random", jobs: 6));
        _ = await server.UntilTuningJobEndedAsync("moved");
        var dump = await server.AnswerAsync("Rekindle.ExportTuningJob", new JsonObject { ["HyperParameterTuningJobName"] = "moved" });

        await using var other = await TestServer.StartAsync();
        _ = await other.AnswerAsync("Rekindle.ImportTuningJob", dump.DeepClone().AsObject());
        var summaries = (await other.AnswerAsync("ListTrainingJobsForHyperParameterTuningJob", Named("moved", 100)))["TrainingJobSummaries"]!.AsArray();

        foreach (var (definition, metric) in new[] { ("low", "a"), ("high", "b") })
        {
            var one = summaries.First(summary => (string)summary!["TrainingJobDefinitionName"]! == definition)!;
            var described = await other.AnswerAsync("DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = (string)one["TrainingJobName"]! });
            Assert.Equal([metric, "ObjectiveMetric"], described["FinalMetricDataList"]!.AsArray().Select(reading => (string)reading!["MetricName"]!));
        }
    }

    private static JsonObject Named(string name, int most) => new() { ["HyperParameterTuningJobName"] = name, ["MaxResults"] = most };

    private static JsonNode Definition(JsonObject request, int index) => request["TrainingJobDefinitions"]![index]!;

    private static JsonObject Several(TestServer server, string name, string strategy, int jobs)
    {
        var request = TestServer.TuningJob(name, server.Program("echo a=0.$(echo $SM_HP_X | tr -d .e-)"), jobs, parallel: 1);
        var config = request["HyperParameterTuningJobConfig"]!.AsObject();
        config["Strategy"] = strategy;
        config["RandomSeed"] = 4;
        var (objective, ranges) = (config["HyperParameterTuningJobObjective"]!, config["ParameterRanges"]!);
        _ = config.Remove("HyperParameterTuningJobObjective");
        _ = config.Remove("ParameterRanges");
        var first = request["TrainingJobDefinition"]!.AsObject();
        _ = request.Remove("TrainingJobDefinition");
        first["DefinitionName"] = "low";
        objective["MetricName"] = "a";
        first["TuningObjective"] = objective;
        first["HyperParameterRanges"] = ranges;
        first["AlgorithmSpecification"]!["MetricDefinitions"] = JsonNode.Parse("""[{"Name":"a","Regex":"a=(.*)"}]""");
        var second = first.DeepClone().AsObject();
        second["DefinitionName"] = "high";
        second["TuningObjective"]!["MetricName"] = "b";
        second["StaticHyperParameters"] = new JsonObject { ["fixed"] = "2" };
        second["HyperParameterRanges"] = JsonNode.Parse("""{"IntegerParameterRanges":[{"Name":"depth","MinValue":"1","MaxValue":"40"}]}""");
        second["AlgorithmSpecification"]!["TrainingImage"] = server.Program("echo b=$SM_HP_FIXED.$SM_HP_DEPTH");
        second["AlgorithmSpecification"]!["MetricDefinitions"] = JsonNode.Parse("""[{"Name":"b","Regex":"b=(.*)"}]""");
        request["TrainingJobDefinitions"] = new JsonArray(first, second);
        return request;
    }
}
