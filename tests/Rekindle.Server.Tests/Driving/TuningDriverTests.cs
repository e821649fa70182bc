using System.Globalization;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Driving;

public sealed class TuningDriverTests
{
    private static SimulatedExecutor.Outcome PrintScore(ExecutionSpec spec) => new(
        string.Create(CultureInfo.InvariantCulture, $"score={double.Parse(spec.HyperParameters["x"], CultureInfo.InvariantCulture)}\n"));

    [Fact]
    public async Task A_tuning_job_runs_all_its_training_jobs_and_completes()
    {
        var executor = new SimulatedExecutor(PrintScore);
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 12, parallel: 3));
        await run.StartDriversAsync();

        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal(TuningJobStatus.Completed, job.Status);
        Assert.Equal(12, trainingJobs.Count);
        Assert.All(trainingJobs, t => Assert.Equal(TrainingJobStatus.Completed, t.Progress.Status));
        Assert.All(trainingJobs, t => Assert.Equal(
            double.Parse(t.TunedHyperParameters["x"], CultureInfo.InvariantCulture), t.Progress.ObjectiveValue));
        Assert.InRange(executor.MostAtOnce, 1, 3);
    }

    [Fact]
    public async Task Dropping_the_drivers_again_and_again_loses_and_repeats_nothing()
    {
        var executor = new SimulatedExecutor(PrintScore);
        await using var undisturbed = new TuningJobRun(new SimulatedExecutor(PrintScore));
        var expected = await EndOf(undisturbed);
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 30, parallel: 1));
        for (var launched = 2; launched < 30; launched += 3)
        {
            await run.StartDriversAsync();
            await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Count >= launched);
            await run.DropDriversAsync();
        }

        await run.StartDriversAsync();
        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal(TuningJobStatus.Completed, job.Status);
        Assert.Equal(30, trainingJobs.Count);
        Assert.All(executor.Starts, start => Assert.Equal(1, start.Value));
        Assert.Equal(30, executor.Starts.Count);
        Assert.Equal(1, executor.MostAtOnce);
        Assert.Equal(expected, trainingJobs.Select(t => (t.Name, t.TunedHyperParameters["x"])));

        static async Task<List<(string, string)>> EndOf(TuningJobRun other)
        {
            var otherId = await other.CreateAsync(TuningJobRun.Definition(jobs: 30, parallel: 1));
            await other.StartDriversAsync();
            return [.. (await other.UntilEndedAsync(otherId)).TrainingJobs.Select(t => (t.Name, t.TunedHyperParameters["x"]))];
        }
    }

    [Fact]
    public async Task Stopping_a_tuning_job_stops_what_runs_and_launches_nothing_more()
    {
        var executor = new SimulatedExecutor(_ => new SimulatedExecutor.Outcome("score=0.5\n", RunsUntilStopped: true));
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 10, parallel: 2));
        await run.StartDriversAsync();
        await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Count(t => t.Progress.Secondary == SecondaryStatus.Training) == 2);

        await run.Store.RequestTuningJobStopAsync("job", TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);
        run.Signal.Raise();
        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal(TuningJobStatus.Stopped, job.Status);
        Assert.Equal(2, trainingJobs.Count);
        Assert.All(trainingJobs, t => Assert.Equal(TrainingJobStatus.Stopped, t.Progress.Status));
        // A stopped training job keeps the last value it reported.
        Assert.All(trainingJobs, t => Assert.Equal(0.5, t.Progress.ObjectiveValue));
    }

    [Fact]
    public async Task Five_failures_without_a_success_fail_the_tuning_job()
    {
        var executor = new SimulatedExecutor(_ => new SimulatedExecutor.Outcome("no number here\n", ExitCode: 3));
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 20, parallel: 1));
        await run.StartDriversAsync();

        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal(TuningJobStatus.Failed, job.Status);
        Assert.StartsWith("No training job succeeded after 5 attempts.", job.FailureReason, StringComparison.Ordinal);
        Assert.Equal(5, trainingJobs.Count);
        Assert.All(trainingJobs, t => Assert.Equal("AlgorithmError: , exit code: 3. The log ends with: no number here", t.Progress.FailureReason));
    }

    [Fact]
    public async Task One_failing_training_job_does_not_end_the_tuning_job()
    {
        var executor = new SimulatedExecutor(spec => spec.Name.Contains("-001-", StringComparison.Ordinal)
            ? new SimulatedExecutor.Outcome("", ExitCode: 1)
            : PrintScore(spec));
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 6, parallel: 2));
        await run.StartDriversAsync();

        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal(TuningJobStatus.Completed, job.Status);
        Assert.Equal(5, trainingJobs.Count(t => t.Progress.ObjectiveStatus == ObjectiveStatus.Succeeded));
        Assert.Equal(1, trainingJobs.Count(t => t.Progress.ObjectiveStatus == ObjectiveStatus.Failed));
    }

    [Theory]
    [InlineData("score=nan\n")]
    [InlineData("score=\n")]
    [InlineData("nothing of note\n")]
    public async Task A_training_job_without_a_number_completes_and_a_tuning_job_of_such_alone_fails(string log)
    {
        await using var run = new TuningJobRun(new SimulatedExecutor(_ => new SimulatedExecutor.Outcome(log)));
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 2, parallel: 1));
        await run.StartDriversAsync();

        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal(TuningJobStatus.Failed, job.Status);
        Assert.All(trainingJobs, t => Assert.Equal((TrainingJobStatus.Completed, ObjectiveStatus.Failed), (t.Progress.Status, t.Progress.ObjectiveStatus)));
    }

    [Fact]
    public async Task Reaching_the_target_ends_the_tuning_job_early()
    {
        await using var run = new TuningJobRun(new SimulatedExecutor(_ => new SimulatedExecutor.Outcome("score=0.9\n")));
        var definition = TuningJobRun.Definition(jobs: 50, parallel: 1) with
        {
            Completion = new CompletionCriteria { TargetObjectiveMetricValue = 0.8 },
        };
        var id = await run.CreateAsync(definition);
        await run.StartDriversAsync();

        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal((TuningJobStatus.Completed, TuningJobEnding.TargetReached), (job.Status, job.Ending));
        Assert.Single(trainingJobs);
    }

    [Fact]
    public async Task A_child_learns_from_a_parent_that_was_deleted_after_its_creation()
    {
        var executor = new SimulatedExecutor(PrintScore);
        await using var run = new TuningJobRun(executor);
        var parent = await run.CreateAsync(TuningJobRun.Definition(jobs: 8), "parent");
        await run.StartDriversAsync();
        var parentBest = (await run.UntilEndedAsync(parent)).TrainingJobs.Max(t => t.Progress.ObjectiveValue)!.Value;
        await run.DropDriversAsync();
        var child = await run.CreateAsync(
            TuningJobRun.Definition(jobs: 4, parallel: 1) with
            {
                Strategy = StrategyKind.Bayesian,
                WarmStart = WarmStartKind.IdenticalDataAndAlgorithm,
            },
            "child",
            parent);
        await run.Store.DeleteTuningJobAsync("parent", TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);
        await run.StartDriversAsync();

        var trainingJobs = (await run.UntilEndedAsync(child)).TrainingJobs;

        // The score is x itself: a search that knows the parent goes on near 1, a cold one begins in the middle.
        Assert.True(trainingJobs[0].Progress.ObjectiveValue > parentBest - 0.1, $"{trainingJobs[0].Progress.ObjectiveValue} against {parentBest}");
    }
}
