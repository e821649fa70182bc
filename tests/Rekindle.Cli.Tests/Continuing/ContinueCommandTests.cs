using System.Text.Json.Nodes;
using Rekindle.Server;
using Spectre.Console.Testing;

namespace Rekindle.Cli.Tests.Continuing;

/// <summary>Native, imported and continued tuning jobs go on, on a real server.</summary>
public sealed class ContinueCommandTests : IAsyncLifetime
{
    private const string Request =
        """
        {
            "HyperParameterTuningJobName": "native",
            "HyperParameterTuningJobConfig": {
                "Strategy": "Random",
                "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
                "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2},
                "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "lr", "MinValue": "0.001", "MaxValue": "0.1"}],
                                    "CategoricalParameterRanges": [{"Name": "opt", "Values": ["sgd", "adam", "nag"]}]}
            },
            "TrainingJobDefinition": {
                "StaticHyperParameters": {"epochs": "3"},
                "AlgorithmSpecification": {
                    "TrainingImage": "a/algo:1", "TrainingInputMode": "File", "MetricDefinitions": [{"Name": "loss", "Regex": "loss=(\\S+)"}]
                },
                "RoleArn": "arn:aws:iam::123456789012:role/r",
                "OutputDataConfig": {"S3OutputPath": "s3://b/out"},
                "HyperParameterTuningResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
                "StoppingCondition": {"MaxRuntimeInSeconds": 60},
                "RetryStrategy": {"MaximumRetryAttempts": 2},
                "Environment": {"A": "1"}
            },
            "Tags": [{"Key": "team", "Value": "x"}]
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-cli-continue-").FullName;
    private RekindleServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        foreach (var channel in (string[])["train", "validation"])
        {
            var data = Directory.CreateDirectory(Path.Combine(
                _folder, "data", "s3", "sagemaker-eu-west-1-123456789012", "sagemaker", "DEMO-hpo-xgboost-dm", channel)).FullName;
            await File.WriteAllTextAsync(Path.Combine(data, "part-1"), "1\n", TestContext.Current.CancellationToken);
        }

        var program = Path.Combine(_folder, "train.sh");
        await File.WriteAllTextAsync(program, "echo \"loss=$SM_HP_LR\"\n", TestContext.Current.CancellationToken);
        _server = await RekindleServer.StartAsync(
            new ServerOptions
            {
                Url = "http://127.0.0.1:0",
                DataFolder = Path.Combine(_folder, "data"),
                EndsOnSignal = false,
                Sandbox = false,
                Images = new Dictionary<string, IReadOnlyList<string>> { ["*"] = ["/bin/sh", program] },
            },
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_native_tuning_job_goes_on_and_so_does_its_continuation()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "request.json"), Request, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync("create", Path.Combine(_folder, "request.json"))).Code);
        Assert.Equal(0, (await RunAsync("watch", "native")).Code);

        // opt becomes static: three values. epochs changes: two.
        var plan = await PlanAsync("native", "--more", "2", "--set", "opt=adam", "--set", "epochs=20", "--range", "lr=1e-4..0.1:log");
        Assert.Equal((true, 5, "native-c2"), (plan.Accepted, plan.Used, plan.Name));
        Assert.NotEqual(0, (await RunAsync("describe", "native-c2")).Code);

        var created = await RunAsync("continue", "native", "--more", "2", "--set", "opt=adam", "--set", "epochs=20", "--range", "lr=1e-4..0.1:log");
        Assert.True(created.Code == 0, created.Errors);
        Assert.Contains("native-c2 continues native. See: rekindle watch native-c2", created.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("watch", "native-c2")).Code);

        // epochs is tuned again: nothing is counted that the child tunes. lr becomes static: 1 for a range.
        var next = await PlanAsync("native-c2", "--more", "3", "--range", "epochs=10..50", "--set", "lr=0.01", "--type", "transfer");
        Assert.Equal((true, 1, "native-c3"), (next.Accepted, next.Used, next.Name));
        Assert.Equal(("Random", null), ((string?)next.Request["HyperParameterTuningJobConfig"]!["Strategy"], next.Request["HyperParameterTuningJobConfig"]!["RandomSeed"]));
        Assert.Contains("note: native-c2 learned from native; native-c3 learns from native-c2 only. With --recursive 1", next.Errors, StringComparison.Ordinal);
        var recursive = await PlanAsync("native-c2", "--more", "3", "--recursive", "1", "--seed", "5", "--strategy", "bayesian");
        Assert.True(recursive.Accepted, recursive.Text);
        Assert.Equal(
            ("Bayesian", 5),
            ((string?)recursive.Request["HyperParameterTuningJobConfig"]!["Strategy"], (int?)recursive.Request["HyperParameterTuningJobConfig"]!["RandomSeed"]));
        Assert.Contains("\"native\"", JsonNode.Parse(recursive.Text)!["Plan"]!["Parents"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("", recursive.Errors);
        // From the first, the name is the next free one.
        var again = await PlanAsync("native", "--more", "3");
        Assert.Equal((true, 0, "native-c3"), (again.Accepted, again.Used, again.Name));
        Assert.Equal("x", again.Request["Tags"]![0]!["Value"]!.GetValue<string>());

        var lineage = await RunAsync("lineage", "native-c2", "--format", "mermaid");
        Assert.Contains("n1 -->|IdenticalDataAndAlgorithm| n2", lineage.Output, StringComparison.Ordinal);
        // What the search did can be asked for and made again, on the real server.
        var replay = await RunAsync("replay", "native-c2");
        Assert.Equal((0, "All 2 suggestions are the same."), (replay.Code, replay.Output.Trim()));
        Assert.Matches(@"By\s", (await RunAsync("trials", "native-c2")).Output);
        var listed = JsonNode.Parse((await RunAsync("trials", "native-c2", "--json")).Output)!["TrainingJobSummaries"]![0]!;
        Assert.Null(listed["Origin"]);
        var explained = await RunAsync("explain", listed["TrainingJobName"]!.GetValue<string>());
        Assert.True(explained.Code == 0, explained.Errors);
        Assert.StartsWith("A random draw, uniform under the scaling of each range.", explained.Output, StringComparison.Ordinal);
        var report = await RunAsync("report", "native-c2");
        Assert.True(report.Code == 0, report.Errors);
        Assert.Contains("parents' best", report.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_imported_dump_goes_on()
    {
        Assert.Equal(0, (await RunAsync("import", Path.Combine(AppContext.BaseDirectory, "Data", "sagemaker_dump.json"))).Code);

        var plan = await PlanAsync("xgboost-200326-1430", "--more", "5");

        Assert.True(plan.Accepted, plan.Text);
        Assert.Equal((0, "xgboost-200326-1430-c2"), (plan.Used, plan.Name));
        var created = await RunAsync("continue", "xgboost-200326-1430", "--more", "5", "--name", "goes-on");
        Assert.True(created.Code == 0, created.Errors);
        await RunAsync("stop", "goes-on");
    }

    [Fact]
    public async Task An_imported_table_goes_on_and_its_continuation_too()
    {
        var file = Path.Combine(_folder, "runs.csv");
        await File.WriteAllTextAsync(
            file, "lr,opt,layers,loss\n0.05,sgd,1,0.5\n0.02,adam,3,0.2\n0.5,adam,2,\n0.3,sgd,4,0.7\n0.01,nag,2,0.3\n", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync(
            "import", file, "--objective", "loss", "--goal", "Minimize", "--range", "lr=1e-3..1:log", "--static", "epochs=3", "--image", "a/algo:1")).Code);

        await GoesOnAsync("runs", "runs-c2");

        Assert.Contains("3", (await DescribeAsync("runs-c2"))["TrainingJobDefinition"]!["StaticHyperParameters"]!["epochs"]!.GetValue<string>(), StringComparison.Ordinal);
        await GoesOnAsync("runs-c2", "runs-c3");
        Assert.Contains("runs", (await RunAsync("lineage", "runs-c3")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("storage.db")]
    [InlineData("journal-5.log")]
    public async Task An_imported_optuna_storage_goes_on(string file)
    {
        Assert.Equal(0, (await RunAsync(
            "import", Path.Combine(AppContext.BaseDirectory, "Data", file), "--study", "lenet", "--metric", "loss", "--name", "lenet", "--image", "a/algo:1")).Code);

        await GoesOnAsync("lenet", "lenet-c2");

        var tuned = JsonNode.Parse((await RunAsync("trials", "lenet-c2", "--json")).Output)!["TrainingJobSummaries"]![0]!["TunedHyperParameters"]!;
        Assert.Equal(9, tuned.AsObject().Count);
        Assert.Contains(tuned["optimizer"]!.GetValue<string>(), (string[])["sgd", "adam", "null"]);
    }

    [Fact]
    public async Task One_that_was_searched_by_Hyperband_goes_on_by_Bayesian_search()
    {
        var dump = JsonNode.Parse(await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Data", "sagemaker_dump.json"), TestContext.Current.CancellationToken))!;
        dump["TuningJob"]!["HyperParameterTuningJobConfig"]!["Strategy"] = "Hyperband";
        dump["TuningJob"]!["HyperParameterTuningJobConfig"]!["StrategyConfig"] =
            JsonNode.Parse("""{"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}}""");
        var file = Path.Combine(_folder, "hyperband.json");
        await File.WriteAllTextAsync(file, dump.ToJsonString(), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync("import", file)).Code);

        var plan = await PlanAsync("xgboost-200326-1430", "--more", "5");

        Assert.True(plan.Accepted, plan.Text);
        Assert.Contains("note: xgboost-200326-1430 was searched by Hyperband;", plan.Errors, StringComparison.Ordinal);
        Assert.False((await PlanAsync("xgboost-200326-1430", "--more", "5", "--strategy", "Hyperband")).Accepted);
    }

    [Fact]
    public async Task A_dry_run_for_people_shows_request_and_plan()
    {
        Assert.Equal(0, (await RunAsync("import", Path.Combine(AppContext.BaseDirectory, "Data", "sagemaker_dump.json"))).Code);

        var run = await RunAsync("continue", "xgboost-200326-1430", "--more", "501", "--dry-run");

        Assert.Equal(1, run.Code);
        Assert.Contains("\"MaxNumberOfTrainingJobs\": 501", run.Output, StringComparison.Ordinal);
        Assert.Contains("would be refused", run.Output, StringComparison.Ordinal);
        Assert.Contains("TotalTrainingJobs", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("continue", "job")]
    [InlineData("continue", "job", "--more", "0")]
    [InlineData("continue", "job", "--more", "2", "--type", "same")]
    [InlineData("continue", "job", "--more", "2", "--parallel", "-1")]
    [InlineData("continue", "job", "--more", "2", "--seed", "-1")]
    [InlineData("continue", "job", "--more", "2", "--recursive", "11")]
    [InlineData("continue", "job", "--more", "2", "--strategy", "psychic")]
    public async Task A_wrong_command_line_is_a_usage_error(params string[] arguments) => Assert.Equal(2, (await RunAsync(arguments)).Code);

    /// <summary>The continuation runs its three training jobs to their end, learns from what was imported, and is reported.</summary>
    private async Task GoesOnAsync(string job, string child)
    {
        var created = await RunAsync("continue", job, "--more", "3", "--parallel", "2");
        Assert.True(created.Code == 0, created.Errors);
        Assert.Contains($"{child} continues {job}.", created.Output, StringComparison.Ordinal);
        var watched = await RunAsync("watch", child);
        Assert.True(watched.Code == 0, watched.Output + watched.Errors);
        var counters = (await DescribeAsync(child))["ObjectiveStatusCounters"]!;
        Assert.Equal((3, 0), (counters["Succeeded"]!.GetValue<int>(), counters["Failed"]!.GetValue<int>()));
        var first = JsonNode.Parse((await RunAsync("trials", child, "--json")).Output)!["TrainingJobSummaries"]![0]!["TrainingJobName"]!.GetValue<string>();
        // The type is identical by default: the very first suggestion is of a model of the parent's results.
        var why = JsonNode.Parse((await RunAsync("explain", first, "--json")).Output)!;
        Assert.Equal("Pooled", why["Model"]!.GetValue<string>());
        var replay = await RunAsync("replay", child);
        Assert.Equal((0, "All 3 suggestions are the same."), (replay.Code, replay.Output.Trim()));
        var report = JsonNode.Parse((await RunAsync("report", child, "--json")).Output)!;
        Assert.Equal(job, report["ParentsBest"]!["TuningJobName"]!.GetValue<string>());
    }

    private async Task<JsonNode> DescribeAsync(string job) => JsonNode.Parse((await RunAsync("describe", job, "--json")).Output)!;

    private async Task<(bool Accepted, int Used, string Name, JsonNode Request, string Text, string Errors)> PlanAsync(params string[] arguments)
    {
        var (_, output, errors) = await RunAsync(["continue", .. arguments, "--dry-run", "--json"]);
        Assert.True(output.Length > 0, errors);
        var both = JsonNode.Parse(output)!;
        return (
            both["Plan"]!["Accepted"]!.GetValue<bool>(),
            both["Plan"]!["Changes"]!["Used"]!.GetValue<int>(),
            both["Request"]!["HyperParameterTuningJobName"]!.GetValue<string>(),
            both["Request"]!,
            output,
            errors);
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        using var console = new TestConsole();
        console.Profile.Width = 160;
        var shell = new Shell
        {
            In = TextReader.Null,
            Out = output,
            Error = errors,
            Console = console,
            Variable = name => name == "REKINDLE_ENDPOINT" ? _server.Url.ToString() : null,
            Clock = TimeProvider.System,
        };
        var code = await RekindleProgram.RunAsync(arguments, shell, TestContext.Current.CancellationToken);
        return (code, output + console.Output, errors.ToString());
    }
}
