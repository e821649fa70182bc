using System.Text.Json.Nodes;
using Rekindle.Api;
using Rekindle.Api.Shapes;

namespace Rekindle.Server.Tests.Importing;

/// <summary>What an imported tuning job is to every operation of the API.</summary>
public sealed class ImportedJobTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_dump_of_the_AWS_CLI_keeps_status_times_counters_and_tags()
    {
        var answer = await _server.ImportAsync(Dumps.Real());

        Assert.Equal((12, 10, 0), (answer.TrainingJobs, answer.Usable, answer.OutOfRange));
        Assert.Empty(answer.Warnings!);
        var job = await _server.Client.DescribeHyperParameterTuningJobAsync(Dumps.RealName, Cancellation);
        Assert.Equal("arn:aws:sagemaker:eu-west-1:123456789012:hyper-parameter-tuning-job/xgboost-200326-1430", job.HyperParameterTuningJobArn);
        Assert.Equal("Completed", job.HyperParameterTuningJobStatus);
        Assert.Equal(new DateTimeOffset(2020, 3, 26, 13, 30, 0, 123, TimeSpan.Zero), job.CreationTime);
        Assert.Equal(new DateTimeOffset(2020, 3, 26, 14, 15, 0, 123, TimeSpan.Zero), job.HyperParameterTuningEndTime);
        Assert.Equal(
            new TrainingJobStatusCounters { Completed = 9, InProgress = 0, RetryableError = 1, NonRetryableError = 1, Stopped = 1 },
            job.TrainingJobStatusCounters);
        Assert.Equal(new ObjectiveStatusCounters { Succeeded = 10, Pending = 0, Failed = 2 }, job.ObjectiveStatusCounters);
        Assert.Equal(Dumps.Real()["TuningJob"]!["BestTrainingJob"]!["TrainingJobName"]!.GetValue<string>(), job.BestTrainingJob!.TrainingJobName);
        Assert.Equal(2700, job.ConsumedResources!.RuntimeInSeconds);
        var tags = await _server.Client.ListTagsAsync(new ListTagsRequest { ResourceArn = job.HyperParameterTuningJobArn }, Cancellation);
        Assert.Equal(["team", "env", "rekindle:imported"], tags.Tags!.Select(tag => tag.Key));
    }

    [Fact]
    public async Task Its_training_jobs_are_listed_in_pages_and_sorted_by_objective()
    {
        await _server.ImportAsync(Dumps.Real());

        var byName = await _server.TrainingJobsAsync(Dumps.RealName, "Name", "Ascending");
        Assert.Equal(Dumps.Real()["TrainingJobs"]!.AsArray().Select(job => job!["TrainingJobName"]!.GetValue<string>()), byName.Select(job => job.TrainingJobName));
        var best = await _server.TrainingJobsAsync(Dumps.RealName, "FinalObjectiveMetricValue", "Descending", page: 3);
        Assert.Equal(10, best.Length);
        Assert.Equal(best.Select(Value).OrderDescending(), best.Select(Value));
        Assert.Equal("Maximize", best[0].FinalHyperParameterTuningJobObjectiveMetric!.Type);

        static double? Value(HyperParameterTrainingJobSummary job) => job.FinalHyperParameterTuningJobObjectiveMetric!.Value;
    }

    [Fact]
    public async Task A_training_job_of_it_is_described_as_one_that_ran_here()
    {
        await _server.ImportAsync(Dumps.Real());
        var name = Dumps.Real()["TrainingJobs"]![0]!["TrainingJobName"]!.GetValue<string>();

        var job = await _server.Client.DescribeTrainingJobAsync(name, Cancellation);

        Assert.Equal("Completed", job.TrainingJobStatus);
        Assert.EndsWith("hyper-parameter-tuning-job/xgboost-200326-1430", job.TuningJobArn, StringComparison.Ordinal);
        Assert.Equal("100", job.HyperParameters!["num_round"]);
        Assert.Equal("validation:auc", job.HyperParameters["_tuning_objective_metric"]);
        Assert.Contains("eta", job.HyperParameters.Keys);
        Assert.Equal(53, job.TrainingTimeInSeconds);
        Assert.Equal(["validation:auc", "ObjectiveMetric"], job.FinalMetricDataList!.Select(metric => metric.MetricName));
        Assert.NotNull((await _server.Client.ListTagsAsync(new ListTagsRequest { ResourceArn = job.TrainingJobArn }, Cancellation)).Tags);
        var log = await _server.SendAsync("Logs_20140328.GetLogEvents", new JsonObject
        {
            ["logGroupName"] = "/aws/sagemaker/TrainingJobs",
            ["logStreamName"] = $"{name}/algo-1",
        });
        Assert.Equal(200, log.Status);
        Assert.Empty(JsonNode.Parse(log.Body)!["events"]!.AsArray());
    }

    [Fact]
    public async Task Nothing_stops_or_runs_it_and_a_restart_keeps_it()
    {
        await _server.ImportAsync(Dumps.Small("kept", 0.5, 0.25));
        var before = await _server.ExportAsync("kept");

        var refusal = await Assert.ThrowsAsync<ApiException>(() => _server.Client.StopHyperParameterTuningJobAsync("kept", Cancellation));
        Assert.Contains("already in status Completed", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ApiException>(() => _server.Client.StopTrainingJobAsync("small-001", Cancellation));
        await _server.RestartAsync();

        Assert.Equal(before, await _server.ExportAsync("kept"));
        Assert.Equal("small-002", (await _server.Client.DescribeHyperParameterTuningJobAsync("kept", Cancellation)).BestTrainingJob!.TrainingJobName);
    }

    [Fact]
    public async Task It_can_be_deleted_and_its_name_imported_again()
    {
        await _server.ImportAsync(Dumps.Small("again", 0.5));
        await _server.Client.DeleteHyperParameterTuningJobAsync("again", Cancellation);
        await _server.ImportAsync(Dumps.Small("again", 0.25, 0.125));

        Assert.Equal(2, (await _server.TrainingJobsAsync("again", "Name", "Ascending")).Length);
    }

    [Fact]
    public async Task A_taken_name_is_refused_and_another_name_keeps_the_training_jobs_names()
    {
        await _server.ImportAsync(Dumps.Real());
        var again = Dumps.Real();
        Assert.Contains("already exists", await _server.RefusedAsync("Rekindle.ImportTuningJob", again), StringComparison.Ordinal);

        again["HyperParameterTuningJobName"] = "Second";
        var answer = await _server.ImportAsync(again);

        Assert.Equal("arn:aws:sagemaker:eu-west-1:123456789012:hyper-parameter-tuning-job/second", answer.HyperParameterTuningJobArn);
        var (first, second) = (
            await _server.TrainingJobsAsync(Dumps.RealName, "Name", "Ascending"), await _server.TrainingJobsAsync("second", "Name", "Ascending"));
        Assert.Equal(first.Select(job => job.TrainingJobArn), second.Select(job => job.TrainingJobArn));
        // Of two with one name the one imported last answers; deleting it uncovers the other.
        var name = first[0].TrainingJobName!;
        Assert.EndsWith("/second", (await _server.Client.DescribeTrainingJobAsync(name, Cancellation)).TuningJobArn, StringComparison.Ordinal);
        await _server.Client.DeleteTrainingJobAsync(name, Cancellation);
        Assert.EndsWith(Dumps.RealName, (await _server.Client.DescribeTrainingJobAsync(name, Cancellation)).TuningJobArn, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_imported_training_jobs_keep_none_from_those_that_run_here()
    {
        await _server.ImportAsync(Dumps.Small("owner", 0.5));
        var own = Dumps.Definition();
        own["TrainingJobName"] = "small-001";
        own.Remove("StaticHyperParameters");
        var (status, body) = await _server.SendAsync("SageMaker.CreateTrainingJob", own);

        Assert.True(status == 200, body);
        Assert.Null((await _server.Client.DescribeTrainingJobAsync("small-001", Cancellation)).TuningJobArn);
        await TrainingEndsAsync("small-001");
        Assert.Single(await _server.TrainingJobsAsync("owner", "Name", "Ascending"));
    }

    [Theory]
    [InlineData("IdenticalDataAndAlgorithm")]
    [InlineData("TransferLearning")]
    public async Task It_is_a_parent_that_teaches_its_child(string type)
    {
        await _server.ImportAsync(Dumps.Small("parent", [.. Enumerable.Range(1, 9).Select(i => Math.Abs(i - 6) / 10.0 + 0.001)]));
        var child = Dumps.Child("child", type, "parent");
        child["HyperParameterTuningJobConfig"]!["ResourceLimits"]!["MaxNumberOfTrainingJobs"] = 2;
        var (status, body) = await _server.SendAsync("SageMaker.CreateHyperParameterTuningJob", child);
        Assert.True(status == 200, body);

        var jobs = await EndedAsync("child");

        // The parent's best, 0.06, is where the child begins.
        Assert.All(jobs, job => Assert.Equal("Completed", job.TrainingJobStatus));
        Assert.InRange(double.Parse(jobs[0].TunedHyperParameters!["lr"], System.Globalization.CultureInfo.InvariantCulture), 0.04, 0.08);
        var description = await _server.Client.DescribeHyperParameterTuningJobAsync("child", Cancellation);
        Assert.Equal(type == "TransferLearning", description.OverallBestTrainingJob is null);
        if (description.OverallBestTrainingJob is { } overall)
        {
            Assert.Equal(("parent", "small-006"), (overall.TuningJobName, overall.TrainingJobName));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_warm_started_child_is_exported_the_same_after_an_import(bool asList)
    {
        await _server.ImportAsync(Dumps.Small("parent", 0.0005, 0.5, 0.25));
        var child = Dumps.Child("child", "IdenticalDataAndAlgorithm", "parent");
        var config = child["HyperParameterTuningJobConfig"]!.AsObject();
        config["ResourceLimits"]!["MaxNumberOfTrainingJobs"] = 2;
        if (asList)
        {
            var definition = child["TrainingJobDefinition"]!.DeepClone();
            definition["DefinitionName"] = "only";
            definition["TuningObjective"] = config["HyperParameterTuningJobObjective"]!.DeepClone();
            definition["HyperParameterRanges"] = config["ParameterRanges"]!.DeepClone();
            config.Remove("HyperParameterTuningJobObjective");
            config.Remove("ParameterRanges");
            child.Remove("TrainingJobDefinition");
            child["TrainingJobDefinitions"] = new JsonArray(definition);
        }

        var (status, body) = await _server.SendAsync("SageMaker.CreateHyperParameterTuningJob", child);
        Assert.True(status == 200, body);
        await EndedAsync("child");
        var export = await _server.ExportAsync("child");
        await _server.Client.DeleteHyperParameterTuningJobAsync("child", Cancellation);

        var answer = await _server.ImportAsync(JsonNode.Parse(export)!);

        Assert.Empty(answer.Warnings!);
        Assert.Equal(export, await _server.ExportAsync("child"));
        var again = await _server.Client.DescribeHyperParameterTuningJobAsync("child", Cancellation);
        Assert.Equal(("parent", "small-001"), (again.OverallBestTrainingJob!.TuningJobName, again.OverallBestTrainingJob.TrainingJobName));
        var (_, family) = await _server.SendAsync("Rekindle.DescribeLineage", new JsonObject { ["HyperParameterTuningJobName"] = "child" });
        Assert.Equal(["parent", "child"], JsonNode.Parse(family)!["TuningJobs"]!.AsArray().Take(2).Select(job => (string?)job!["HyperParameterTuningJobName"]));
    }

    [Fact]
    public async Task One_from_before_October_2018_is_kept_and_is_no_parent()
    {
        var old = Dumps.Small("old", 0.5);
        old["TuningJob"]!["CreationTime"] = "2017-12-01T10:00:00-08:00";
        await _server.ImportAsync(old);

        Assert.Equal(
            new DateTimeOffset(2017, 12, 1, 18, 0, 0, TimeSpan.Zero),
            (await _server.Client.DescribeHyperParameterTuningJobAsync("old", Cancellation)).CreationTime);
        var refusal = await _server.RefusedAsync("SageMaker.CreateHyperParameterTuningJob", Dumps.Child("child", "TransferLearning", "old"));
        Assert.Contains("before October 1, 2018", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_several_definitions_is_kept_and_is_no_parent()
    {
        var several = Dumps.Small("several", 0.5, 0.25);
        var config = several["TuningJob"]!["HyperParameterTuningJobConfig"]!.AsObject();
        var (objective, ranges) = (config["HyperParameterTuningJobObjective"]!.DeepClone(), config["ParameterRanges"]!.DeepClone());
        config.Remove("HyperParameterTuningJobObjective");
        config.Remove("ParameterRanges");
        several["TuningJob"]!.AsObject().Remove("TrainingJobDefinition");
        var definitions = new JsonArray();
        foreach (var (name, epochs) in new[] { ("first", "3"), ("second", "7") })
        {
            var definition = Dumps.Definition();
            definition["DefinitionName"] = name;
            definition["TuningObjective"] = objective.DeepClone();
            definition["HyperParameterRanges"] = ranges.DeepClone();
            definition["StaticHyperParameters"] = new JsonObject { ["epochs"] = epochs };
            definitions.Add(definition);
        }

        several["TuningJob"]!["TrainingJobDefinitions"] = definitions;
        several["TrainingJobs"]![0]!["TrainingJobDefinitionName"] = "first";
        several["TrainingJobs"]![1]!["TrainingJobDefinitionName"] = "second";
        await _server.ImportAsync(several);

        var jobs = await _server.TrainingJobsAsync("several", "Name", "Ascending");
        Assert.Equal(["first", "second"], jobs.Select(job => job.TrainingJobDefinitionName));
        Assert.Equal("7", (await _server.Client.DescribeTrainingJobAsync("small-002", Cancellation)).HyperParameters!["epochs"]);
        var refusal = await _server.RefusedAsync("SageMaker.CreateHyperParameterTuningJob", Dumps.Child("child", "TransferLearning", "several"));
        Assert.Contains("single training job definition", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Training_jobs_that_are_counted_and_not_listed_count_towards_the_limit()
    {
        var dump = Dumps.Small("long", 0.5);
        dump["TuningJob"]!["TrainingJobStatusCounters"] = new JsonObject { ["Completed"] = 495, ["Stopped"] = 1 };
        dump["TuningJob"]!["ObjectiveStatusCounters"] = new JsonObject { ["Succeeded"] = 496 };
        var answer = await _server.ImportAsync(dump);

        Assert.Contains(answer.Warnings!, warning => warning.Contains("496 training jobs, and only 1", StringComparison.Ordinal));
        await _server.RestartAsync();
        var job = await _server.Client.DescribeHyperParameterTuningJobAsync("long", Cancellation);
        Assert.Equal((495, 1, 496), (job.TrainingJobStatusCounters!.Completed, job.TrainingJobStatusCounters.Stopped, job.ObjectiveStatusCounters!.Succeeded));
        var refusal = await _server.RefusedAsync("SageMaker.CreateHyperParameterTuningJob", Dumps.Child("child", "TransferLearning", "long"));
        Assert.Contains("506", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_is_unlisted_than_is_counted_beyond_the_list()
    {
        var dump = Dumps.Small("mixed", [.. Enumerable.Range(1, 10).Select(i => i / 10.0)]);
        foreach (var stopped in dump["TrainingJobs"]!.AsArray().Take(5))
        {
            stopped!["TrainingJobStatus"] = "Stopped";
            stopped["ObjectiveStatus"] = "Failed";
        }

        // The document knows nothing of the five that stopped.
        dump["TuningJob"]!["TrainingJobStatusCounters"] = new JsonObject { ["Completed"] = 12 };
        dump["TuningJob"]!["ObjectiveStatusCounters"] = new JsonObject { ["Succeeded"] = 12 };
        await _server.ImportAsync(dump);

        var job = await _server.Client.DescribeHyperParameterTuningJobAsync("mixed", Cancellation);
        Assert.Equal((7, 5), (job.TrainingJobStatusCounters!.Completed, job.TrainingJobStatusCounters.Stopped));
        Assert.Equal((7, 5), (job.ObjectiveStatusCounters!.Succeeded, job.ObjectiveStatusCounters.Failed));
    }

    /// <summary>Its program writes into the folder that goes away with the server.</summary>
    private async Task TrainingEndsAsync(string name)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await _server.Client.DescribeTrainingJobAsync(name, Cancellation)).TrainingJobStatus == "InProgress")
        {
            await tick.WaitForNextTickAsync(deadline.Token);
        }
    }

    private async Task<HyperParameterTrainingJobSummary[]> EndedAsync(string name)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await tick.WaitForNextTickAsync(deadline.Token))
        {
            if ((await _server.Client.DescribeHyperParameterTuningJobAsync(name, Cancellation)).HyperParameterTuningJobStatus is "Completed" or "Failed")
            {
                break;
            }
        }

        return await _server.TrainingJobsAsync(name, "CreationTime", "Ascending");
    }
}
