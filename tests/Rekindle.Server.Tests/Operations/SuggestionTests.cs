using System.Text.Json.Nodes;
using Rekindle.Server.Tests.Importing;
using Rekindle.Server.Tests.Protocol;

namespace Rekindle.Server.Tests.Operations;

/// <summary>Why training jobs were launched, and whether they would be again, asked over HTTP of a server that really ran them.</summary>
public sealed class SuggestionTests
{
    private const int Jobs = 14;

    [Fact]
    public async Task A_suggestion_of_the_model_is_explained_with_what_it_knew_and_what_came_out()
    {
        await using var server = await TestServer.StartAsync();
        await RunAsync(server, "tuned", "Bayesian");

        var suggestions = (await server.AnswerAsync("Rekindle.ListSuggestions", Named("tuned")))["Suggestions"]!.AsArray();
        Assert.Equal(Jobs, suggestions.Count);
        Assert.Equal("initial-design", (string)suggestions[0]!["Origin"]!);
        var first = suggestions.First(item => (string)item!["Origin"]! == "model")!;
        var why = await ExplainAsync(server, (string)first["TrainingJobName"]!);
        Assert.Equal(("tuned", "model", "Own"), ((string)why["TuningJobName"]!, (string)why["Origin"]!, (string)why["Model"]!));
        Assert.StartsWith("Largest expected improvement by the job's own results", (string)why["Reason"]!, StringComparison.Ordinal);
        var index = (int)why["LaunchIndex"]!;
        Assert.Equal(first["TrainingJobName"]!.ToString(), suggestions[index - 1]!["TrainingJobName"]!.ToString());
        var known = why["Known"]!;
        Assert.Equal(index - 1, (int)known["Results"]! + (int)known["WithoutResult"]! + known["Running"]!.AsArray().Count);
        Assert.InRange(known["Running"]!.AsArray().Count, 0, 1);

        var described = await server.AnswerAsync("DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = first["TrainingJobName"]!.ToString() });
        Assert.Equal(described["HyperParameters"]!["x"]!.ToString(), why["HyperParameters"]!["x"]!.ToString());
        Assert.Null(described["Origin"]);
        Assert.Null(described["Explanation"]);
        var outcome = why["Outcome"]!;
        Assert.Equal(("Completed", "m"), ((string)outcome["TrainingJobStatus"]!, (string)outcome["MetricName"]!));
        Assert.Equal(
            ((double)outcome["Value"]! - (double)why["PredictedMean"]!) / (double)why["PredictedDeviation"]!, (double)outcome["DeviationsFromPrediction"]!, 12);
        var nearest = why["Nearest"]!;
        var near = await ExplainAsync(server, (string)nearest["TrainingJobName"]!);
        Assert.Equal(near["HyperParameters"]!["x"]!.ToString(), nearest["HyperParameters"]!["x"]!.ToString());
        Assert.Equal((double)near["Outcome"]!["Value"]!, (double)nearest["Value"]!);
        Assert.InRange((double)nearest["Distance"]!, 0, 1);
    }

    [Fact]
    public async Task A_random_draw_is_explained_by_its_origin_even_after_its_tuning_job_was_deleted()
    {
        await using var server = await TestServer.StartAsync();
        await RunAsync(server, "drawn", "Random");
        var name = (await server.AnswerAsync("Rekindle.ListSuggestions", Named("drawn")))["Suggestions"]![1]!["TrainingJobName"]!.ToString();
        _ = await server.CallAsync("DeleteHyperParameterTuningJob", Named("drawn"));

        var why = await ExplainAsync(server, name);

        Assert.Equal(("random", "A random draw, uniform under the scaling of each range."), ((string)why["Origin"]!, (string)why["Reason"]!));
        Assert.All((string[])["Model", "Parent", "PredictedMean", "Acquisition", "Nearest"], member => Assert.Null(why[member]));
        Assert.Null(why["Outcome"]!["DeviationsFromPrediction"]);
        Assert.NotNull(why["Outcome"]!["Value"]);
        _ = await server.RefusalAsync("Rekindle.ListSuggestions", Named("drawn"), "ResourceNotFound");
    }

    [Theory]
    [InlineData("Bayesian")]
    [InlineData("Random")]
    public async Task A_tuning_job_replays_without_a_difference(string strategy)
    {
        await using var server = await TestServer.StartAsync();
        await RunAsync(server, "again", strategy);

        var (same, next) = (0, (int?)1);
        while (next is { } from)
        {
            var request = Named("AGAIN");
            request["FromLaunchIndex"] = from;
            var replay = await server.AnswerAsync("Rekindle.ReplayTuningJob", request);
            Assert.Null(replay["Difference"]);
            Assert.Equal(("again", Jobs, 0), ((string)replay["HyperParameterTuningJobName"]!, (int)replay["TrainingJobs"]!, (int)replay["Unknown"]!));
            same += (int)replay["Same"]!;
            next = (int?)replay["NextLaunchIndex"];
        }

        Assert.Equal(Jobs, same);
        var late = Named("again");
        late["FromLaunchIndex"] = Jobs + 1;
        Assert.Equal(0, (int)(await server.AnswerAsync("Rekindle.ReplayTuningJob", late))["Same"]!);
    }

    [Fact]
    public async Task What_no_search_here_suggested_is_refused_in_a_sentence()
    {
        await using var server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("own", server.Program("echo m=1")));
        _ = await server.AnswerAsync("Rekindle.ImportTuningJob", Dumps.Small("foreign", 0.5, 0.6));
        var imported = (await server.AnswerAsync("Rekindle.ListSuggestions", Named("foreign")))["Suggestions"]!.AsArray();
        Assert.Equal(["unknown", "unknown"], imported.Select(item => (string)item!["Origin"]!));

        Assert.Equal("Requested resource not found.", await RefusedAsync("nobody"));
        Assert.Equal("The training job own was not launched by a tuning job: nothing suggested its hyperparameters.", await RefusedAsync("own"));
        Assert.Contains(
            "was imported with the tuning job foreign: why it was launched with its hyperparameters is known only where it ran.",
            await RefusedAsync((string)imported[0]!["TrainingJobName"]!), StringComparison.Ordinal);
        Assert.Contains("Member must satisfy regular expression pattern", await RefusedAsync("-"), StringComparison.Ordinal);
        Assert.Equal(
            "The tuning job foreign was imported: its suggestions were made elsewhere, and can't be made again here.",
            await server.RefusalAsync("Rekindle.ReplayTuningJob", Named("foreign")));
        Assert.Equal(
            "Amazon SageMaker can't find a tuning job called nobody. Type another name.",
            await server.RefusalAsync("Rekindle.ReplayTuningJob", Named("nobody"), "ResourceNotFound"));
        _ = await server.UntilEndedAsync("own");

        Task<string> RefusedAsync(string name) => server.RefusalAsync("Rekindle.ExplainSuggestion", new JsonObject { ["TrainingJobName"] = name });
    }

    [Fact]
    public async Task With_Hyperband_a_final_value_is_not_held_against_what_was_predicted_of_a_report_on_the_way()
    {
        await using var server = await TestServer.StartAsync();
        await RunAsync(server, "halved", "Hyperband", "for i in 1 2 3 4; do echo m=$SM_HP_X; done");

        var origins = (await server.AnswerAsync("Rekindle.ListSuggestions", Named("halved")))["Suggestions"]!.AsArray();
        foreach (var suggestion in origins)
        {
            var outcome = (await ExplainAsync(server, (string)suggestion!["TrainingJobName"]!))["Outcome"]!;
            Assert.NotNull(outcome["Value"]);
            Assert.Null(outcome["DeviationsFromPrediction"]);
            Assert.Equal((string)outcome["TrainingJobStatus"]! == "Stopped", outcome["StopReason"] is not null);
            Assert.Equal((string?)outcome["StopReason"], (string?)suggestion["StopReason"]);
        }
    }

    private static async Task RunAsync(TestServer server, string name, string strategy, string program = "echo m=$SM_HP_X")
    {
        var request = TestServer.TuningJob(name, server.Program(program), Jobs, parallel: 2);
        if (strategy == "Hyperband")
        {
            request["HyperParameterTuningJobConfig"]!["StrategyConfig"] =
                JsonNode.Parse("""{"HyperbandStrategyConfig":{"MinResource":1,"MaxResource":3}}""");
        }

        request["HyperParameterTuningJobConfig"]!["Strategy"] = strategy;
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", request);
        _ = await server.UntilTuningJobEndedAsync(name);
    }

    private static Task<JsonNode> ExplainAsync(TestServer server, string name) =>
        server.AnswerAsync("Rekindle.ExplainSuggestion", new JsonObject { ["TrainingJobName"] = name });

    private static JsonObject Named(string name) => new() { ["HyperParameterTuningJobName"] = name };
}
