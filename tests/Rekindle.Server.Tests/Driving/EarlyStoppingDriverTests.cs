using System.Globalization;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Driving;

public sealed class EarlyStoppingDriverTests
{
    private const string Rising = "score=0.7\nscore=0.8\nscore=0.9\nscore=0.9\n";

    private static readonly TuningJobDefinition Auto = TuningJobRun.Definition(jobs: 6, parallel: 1) with { EarlyStopping = true };

    private static readonly TuningJobDefinition Hyperband = TuningJobRun.Definition(jobs: 4, parallel: 1) with
    {
        Strategy = StrategyKind.Hyperband,
        Hyperband = new HyperbandResources(1, 4),
    };

    /// <summary>The sixth would run for ever.</summary>
    private static SimulatedExecutor.Outcome BadLast(ExecutionSpec spec) => Number(spec) < 6
        ? new SimulatedExecutor.Outcome(Rising)
        : new SimulatedExecutor.Outcome("score=0.1\nscore=0.1\nscore=0.2\n", RunsUntilStopped: true, PrintsAtOnce: true);

    [Fact]
    public async Task A_hopeless_training_job_is_stopped_while_it_runs()
    {
        await using var run = new TuningJobRun(new SimulatedExecutor(BadLast));
        var id = await run.CreateAsync(Auto);
        await run.StartDriversAsync();

        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal(TuningJobStatus.Completed, job.Status);
        var stopped = trainingJobs[5];
        Assert.Equal(
            (TrainingJobStatus.Stopped, StopReason.EarlyStopping, ObjectiveStatus.Succeeded, 0.2),
            (stopped.Progress.Status, stopped.StopReason, stopped.Progress.ObjectiveStatus, stopped.Progress.ObjectiveValue));
        Assert.All(trainingJobs.SkipLast(1), t => Assert.Equal(TrainingJobStatus.Completed, t.Progress.Status));
        var curve = (await run.Store.ReadCurvesAsync([stopped.Id], "score", TestContext.Current.CancellationToken))[stopped.Id];
        Assert.Equal([(1, 0.1), (2, 0.1), (3, 0.2)], curve.Select(reading => (reading.Ordinal, reading.Value)));
    }

    [Fact]
    public async Task Whoever_takes_the_tuning_job_up_carries_out_a_stop_that_is_stored()
    {
        var executor = new SimulatedExecutor(BadLast);
        var held = new TaskCompletionSource();
        executor.BeforeStop = _ => held.Task;
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(Auto);
        await run.StartDriversAsync();
        // The decision is stored, and its driver is dropped before the program hears of it.
        await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Any(t => t.StopReason == StopReason.EarlyStopping));
        held.SetException(new IOException("The driver is gone."));
        await run.DropDriversAsync();
        executor.BeforeStop = _ => Task.CompletedTask;
        await run.StartDriversAsync();

        var (_, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal((TrainingJobStatus.Stopped, StopReason.EarlyStopping), (trainingJobs[5].Progress.Status, trainingJobs[5].StopReason));
        Assert.Equal(6, trainingJobs.Count);
        Assert.All(executor.Starts, start => Assert.Equal(1, start.Value));
    }

    /// <summary>Packing takes long; another slot goes on meanwhile, so the tuning job is looked at again and again.</summary>
    [Fact]
    public async Task A_program_that_has_failed_is_not_stopped_while_its_artifacts_are_packed()
    {
        var (sixth, seventh) = (new TaskCompletionSource(), new TaskCompletionSource());
        var executor = new SimulatedExecutor(spec => Number(spec) == 6
            ? new SimulatedExecutor.Outcome("score=0.1\nscore=0.1\nscore=0.1\nscore=0.1\n", ExitCode: 1)
            : new SimulatedExecutor.Outcome(Rising))
        {
            BeforeCollect = name => name.Split('-')[1] switch
            {
                "006" => sixth.Task,
                "007" => seventh.Task,
                _ => Task.CompletedTask,
            },
        };
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 8, parallel: 2) with { EarlyStopping = true });
        await run.StartDriversAsync();
        await run.UntilAsync(id, snapshot => snapshot.TrainingJobs is [_, _, _, _, _, { Progress.Secondary: SecondaryStatus.Uploading }, ..]);
        seventh.SetResult();
        // Launched by a look that came after.
        await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Count == 8);
        sixth.SetResult();

        var (_, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal((TrainingJobStatus.Failed, 1, null), (trainingJobs[5].Progress.Status, trainingJobs[5].Progress.ExitCode, trainingJobs[5].StopReason));
    }

    [Fact]
    public async Task Whoever_takes_the_tuning_job_up_decides_by_the_rows()
    {
        var decided = new TaskCompletionSource();
        var isGone = false;
        await using var run = new TuningJobRun(new SimulatedExecutor(BadLast), beforeStore: (_, arguments) =>
        {
            var stops = arguments.OfType<IReadOnlyList<Change>>().Any(changes => changes.Any(change => change is Change.RequestTrainingStop));
            if (!stops || Volatile.Read(ref isGone)) return;
            decided.TrySetResult();
            throw new IOException("The driver is gone.");
        });
        var id = await run.CreateAsync(Auto);
        await run.StartDriversAsync();
        // The readings are stored, the decision never is.
        await decided.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await run.DropDriversAsync();
        var before = (await run.Store.ReadTuningSnapshotAsync(id, TestContext.Current.CancellationToken))!.TrainingJobs[5];
        Assert.Equal((TrainingJobStatus.InProgress, null), (before.Progress.Status, before.StopReason));
        Volatile.Write(ref isGone, true);
        await run.StartDriversAsync();

        var (_, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal((TrainingJobStatus.Stopped, StopReason.EarlyStopping), (trainingJobs[5].Progress.Status, trainingJobs[5].StopReason));
        Assert.All(trainingJobs.SkipLast(1), t => Assert.Equal(TrainingJobStatus.Completed, t.Progress.Status));
    }

    [Fact]
    public async Task Hyperband_stops_what_falls_behind_and_what_has_used_the_most()
    {
        // Each reports and waits: the first and the third go the whole way, the others fall behind at the first report.
        var executor = new SimulatedExecutor(spec => Number(spec) switch
        {
            1 => Waiting("score=0.5\nscore=0.6\nscore=0.7\nscore=0.8\n"),
            2 => Waiting("score=0.4\n"),
            3 => Waiting("score=0.6\nscore=0.7\nscore=0.8\nscore=0.9\n"),
            _ => Waiting("score=0.1\nscore=0.9\n"),
        });
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(Hyperband);
        await run.StartDriversAsync();

        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal(TuningJobStatus.Completed, job.Status);
        Assert.Equal(
            [StopReason.MaxResource, StopReason.EarlyStopping, StopReason.MaxResource, StopReason.EarlyStopping],
            trainingJobs.Select(t => t.StopReason!.Value));
        Assert.Equal([0.8, 0.4, 0.9, 0.9], trainingJobs.Select(t => t.Progress.ObjectiveValue!.Value));
        Assert.All(trainingJobs, t => Assert.Equal((TrainingJobStatus.Stopped, ObjectiveStatus.Succeeded), (t.Progress.Status, t.Progress.ObjectiveStatus)));
        Assert.Contains("MaxResource", trainingJobs[0].Transitions[^1].Message, StringComparison.Ordinal);
        Assert.Contains("stopped early", trainingJobs[1].Transitions[^1].Message, StringComparison.Ordinal);

        static SimulatedExecutor.Outcome Waiting(string log) => new(log, RunsUntilStopped: true, PrintsAtOnce: true);
    }

    [Fact]
    public async Task A_program_that_ends_at_the_most_resource_by_itself_completes()
    {
        await using var run = new TuningJobRun(new SimulatedExecutor(_ => new SimulatedExecutor.Outcome(Rising, PrintsAtOnce: true)));
        var id = await run.CreateAsync(Hyperband with { Hyperband = new HyperbandResources(1, 4, EndsByItself: true) });
        await run.StartDriversAsync();

        var (_, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.All(trainingJobs, t => Assert.Equal(TrainingJobStatus.Completed, t.Progress.Status));
    }

    private static int Number(ExecutionSpec spec) => int.Parse(spec.Name.Split('-')[1], CultureInfo.InvariantCulture);
}
