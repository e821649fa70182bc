using System.Text;
using System.Text.Json.Nodes;

namespace Rekindle.Server.Tests.Importing;

/// <summary>Documents that are wrong are refused in words, never with a fault of the server; what is merely odd is kept and counted.</summary>
public sealed class RefusedDumpTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>A path in a sound document, what to put there (null removes it), and words of the refusal.</summary>
    public static TheoryData<string, string?, string> Spoilt { get; } = new()
    {
        { "TuningJob", null, "Member must not be null" },
        { "TuningJob", "[]", "TuningJob must be an object" },
        { "TuningJob", "7", "TuningJob must be an object" },
        { "TrainingJobs", null, "Member must not be null" },
        { "TrainingJobs", "\"x\"", "TrainingJobs must be a list" },
        { "TrainingJobs/0", "null", "TrainingJobs[0] must be an object" },
        { "TrainingJobs/0/TrainingJobName", null, "trainingJobName" },
        { "TrainingJobs/0/TrainingJobName", "\"not a name!\"", "regular expression pattern" },
        { "TrainingJobs/0/TrainingJobStatus", null, "trainingJobStatus" },
        { "TrainingJobs/0/TrainingJobStatus", "\"Exploded\"", "enum value set" },
        { "TrainingJobs/0/TrainingJobStatus", "3", "must be a string" },
        { "TrainingJobs/0/TrainingJobName", "\"SMALL-002\"", "given to two different training jobs" },
        { "TrainingJobs/0/TunedHyperParameters", null, "tunedHyperParameters" },
        { "TrainingJobs/0/TunedHyperParameters", "{\"lr\": 0.5}", "must be a string" },
        { "TrainingJobs/0/TunedHyperParameters", "{\"lr\": null}", "Member must not be null" },
        { "TrainingJobs/0/CreationTime", "\"yesterday\"", "TrainingJobs[0].CreationTime must be a moment" },
        { "TrainingJobs/0/FinalHyperParameterTuningJobObjectiveMetric/Value", "\"high\"", "must be a finite number" },
        { "TuningJob/HyperParameterTuningJobName", null, "hyperParameterTuningJobName" },
        { "TuningJob/HyperParameterTuningJobName", "\"../../etc/passwd\"", "regular expression pattern" },
        { "TuningJob/HyperParameterTuningJobStatus", null, "HyperParameterTuningJobStatus is missing" },
        { "TuningJob/HyperParameterTuningJobStatus", "\"2\"", "is in status 2." },
        { "TuningJob/HyperParameterTuningJobStatus", "\"7\"", "is in status 7." },
        { "TuningJob/HyperParameterTuningJobStatus", "\"-1\"", "is in status -1." },
        { "TuningJob/HyperParameterTuningJobStatus", "\"Completed, Failed\"", "is in status Completed, Failed." },
        { "TuningJob/CreationTime", null, "CreationTime is missing" },
        { "TuningJob/CreationTime", "1e300", "must be a moment" },
        { "TuningJob/HyperParameterTuningJobConfig", null, "HyperParameterTuningJobConfig is missing" },
        { "TuningJob/HyperParameterTuningJobConfig/Strategy", "\"Psychic\"", "enum value set" },
        { "TuningJob/HyperParameterTuningJobConfig/HyperParameterTuningJobObjective", null, "no HyperParameterTuningJobObjective" },
        { "TuningJob/HyperParameterTuningJobConfig/ParameterRanges/ContinuousParameterRanges/0/MinValue", "\"5\"", "greater than its MaxValue" },
        { "TuningJob/HyperParameterTuningJobConfig/ParameterRanges/ContinuousParameterRanges/0/MinValue", "\"low\"", "finite number" },
        { "TuningJob/HyperParameterTuningJobConfig/ParameterRanges/ContinuousParameterRanges/0/Name", "\"epochs\"", "only once" },
        { "TuningJob/TrainingJobDefinition", null, "neither TrainingJobDefinition nor" },
        { "TuningJob/TrainingJobDefinition/StaticHyperParameters", "{\"epochs\": null}", "Member must not be null" },
        { "TuningJob/TrainingJobStatusCounters", "{\"Completed\": -1}", "greater than or equal to 0" },
        { "TuningJob/TrainingJobStatusCounters", "{\"Completed\": 2147483647}", "more than a million" },
        { "TuningJob/WarmStartConfig", "{\"WarmStartType\": \"Tepid\", \"ParentHyperParameterTuningJobs\": [{}]}", "enum value set" },
        { "HyperParameterTuningJobName", "\"-\"", "regular expression pattern" },
        { "Tags", "[{\"Key\": \"a\"}]", "Member must not be null" },
    };

    [Theory]
    [MemberData(nameof(Spoilt))]
    public async Task A_spoilt_document_is_refused_with_the_place(string path, string? replacement, string words)
    {
        var dump = Dumps.Small("spoilt", 0.5, 0.25);
        Set(dump, path, replacement);

        var (status, body) = await _server.SendAsync("Rekindle.ImportTuningJob", dump);

        Assert.True(status == 400, body);
        Assert.Contains(words, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("\u001f\u008bgarbage")]
    [InlineData("{\"TuningJob\":{\"a\":1,\"a\":2},\"TrainingJobs\":[]}")]
    [InlineData("{\"TuningJob\":{\"X\":\"half a pair: \\ud800\"},\"TrainingJobs\":[]}")]
    [InlineData("{\"TuningJob\":{},\"TrainingJobs\":[],\"Tags\":[{\"Key\":\"\\udc00\",\"Value\":\"\"}]}")]
    [InlineData("{\"TuningJob\":{\"CreationTime\":NaN},\"TrainingJobs\":[]}")]
    public async Task What_is_no_JSON_object_is_refused(string body) =>
        Assert.Equal(400, (await _server.SendAsync("Rekindle.ImportTuningJob", Encoding.UTF8.GetBytes(body))).Status);

    [Fact]
    public async Task Nesting_without_end_is_refused()
    {
        var deep = $$"""{"TuningJob":{"X":{{new string('[', 5000)}}{{new string(']', 5000)}}},"TrainingJobs":[]}""";

        Assert.Equal(400, (await _server.SendAsync("Rekindle.ImportTuningJob", Encoding.UTF8.GetBytes(deep))).Status);
    }

    [Fact]
    public async Task A_document_larger_than_a_request_may_be_is_refused()
    {
        var dump = Dumps.Small("huge", 0.5);
        dump["TuningJob"]!["Unknown"] = new string('x', 17 * 1024 * 1024);

        Assert.Contains("larger than this server accepts", await _server.RefusedAsync("Rekindle.ImportTuningJob", dump), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_tuning_job_is_refused_unless_it_is_taken_as_stopped()
    {
        var dump = Dumps.Small("running", 0.5, 0.25);
        dump["TuningJob"]!["HyperParameterTuningJobStatus"] = "InProgress";
        dump["TuningJob"]!.AsObject().Remove("HyperParameterTuningEndTime");
        dump["TuningJob"]!["TrainingJobStatusCounters"] = new JsonObject { ["Completed"] = 1, ["InProgress"] = 1 };
        dump["TuningJob"]!["ObjectiveStatusCounters"] = new JsonObject { ["Succeeded"] = 1, ["Pending"] = 1 };
        var unfinished = dump["TrainingJobs"]![1]!.AsObject();
        unfinished["TrainingJobStatus"] = "InProgress";
        unfinished["ObjectiveStatus"] = "Pending";
        unfinished.Remove("FinalHyperParameterTuningJobObjectiveMetric");

        var refusal = await _server.RefusedAsync("Rekindle.ImportTuningJob", dump);
        Assert.Contains("is in status InProgress, and 1 of its training jobs have not ended", refusal, StringComparison.Ordinal);
        Assert.Contains("StopRunning", refusal, StringComparison.Ordinal);

        dump["StopRunning"] = true;
        await _server.ImportAsync(dump);
        var job = await _server.Client.DescribeHyperParameterTuningJobAsync("running", TestContext.Current.CancellationToken);
        Assert.Equal(("Stopped", 1, 0), (job.HyperParameterTuningJobStatus, job.TrainingJobStatusCounters!.Stopped, job.TrainingJobStatusCounters.InProgress));
        // What was made of it is what an export says, so that it can be imported again without a word.
        var export = JsonNode.Parse(await _server.ExportAsync("running"))!;
        export["HyperParameterTuningJobName"] = "copy";
        await _server.ImportAsync(export);
    }

    [Fact]
    public async Task What_an_unfinished_training_job_reported_on_the_way_is_no_objective()
    {
        var dump = Dumps.Small("interim", 0.5, 0.25);
        dump["TuningJob"]!["HyperParameterTuningJobStatus"] = "InProgress";
        dump["TuningJob"]!["TrainingJobStatusCounters"] = new JsonObject { ["Completed"] = 1, ["InProgress"] = 1 };
        dump["TuningJob"]!["ObjectiveStatusCounters"] = new JsonObject { ["Succeeded"] = 1, ["Pending"] = 1 };
        dump["TrainingJobs"]![1]!["TrainingJobStatus"] = "InProgress";
        dump["TrainingJobs"]![1]!["ObjectiveStatus"] = "Pending";
        dump["StopRunning"] = true;

        var answer = await _server.ImportAsync(dump);

        // The interim 0.25 is less, and would be the best if it were taken.
        Assert.Equal((2, 1), (answer.TrainingJobs, answer.Usable));
        Assert.DoesNotContain(answer.Warnings!, warning => warning.Contains("Counters", StringComparison.Ordinal));
        var job = await _server.Client.DescribeHyperParameterTuningJobAsync("interim", TestContext.Current.CancellationToken);
        Assert.Equal(("small-001", 1, 1), (job.BestTrainingJob!.TrainingJobName, job.ObjectiveStatusCounters!.Succeeded, job.ObjectiveStatusCounters.Failed));
        var unfinished = JsonNode.Parse(await _server.ExportAsync("interim"))!["TrainingJobs"]![1]!;
        Assert.Equal(("Stopped", "Failed"), ((string?)unfinished["TrainingJobStatus"], (string?)unfinished["ObjectiveStatus"]));
        Assert.Null(unfinished["FinalHyperParameterTuningJobObjectiveMetric"]);
    }

    [Fact]
    public async Task An_empty_list_of_machines_is_no_fault()
    {
        var dump = Dumps.Small("nowhere", 0.5);
        var definition = dump["TuningJob"]!["TrainingJobDefinition"]!.AsObject();
        definition.Remove("ResourceConfig");
        definition["HyperParameterTuningResourceConfig"] = new JsonObject { ["InstanceConfigs"] = new JsonArray() };

        Assert.Equal(1, (await _server.ImportAsync(dump)).TrainingJobs);
        Assert.Equal(200, (await _server.SendAsync("SageMaker.DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = "small-001" })).Status);
    }

    [Fact]
    public async Task A_tuning_job_without_any_range_is_pointed_out()
    {
        var dump = Dumps.Small("flat", 0.5);
        dump["TuningJob"]!["HyperParameterTuningJobConfig"]!["ParameterRanges"] = new JsonObject();

        Assert.Contains((await _server.ImportAsync(dump)).Warnings!, warning => warning.Contains("has no range", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Values_outside_of_the_ranges_are_kept_and_counted_and_trouble_no_child()
    {
        var dump = Dumps.Small("wild", 0.5, 0.25, 0.125, 0.0625, 0.03125);
        var values = new[] { "0.01", "5", "-1e308", "fast", "" };
        for (var i = 0; i < values.Length; i++)
        {
            dump["TrainingJobs"]![i]!["TunedHyperParameters"] = new JsonObject { ["lr"] = values[i], ["unheard"] = "of" };
        }

        dump["TrainingJobs"]![4]!["TunedHyperParameters"] = new JsonObject();
        var answer = await _server.ImportAsync(dump);

        // The last one has no value at all, which lies nowhere and so not outside.
        Assert.Equal((5, 5, 3), (answer.TrainingJobs, answer.Usable, answer.OutOfRange));
        Assert.Equal(values[..4], (await _server.TrainingJobsAsync("wild", "Name", "Ascending")).Take(4).Select(job => job.TunedHyperParameters!["lr"]));
        var (status, body) = await _server.SendAsync(
            "SageMaker.CreateHyperParameterTuningJob", Dumps.Child("child", "IdenticalDataAndAlgorithm", "wild"));
        Assert.True(status == 200, body);
    }

    [Fact]
    public async Task An_objective_that_is_not_finite_is_missing()
    {
        var dump = Dumps.Small("notnumbers", 0.5, 0.25, 0.125);
        dump["TrainingJobs"]![0]!["FinalHyperParameterTuningJobObjectiveMetric"]!["Value"] = "NaN";
        dump["TrainingJobs"]![1]!["FinalHyperParameterTuningJobObjectiveMetric"]!["Value"] = JsonNode.Parse("1e999");

        var answer = await _server.ImportAsync(dump);

        Assert.Equal((3, 1), (answer.TrainingJobs, answer.Usable));
        Assert.Equal(2, answer.Warnings!.Count(warning => warning.Contains("not finite", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_best_training_job_that_is_not_the_best_is_pointed_out()
    {
        var dump = Dumps.Small("liar", 0.5, 0.25);
        dump["TuningJob"]!["BestTrainingJob"] = dump["TrainingJobs"]![0]!.DeepClone();

        var answer = await _server.ImportAsync(dump);

        Assert.Contains(answer.Warnings!, warning => warning.Contains("small-001 is the best training job; of the training jobs listed, small-002 is", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_training_job_listed_twice_with_the_same_members_is_taken_once()
    {
        var dump = Dumps.Small("twice", 0.5, 0.25);
        dump["TrainingJobs"]!.AsArray().Add(dump["TrainingJobs"]![0]!.DeepClone());

        var answer = await _server.ImportAsync(dump);

        Assert.Equal(2, answer.TrainingJobs);
        Assert.Contains(answer.Warnings!, warning => warning.Contains("small-001 is listed twice", StringComparison.Ordinal));
    }

    private static void Set(JsonObject dump, string path, string? replacement)
    {
        var steps = path.Split('/');
        var parent = steps[..^1].Aggregate((JsonNode)dump, (node, step) => int.TryParse(step, out var index) ? node[index]! : node[step]!);
        if (replacement is null)
        {
            parent.AsObject().Remove(steps[^1]);
        }
        else if (int.TryParse(steps[^1], out var index))
        {
            parent[index] = JsonNode.Parse(replacement);
        }
        else
        {
            parent[steps[^1]] = JsonNode.Parse(replacement);
        }
    }
}
