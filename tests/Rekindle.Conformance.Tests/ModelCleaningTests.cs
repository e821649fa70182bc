namespace Rekindle.Conformance.Tests;

/// <summary>A disk that doesn't fill up with models nobody will take.</summary>
[Trait("Needs", "bwrap")]
public sealed class ModelCleaningTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("GZIP", "model.tar.gz")]
    [InlineData("NONE", "model")]
    public async Task Only_the_models_of_the_best_training_jobs_stay_and_outputs_are_left_alone(string compression, string model)
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data, workspace.Config("""{"Artifacts": {"Keep": "best 2"}}"""));
        var program = workspace.Program("train.sh", "echo $x > /opt/ml/model/weights; mkdir -p /opt/ml/output/data; echo $x > /opt/ml/output/data/curve; echo score=$x");
        var request = Tuning.Request("tidy", program, jobs: 5);
        var client = Tuning.Client(server);
        await client.CreateHyperParameterTuningJobAsync(
            request with
            {
                TrainingJobDefinition = request.TrainingJobDefinition! with
                {
                    OutputDataConfig = new() { S3OutputPath = "s3://bucket/output", CompressionType = compression },
                },
            },
            TestContext.Current.CancellationToken);
        await client.EndOfAsync("tidy");
        var jobs = await client.TrainingJobsOfAsync("tidy");
        var best = jobs.OrderByDescending(job => job.FinalHyperParameterTuningJobObjectiveMetric!.Value).Take(2).Select(job => job.TrainingJobName!).ToHashSet();
        string Left(string job, string name) => Path.Combine(workspace.Data, "s3", "bucket", "output", job, "output", name);
        bool Has(string job) => Path.Exists(Left(job, model));

        while (jobs.Any(job => Has(job.TrainingJobName!) != best.Contains(job.TrainingJobName!)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.All(jobs, job => Assert.True(Path.Exists(Left(job.TrainingJobName!, model.Replace("model", "output", StringComparison.Ordinal)))));
        server.AssertSound();
    }
}
