using Rekindle.Optimization;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Driving;

/// <summary>
/// Carries one tuning job to its end: read a snapshot, decide, act, again; and keeps one <see cref="TrainingDriver"/> per running training
/// job. Like it, it may be dropped at any point.
/// </summary>
internal sealed partial class TuningDriver(
    IStore store, TrainingDriver trainingDriver, Suggesting suggesting, DriverSignal signal, TimeProvider time, ILogger<TuningDriver> log)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>Between a look and the next for nothing but news of readings.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>After a costly look its time so many times over passes before the next for nothing but news of readings.</summary>
    private const int ShareOfLooks = 10;

    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the tuning job is terminal or the lease was lost.</summary>
    public async Task DriveAsync(Lease lease, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Dictionary<long, Task>();
        IReadOnlyList<ParentSnapshot>? parents = null;
        IReadOnlyList<Strategy>? strategies = null;
        ObjectiveCurves? curves = null;
        TuningLink? link = null;
        var clock = new SteadyClock(time);
        var backoff = ShortestBackoff;
        try
        {
            while (true)
            {
                try
                {
                    var begun = time.GetTimestamp();
                    var (signalled, news) = (signal.Next, link?.NewReadings?.Next);
                    if (await store.ReadTuningSnapshotAsync(lease.Id, cancellationToken) is not { Job.IsTerminal: false } snapshot)
                    {
                        return;
                    }

                    parents ??= Ancestry.WithoutRepeats(await store.ReadParentsAsync(lease.Id, cancellationToken));
                    strategies ??= snapshot.ToStrategies();
                    var definition = snapshot.Job.Definition;
                    var looksAtCurves = EarlyStopping.IsWanted(definition);
                    link ??= new TuningLink(looksAtCurves ? new DriverSignal() : null, new DriverSignal())
                    {
                        Milestones = EarlyStopping.Milestones(definition),
                    };
                    DriveTrainingJobs(lease, snapshot, link, running, ending.Token);
                    if (looksAtCurves)
                    {
                        curves ??= new ObjectiveCurves(store, definition);
                        snapshot = await curves.AddToAsync(snapshot, cancellationToken);
                    }

                    var actions = TuningStep.Decide(snapshot, clock.UtcNow);
                    var changes = await ToChangesAsync(strategies, snapshot, parents, actions, cancellationToken);
                    if (changes.Count == 0)
                    {
                        await WaitAsync([signalled, .. running.Values], news, Wait(actions, clock), begun, cancellationToken);
                    }
                    else if (!await store.CommitAsync(lease, changes, cancellationToken))
                    {
                        return;
                    }
                    else if (changes.Exists(change => change is Change.RequestTrainingStop))
                    {
                        link.Stops.Raise();
                    }

                    backoff = ShortestBackoff;
                }
                catch (Exception problem) when (problem is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
                {
                    StepFailed(log, problem, lease.Id, backoff);
                    await Task.Delay(backoff, time, cancellationToken);
                    backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
                }
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void DriveTrainingJobs(
        Lease lease, TuningSnapshot snapshot, TuningLink link, Dictionary<long, Task> running, CancellationToken cancellationToken)
    {
        foreach (var ended in running.Where(r => r.Value.IsCompleted).Select(r => r.Key).ToList())
        {
            running.Remove(ended);
        }

        foreach (var job in snapshot.TrainingJobs)
        {
            if (!job.IsTerminal && !running.ContainsKey(job.Id))
            {
                // On a thread of its own from the start: whatever one of them does, the tuning job goes on.
                running[job.Id] = Task.Run(
                    () => trainingDriver.DriveAsync(lease, job.Id, link, cancellationToken),
                    CancellationToken.None);
            }
        }
    }

    private async Task<List<Change>> ToChangesAsync(
        IReadOnlyList<Strategy> strategies,
        TuningSnapshot snapshot,
        IReadOnlyList<ParentSnapshot> parents,
        IReadOnlyList<TuningAction> actions,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var changes = new List<Change>();
        // A stop does not wait for a model to be fitted: the next look, which follows at once, launches.
        var stops = actions.Any(action => action is TuningAction.StopTraining);
        foreach (var action in actions.Where(action => !stops || action is not TuningAction.Launch))
        {
            switch (action)
            {
                // One at a time: the first training job runs while the model is fitted for the second, and that fit knows of the first.
                case TuningAction.Launch launch:
                    changes.Add(await LaunchAsync(strategies, snapshot, parents, launch.FirstIndex, cancellationToken));
                    break;
                case TuningAction.StopTraining stop:
                    changes.Add(new Change.RequestTrainingStop(stop.TrainingJobId, stop.Reason, now));
                    break;
                case TuningAction.End end:
                    changes.Add(new Change.EndTuning(end.Ending, now));
                    break;
                case TuningAction.NoteConvergence:
                    changes.Add(new Change.RecordConvergence(now));
                    break;
                case TuningAction.Finish finish:
                    changes.Add(new Change.FinishTuning(finish.Status, finish.FailureReason, now));
                    break;
                case TuningAction.WaitUntil:
                    break;
                default:
                    throw new InvalidOperationException($"No driver knows the action {action}.");
            }
        }

        return changes;
    }

    private async Task<Change> LaunchAsync(
        IReadOnlyList<Strategy> strategies,
        TuningSnapshot snapshot,
        IReadOnlyList<ParentSnapshot> parents,
        int launchIndex,
        CancellationToken cancellationToken)
    {
        var job = snapshot.Job;
        foreach (var algorithm in AlgorithmChoice.InOrder(snapshot))
        {
            var strategy = strategies[algorithm];
            if (await suggesting.SuggestAsync(strategy, snapshot.Of(algorithm), parents, launchIndex, cancellationToken) is not { } suggestion)
            {
                continue;
            }

            var name = TrainingJobName.For(job, launchIndex);
            Launching(log, name, suggestion.Origin);
            return new Change.AddTrainingJob(
                name, Arn.ForTrainingJob(job.Arn, name), launchIndex, suggestion.Configuration.Values, suggestion.Origin.ToString(), time.GetUtcNow())
            {
                Algorithm = algorithm,
                Explanation = SeenHistory.Explain(suggestion, snapshot),
            };
        }

        SpaceExhausted(log, job.Name, launchIndex - 1);
        return new Change.EndTuning(TuningJobEnding.SpaceExhausted, time.GetUtcNow());
    }

    /// <summary>
    /// Waits for what asks for a look at once, for the deadline, or for news of readings. These alone come as often as programs print, so they
    /// wait until the last look is some time ago, and longer where a look is costly: all of them take but a small part of a core.
    /// </summary>
    private async Task WaitAsync(IReadOnlyList<Task> urgent, Task? news, TimeSpan limit, long begun, CancellationToken cancellationToken)
    {
        var pause = ShareOfLooks * time.GetElapsedTime(begun);
        pause = pause < ShortestPause ? ShortestPause : pause < LongestWait ? pause : LongestWait;
        var waiting = time.GetTimestamp();
        await Waiting.ForAnyAsync(news is null ? urgent : [.. urgent, news], limit, time, cancellationToken);
        var left = (pause < limit ? pause : limit) - time.GetElapsedTime(waiting);
        if (news is { IsCompleted: true } && left > TimeSpan.Zero && !urgent.Any(task => task.IsCompleted))
        {
            await Waiting.ForAnyAsync(urgent, left, time, cancellationToken);
        }
    }

    private static TimeSpan Wait(IReadOnlyList<TuningAction> actions, SteadyClock clock)
    {
        var deadline = actions.OfType<TuningAction.WaitUntil>().Select(w => (DateTimeOffset?)w.Deadline).Min();
        var untilDeadline = deadline - clock.UtcNow;
        return untilDeadline < LongestWait ? untilDeadline.Value : LongestWait;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Launching training job {Name} ({Origin})")]
    private static partial void Launching(ILogger logger, string name, SuggestionOrigin origin);

    [LoggerMessage(Level = LogLevel.Information, Message = "Tuning job {Name}: every configuration was tried after {Count} training jobs")]
    private static partial void SpaceExhausted(ILogger logger, string name, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tuning job {TuningJobId}: a step failed; trying again in {Backoff}")]
    private static partial void StepFailed(ILogger logger, Exception problem, long tuningJobId, TimeSpan backoff);
}
