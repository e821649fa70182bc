using System.Text.Json.Nodes;
using Rekindle.Api.Shapes;
using Rekindle.Server.Operations;
using Rekindle.Server.Tests.Protocol;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Operations;

public sealed class AutotuningTests
{
    [Theory]
    [InlineData("0.01", "Continuous 0.001 0.1 Logarithmic")]
    [InlineData("0.9", "Continuous 0.09 1 Logarithmic")]
    [InlineData("2.5", "Continuous 0.25 25 Logarithmic")]
    [InlineData("-2.5", "Continuous -25 -0.25 Linear")]
    [InlineData("0.0", "Continuous 0 1 Linear")]
    [InlineData("64", "Integer 6 640 Logarithmic")]
    [InlineData("3", "Integer 1 30 Logarithmic")]
    [InlineData("0", "Integer 0 1 Linear")]
    [InlineData("-20", "Integer -200 -2 Linear")]
    [InlineData("true", "Categorical true,false Auto")]
    [InlineData("False", "Categorical True,False Auto")]
    [InlineData("9223372036854775807", "Integer 922337203685477580 9223372036854775807 Logarithmic")]
    [InlineData("1e308", null)]
    [InlineData("NaN", null)]
    [InlineData("adam", null)]
    [InlineData("", null)]
    public void A_range_is_made_from_a_value_known_to_work(string hint, string? expected)
    {
        var (ranges, kept) = Autotuning.Of(new ParameterRanges { AutoParameters = [new AutoParameter { Name = "h", ValueHint = hint }] }, given: 0);
        if (expected is null)
        {
            Assert.Empty(ranges);
            Assert.Equal(hint, kept["h"]);
            return;
        }

        var range = Assert.Single(ranges);
        var bounds = range.Kind == ParameterKind.Categorical ? string.Join(",", range.Values) : $"{range.MinValue} {range.MaxValue}";
        Assert.Equal(expected, $"{range.Kind} {bounds} {range.Scaling}");
        Assert.Empty(kept);
    }

    [Fact]
    public void What_is_beyond_thirty_ranges_keeps_its_value()
    {
        var hints = Enumerable.Range(0, 40).Select(i => new AutoParameter { Name = $"h{i}", ValueHint = "1" }).ToList();
        var (ranges, kept) = Autotuning.Of(new ParameterRanges { AutoParameters = hints }, given: 2);
        Assert.Equal((28, 12), (ranges.Count, kept.Count));
    }

    [Fact]
    public async Task A_tuning_job_with_Autotune_searches_what_it_made_and_shows_it()
    {
        await using var server = await TestServer.StartAsync();
        var request = Request(server, "auto");
        request["Autotune"] = new JsonObject { ["Mode"] = "Enabled" };
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", request);
        var job = await server.UntilTuningJobEndedAsync("auto");

        var config = job["HyperParameterTuningJobConfig"]!;
        Assert.Equal("Enabled", (string)job["Autotune"]!["Mode"]!);
        Assert.Equal("Auto", (string)config["TrainingJobEarlyStoppingType"]!);
        Assert.Equal("Enabled", (string)config["TuningJobCompletionCriteria"]!["ConvergenceDetected"]!["CompleteOnConvergence"]!);
        Assert.Equal("0.001", (string)config["ParameterRanges"]!["ContinuousParameterRanges"]![0]!["MinValue"]!);
        Assert.Equal("adam", (string)job["TrainingJobDefinition"]!["StaticHyperParameters"]!["optimizer"]!);
        Assert.Equal(["x"], job["BestTrainingJob"]!["TunedHyperParameters"]!.AsObject().Select(pair => pair.Key));
        var lr = double.Parse((string)job["BestTrainingJob"]!["TunedHyperParameters"]!["x"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(lr, 0.001, 0.1);
    }

    [Fact]
    public async Task Hints_without_Autotune_and_hyperparameters_given_twice_are_refused()
    {
        await using var server = await TestServer.StartAsync();
        var request = Request(server, "refused");
        Assert.Contains("AutoParameters need Autotune.", await server.RefusalAsync("CreateHyperParameterTuningJob", request), StringComparison.Ordinal);

        request["Autotune"] = new JsonObject { ["Mode"] = "Enabled" };
        request["TrainingJobDefinition"]!["StaticHyperParameters"] = new JsonObject { ["optimizer"] = "sgd" };
        Assert.Contains(
            "The hyperparameter optimizer in AutoParameters is also in StaticHyperParameters",
            await server.RefusalAsync("CreateHyperParameterTuningJob", request),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exported_one_is_imported_with_each_range_once()
    {
        await using var server = await TestServer.StartAsync();
        var request = Request(server, "auto");
        request["Autotune"] = new JsonObject { ["Mode"] = "Enabled" };
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", request);
        _ = await server.UntilTuningJobEndedAsync("auto");
        var named = new JsonObject { ["HyperParameterTuningJobName"] = "auto" };
        var dump = await server.AnswerAsync("Rekindle.ExportTuningJob", named);

        await using var other = await TestServer.StartAsync();
        var answer = await other.AnswerAsync("Rekindle.ImportTuningJob", dump.DeepClone().AsObject());
        var described = await other.AnswerAsync("DescribeHyperParameterTuningJob", named);

        Assert.Equal((int)answer["TrainingJobs"]!, (int)answer["Usable"]!);
        Assert.Equal("x", (string)Assert.Single(described["HyperParameterTuningJobConfig"]!["ParameterRanges"]!["ContinuousParameterRanges"]!.AsArray())!["Name"]!);
    }

    private static JsonObject Request(TestServer server, string name)
    {
        var request = TestServer.TuningJob(name, server.Program("[ $SM_HP_OPTIMIZER = adam ] && echo m=$SM_HP_X"), jobs: 3, parallel: 1);
        request["HyperParameterTuningJobConfig"]!["ParameterRanges"] = JsonNode.Parse(
            """{"AutoParameters":[{"Name":"x","ValueHint":"0.01"},{"Name":"optimizer","ValueHint":"adam"}]}""");
        return request;
    }
}
