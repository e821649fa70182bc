using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>The samples run as their comments say.</summary>
public sealed class SampleTests
{
    [Fact(Timeout = 120_000)]
    public async Task The_page_on_warm_start_runs_step_by_step_and_its_mistake_is_refused_in_AWSs_words()
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        var sample = Path.Combine(ServerProcess.Root, "samples", "warm_start_boto3.py");

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python, [sample], [("AWS_ENDPOINT_URL", server.Url), ("TRAINING_JOBS", "2")]);

        Assert.True(code == 0, output);
        foreach (var name in new[] { "MyParentTuningJob", "MyWarmStartTuningJob", "MyTransferTuningJob" })
        {
            Assert.Matches($"(?m)^{name}-[0-9]+ Completed: 2 of 2 training jobs completed, best so far 0[.][0-9]+$", output);
            Assert.Equal(2, output.Split('\n').Count(line => Regex.IsMatch(line, $"^{name}-[0-9]+ +(monday|tuesday) +0[.][0-9]+ +learning_rate ", RegexOptions.IgnoreCase)));
        }

        Assert.Matches("OverallBestTrainingJob, of those and its parents': My(Parent|WarmStart)TuningJob-", output);
        Assert.Matches(
            "ValidationException - The set of tunable plus static HyperParameter names is not the same across current and parent tuning jobs[.]"
            + ".*Only in the current tuning job: \\[beta_1\\]; only in the parent tuning job MyParentTuningJob-[0-9]+: \\[optimizer\\]",
            output);
        server.AssertSound();
    }

    [Theory(Timeout = 240_000)]
    [InlineData("digits", 2, "learning_rate +mini_batch_size +optimizer")]
    [InlineData("notebook", 1, "learning_rate +momentum +weight_decay")]
    public async Task The_notebooks_three_tuning_jobs_learn_from_records_that_the_sample_packs(string ranges, int jobs, string header)
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        var sample = Path.Combine(ServerProcess.Root, "samples", "image_classification_warmstart", "tune.py");

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python, [sample, "--jobs", $"{jobs}", "--epochs", $"{jobs}", "--ranges", ranges], [("AWS_ENDPOINT_URL", server.Url)]);

        Assert.True(code == 0, output);
        Assert.Matches("train/digits-train[.]rec: 1297 images\n.*validation/digits-validation[.]rec: 500 images\n", output);
        foreach (var name in new[] { "imageclassification", "warmstart", "transferlearning" })
        {
            Assert.Matches(
                $"(?m)^{name}-[0-9]+ Completed\n  accuracy +{header}  training job\n(  +[01][.][0-9]{{4}} .* {name}-[0-9]+-00[12]-[0-9a-f]+\n){{{jobs}}}",
                output);
        }

        Assert.Matches("overall best of imageclassification-[0-9]+ and warmstart-[0-9]+: 0[.][0-9]+ by (imageclassification|warmstart)-", output);
        Assert.Matches("the best model: s3://ic-fulltraining/output/.*/output/model[.]tar[.]gz, [0-9]{4,} bytes", output);
        server.AssertSound();
    }

    [Fact(Timeout = 240_000)]
    public async Task The_workflow_for_GitHub_tunes_with_its_commands_as_they_stand()
    {
        using var workspace = new Workspace();
        var folder = Directory.CreateDirectory(Path.Combine(workspace.Path, "runner", "work")).FullName;

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python, [ClientProgram.Script("workflow.py"), ServerProcess.Root, folder, $"http://127.0.0.1:{FreePort()}"]);

        Checks.AllOk(code, output, atLeast: 11);
    }

    [Fact(Timeout = 240_000)]
    public async Task Xgboost_is_tuned_twice_over_S3_and_the_best_model_predicts()
    {
        using var workspace = new Workspace();
        // Debian's Python has Debian's xgboost, whichever Python comes first otherwise.
        await using var server = await ServerProcess.StartAsync(workspace.Data, path: "/usr/bin");
        var sample = Path.Combine(ServerProcess.Root, "samples", "warm_start_xgboost", "tune.py");

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python,
            [sample],
            [("AWS_ENDPOINT_URL", server.Url), ("TRAINING_JOBS", "4"), ("PYTHON_WITH_XGBOOST", "/usr/bin/python3")]);

        Assert.True(code == 0, output);
        Assert.Matches("parent-[0-9]+ Completed best 0[.][0-9]+", output);
        Assert.Matches("child-[0-9]+ Completed best 0[.][0-9]+", output);
        Assert.Matches("its last line: round 29 validation-auc:0[.][0-9]+", output);
        Assert.Matches("it predicts 0[.][6-9][0-9]* of the validation rows right", output);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
