using System.Globalization;
using System.Text.Json.Nodes;
using Rekindle.Server.Tests.Protocol;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>Ancestors that joined by the tag teach a child that a live server really drives.</summary>
public sealed class RecursiveDriverTests
{
    [Fact]
    public async Task A_transfer_child_tries_its_grandmothers_best_configurations()
    {
        await using var server = await TestServer.StartAsync();
        // The mother's best passes what the child finds by itself, so that it goes on with the next ancestor's.
        await RunChainAsync(server, "TransferLearning", "0.9", "1");

        await RunAsync(server, Child("tagged", "TransferLearning", "mother", depth: 1, jobs: 12));
        await RunAsync(server, Child("plain", "TransferLearning", "mother", depth: 0, jobs: 12));

        Assert.Contains("grandmother", await ParentsOfSuggestionsAsync(server, "tagged"));
        Assert.Contains("mother", await ParentsOfSuggestionsAsync(server, "tagged"));
        Assert.DoesNotContain("grandmother", await ParentsOfSuggestionsAsync(server, "plain"));
        Assert.Contains("mother", await ParentsOfSuggestionsAsync(server, "plain"));
    }

    [Fact]
    public async Task An_identical_child_goes_on_from_its_grandmothers_best_after_both_were_deleted()
    {
        await using var server = await TestServer.StartAsync();
        var best = await RunChainAsync(server, "IdenticalDataAndAlgorithm", "0", "0.1");

        await RunAsync(server, Child("tagged", "IdenticalDataAndAlgorithm", "mother", depth: 1));
        foreach (var ancestor in (string[])["mother", "grandmother"])
        {
            _ = await server.CallAsync("DeleteHyperParameterTuningJob", Named(ancestor));
        }

        var name = (await server.AnswerAsync("Rekindle.ListSuggestions", Named("tagged")))["Suggestions"]![0]!["TrainingJobName"]!.ToString();
        var why = await server.AnswerAsync("Rekindle.ExplainSuggestion", new JsonObject { ["TrainingJobName"] = name });
        Assert.Equal("Pooled", (string)why["Model"]!);
        // The metric is x itself, and the mother never looked beyond 0.1.
        Assert.InRange((double)why["Outcome"]!["Value"]!, best - 0.1, 1);
        var replay = await server.AnswerAsync("Rekindle.ReplayTuningJob", Named("tagged"));
        Assert.Equal((6, null), ((int)replay["Same"]!, replay["Difference"]));
    }

    /// <summary>A grandmother that searched all of [0, 1] and a mother that learned from her and searched a corner; the grandmother's best.</summary>
    private static async Task<double> RunChainAsync(TestServer server, string type, string least, string greatest)
    {
        await RunAsync(server, Job("grandmother", jobs: 12));
        var mother = Child("mother", type, "grandmother", depth: 0, jobs: 3);
        var range = mother["HyperParameterTuningJobConfig"]!["ParameterRanges"]!["ContinuousParameterRanges"]![0]!;
        (range["MinValue"], range["MaxValue"]) = (least, greatest);
        await RunAsync(server, mother);
        var job = await server.AnswerAsync("DescribeHyperParameterTuningJob", Named("grandmother"));
        var best = (double)job["BestTrainingJob"]!["FinalHyperParameterTuningJobObjectiveMetric"]!["Value"]!;
        Assert.True(best > 0.5, string.Create(CultureInfo.InvariantCulture, $"The grandmother found no more than {best}."));
        return best;
    }

    private static JsonObject Job(string name, int jobs)
    {
        var request = TestServer.TuningJob(name, "/bin/echo", jobs, parallel: 1);
        request["HyperParameterTuningJobConfig"]!["RandomSeed"] = 3;
        return request;
    }

    private static JsonObject Child(string name, string type, string parent, int depth, int jobs = 6)
    {
        var request = Job(name, jobs);
        request["HyperParameterTuningJobConfig"]!["Strategy"] = "Bayesian";
        request["WarmStartConfig"] = new JsonObject
        {
            ["WarmStartType"] = type,
            ["ParentHyperParameterTuningJobs"] = new JsonArray(Named(parent)),
        };
        request["Tags"] = new JsonArray(new JsonObject { ["Key"] = "rekindle:recursive-depth", ["Value"] = depth.ToString(CultureInfo.InvariantCulture) });
        return request;
    }

    private static async Task RunAsync(TestServer server, JsonObject request)
    {
        // One program for all: another image would be another algorithm.
        var program = Path.Combine(Path.GetDirectoryName(server.Bucket)!, "train.sh");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        if (!File.Exists(program))
        {
            File.Move(server.Program("echo m=$SM_HP_X"), program);
        }

        request["TrainingJobDefinition"]!["AlgorithmSpecification"]!["TrainingImage"] = program;
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", request);
        var name = (string)request["HyperParameterTuningJobName"]!;
        Assert.Equal("Completed", (string)(await server.UntilTuningJobEndedAsync(name))["HyperParameterTuningJobStatus"]!);
    }

    private static async Task<List<string?>> ParentsOfSuggestionsAsync(TestServer server, string name) =>
    [
        .. (await server.AnswerAsync("Rekindle.ListSuggestions", Named(name)))["Suggestions"]!.AsArray().Select(item => (string?)item!["Parent"]),
    ];

    private static JsonObject Named(string name) => new() { ["HyperParameterTuningJobName"] = name };
}
