namespace Rekindle.Conformance.Tests;

/// <summary>AWS grants 120 seconds between SIGTERM and SIGKILL, so this takes as long.</summary>
[Trait("Needs", "bwrap")]
public sealed class StubbornProgramTests
{
    [Fact(Timeout = 600_000)]
    public async Task A_program_that_ignores_SIGTERM_is_killed_after_the_grace_while_the_others_go_on()
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        var client = Tuning.Client(server);
        var program = workspace.Program(
            "train.sh",
            "case $TRAINING_JOB_NAME in *-001-*) trap 'echo score=5' TERM; while :; do sleep 0.2; done ;; esac\necho score=$x");
        await client.CreateHyperParameterTuningJobAsync(
            Tuning.Request("stubborn", program, jobs: 4, parallel: 2, maxRuntime: 5), TestContext.Current.CancellationToken);

        var job = await client.EndOfAsync("stubborn");

        Assert.Equal("Completed", job.HyperParameterTuningJobStatus);
        Assert.Equal<(int?, int?)>((3, 1), (job.TrainingJobStatusCounters!.Completed, job.TrainingJobStatusCounters.Stopped));
        var trainingJobs = await client.TrainingJobsOfAsync("stubborn");
        var stubborn = await client.DescribeTrainingJobAsync(trainingJobs[0].TrainingJobName!, TestContext.Current.CancellationToken);
        Assert.Equal(("Stopped", "MaxRuntimeExceeded"), (stubborn.TrainingJobStatus, stubborn.SecondaryStatus));
        Assert.InRange((stubborn.TrainingEndTime - stubborn.TrainingStartTime)!.Value.TotalSeconds, 125, 150);
        // The signal came once, and what the program still said counts.
        Assert.Single(await client.LogOfAsync(stubborn.TrainingJobName!), line => line == "score=5");
        Assert.Equal(5.0, trainingJobs[0].FinalHyperParameterTuningJobObjectiveMetric!.Value);
        Assert.All(trainingJobs.Skip(1), other => Assert.True(other.TrainingEndTime < stubborn.TrainingEndTime - TimeSpan.FromSeconds(60)));
        server.AssertSound();
    }
}
