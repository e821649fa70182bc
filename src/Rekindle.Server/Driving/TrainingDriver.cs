using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Driving;

/// <summary>
/// Carries one training job to its end: observe, decide, act, store, again. May be dropped at any point and taken up by another
/// instance, since it keeps nothing that is not in the rows or with the executor.
/// </summary>
internal sealed partial class TrainingDriver(
    IStore store, IExecutor executor, CircuitBreakers breakers, DriverSignal signal, TimeProvider time, ILogger<TrainingDriver> log)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    /// <summary>After so many failures in a row to start a program or to store what it left, trying again won't help.</summary>
    private const int MostAttempts = 10;

    /// <summary>Other writers get their turn between two parts of this size.</summary>
    private const int MostReadingsOfOneCommit = 500;

    /// <summary>What is packed in less time than this was never seen to be packed.</summary>
    private static readonly TimeSpan ShortestUpload = TimeSpan.FromMilliseconds(250);

    /// <summary>Returns when the training job is terminal or the lease was lost.</summary>
    /// <param name="lease">The lease that covers it.</param>
    /// <param name="trainingJobId">The training job.</param>
    /// <param name="link">To the driver of its tuning job; null for a training job of its own.</param>
    /// <param name="cancellationToken">Ends the driving, not the training.</param>
    public async Task DriveAsync(Lease lease, long trainingJobId, TuningLink? link, CancellationToken cancellationToken)
    {
        var backoff = ShortestBackoff;
        Following? following = null;
        while (true)
        {
            try
            {
                Task[] signalled = link is null ? [signal.Next] : [signal.Next, link.Stops.Next];
                if (await store.ReadTrainingJobAsync(trainingJobId, cancellationToken) is not { IsTerminal: false } job)
                {
                    return;
                }

                following ??= new Following(
                    job.Definition.MetricDefinitions,
                    time,
                    await store.CountReadingsAsync(trainingJobId, 0, job.Progress.LogPosition, cancellationToken),
                    link?.Milestones,
                    await store.CountReadingsAsync(
                        trainingJobId, MetricsFile.FirstOffset, MetricsFile.FirstOffset + job.Progress.MetricsPosition, cancellationToken));
                var objective = link is null ? null : job.HyperParameters.GetValueOrDefault(TuningJobDefinition.InjectedHyperParameter);
                var next = await StepAsync(lease, job, following, objective, cancellationToken);
                if (following.TakeNews())
                {
                    link?.NewReadings?.Raise();
                }

                switch (next)
                {
                    case Next.Wait:
                        await WaitAsync(job.Name, signalled, cancellationToken);
                        break;
                    case Next.Pause:
                        await Waiting.ForAnyAsync(signalled, LongestWait, time, cancellationToken);
                        break;
                    case Next.Anew:
                        following = null;
                        break;
                    case Next.LeaseLost:
                        return;
                }

                backoff = ShortestBackoff;
            }
            catch (Exception problem) when (problem is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                StepFailed(log, problem, trainingJobId, backoff);
                await Task.Delay(backoff, time, cancellationToken);
                backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
            }
        }
    }

    /// <summary>Pause: the executor has nothing of it, and so no change to tell of.</summary>
    private enum Next { Again, Wait, Pause, Anew, LeaseLost }

    private async Task WaitAsync(string name, Task[] signalled, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var changed = executor.WaitForChangeAsync(name, done.Token);
        await Waiting.ForAnyAsync([changed, .. signalled], LongestWait, time, cancellationToken);
        await done.CancelAsync();
        await changed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<Next> StepAsync(
        Lease lease, TrainingJob row, Following following, string? objectiveMetric, CancellationToken cancellationToken)
    {
        var job = following.Complete(row);
        var report = await executor.ObserveAsync(job.Name, job.Progress.LogPosition, cancellationToken);
        TellBreaker(job, report, following);
        // The state was read first: when it says ended, the file that is read after it is complete.
        var file = report.State is ExecutionState.Absent or ExecutionState.Queued || job.HasGivenWay ? new LogLines([], job.Progress.MetricsPosition, false)
            : await ReadMetricsAsync(job, report.State != ExecutionState.Running, cancellationToken);
        report = report with { NextMetricsPosition = file.NextPosition, MoreLines = report.MoreLines || file.More, SinceCreation = following.SinceCreation(job) };
        var scraped = following.Read(report.Lines, file.Lines, time.GetUtcNow(), cancellationToken);
        TellSwitchedOff(job, following);
        if (scraped.StoppedAt is { } position)
        {
            report = report with { NextPosition = position, MoreLines = true };
        }

        if (report is { State: ExecutionState.Running, RunningFor: null })
        {
            report = report with { RunningFor = following.RunningFor(job, report) };
        }

        var decision = TrainingStep.Decide(job, report, scraped.Readings, objectiveMetric, time.GetUtcNow());
        if (TrainingStep.IsOnlyReadingOn(row.Progress, decision))
        {
            var isTime = following.Hold(row.Progress, decision.Progress, scraped.Readings);
            return isTime && !await StoreAsync(lease, row, decision, following, cancellationToken) ? Next.LeaseLost
                : decision.Command == TrainingCommand.ReadOn ? Next.Again : Next.Wait;
        }

        // What a lost attempt has read stays read until the new one is stored.
        following.Add(scraped.Readings, decision.Command == TrainingCommand.Restart ? job.Progress : decision.Progress);
        return await CarryOutAsync(lease, row, report, decision, following, cancellationToken);
    }

    /// <summary>Offsets and positions go on over all attempts, though each has a file of its own.</summary>
    private async Task<LogLines> ReadMetricsAsync(TrainingJob job, bool complete, CancellationToken cancellationToken)
    {
        var start = job.Progress.MetricsBase;
        var read = await executor.ReadMetricsAsync(job.Name, job.Progress.MetricsPosition - start, complete, cancellationToken);
        return start == 0 ? read : read with
        {
            Lines = [.. read.Lines.Select(line => line with { Offset = start + line.Offset })],
            NextPosition = start + read.NextPosition,
        };
    }

    /// <summary>Does what was decided, then stores it. A driver that was paused past its lease does nothing.</summary>
    private async Task<Next> CarryOutAsync(
        Lease lease, TrainingJob job, ExecutionReport report, TrainingDecision decision, Following following, CancellationToken cancellationToken)
    {
        if (decision.Command is not (TrainingCommand.Wait or TrainingCommand.ReadOn) && !await store.CommitAsync(lease, [], cancellationToken))
        {
            return Next.LeaseLost;
        }

        var command = decision.Command;
        switch (command)
        {
            case TrainingCommand.Submit:
                decision = await SubmitAsync(job, decision, following, cancellationToken);
                break;
            case TrainingCommand.StartAgain:
                // The log of one that gave way before goes on.
                await (job.Progress.Interruptions > 0 ? executor.ResetAsync(job.Name, cancellationToken) : executor.RemoveAsync(job.Name, cancellationToken));
                decision = AfterFailure(job, decision, following, new StartFailedException(report.Reason ?? "its program was not started"));
                break;
            case TrainingCommand.Stop:
                await executor.StopAsync(job.Name, TrainingStep.Grace, cancellationToken);
                break;
            case TrainingCommand.Cancel:
                await executor.StopAsync(job.Name, TimeSpan.Zero, cancellationToken);
                var left = await executor.ObserveAsync(job.Name, job.Progress.LogPosition, cancellationToken);
                // It was claimed a moment ago: then it is to be stopped, and ends as a program that ran.
                if (left.State is ExecutionState.Running or ExecutionState.Queued) return Next.Again;
                break;
            case TrainingCommand.Restart:
                Restarting(log, job.Name);
                await executor.RemoveAsync(job.Name, cancellationToken);
                return await StoreAsync(lease, job, decision, following, cancellationToken) ? Next.Anew : Next.LeaseLost;
            case TrainingCommand.GiveWay:
                return await StoreAsync(lease, job, decision, following, cancellationToken) ? Next.Anew : Next.LeaseLost;
            case TrainingCommand.Requeue:
                Requeuing(log, job.Name);
                await executor.ResetAsync(job.Name, cancellationToken);
                return await StoreAsync(lease, job, decision, following, cancellationToken) ? Next.Anew : Next.LeaseLost;
            case TrainingCommand.Collect:
                return await CollectAsync(lease, job, report, decision, following, cancellationToken) ? Next.Again : Next.LeaseLost;
        }

        if (!await StoreAsync(lease, job, decision, following, cancellationToken))
        {
            return Next.LeaseLost;
        }

        if (command is TrainingCommand.Submit or TrainingCommand.StartAgain && decision is { Command: TrainingCommand.Wait, Progress.IsTerminal: false }) return Next.Pause;

        // A terminal row is read once more: a stop that came in between may have kept it from ending as was decided.
        return !decision.Progress.IsTerminal && decision.RequestStop is null && command is TrainingCommand.Wait or TrainingCommand.Stop
            ? Next.Wait
            : Next.Again;
    }

    /// <summary>Packs what the program left and stores the end. False when the lease was lost.</summary>
    private async Task<bool> CollectAsync(
        Lease lease, TrainingJob job, ExecutionReport report, TrainingDecision decision, Following following, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var collecting = Task.Run(() => executor.CollectAsync(Spec(job), ending.Token), CancellationToken.None);
        CollectedArtifacts? artifacts = null;
        string? problem = null;
        try
        {
            await Waiting.ForAnyAsync([collecting], ShortestUpload, time, cancellationToken);
            if (!collecting.IsCompleted)
            {
                if (!await StoreAsync(lease, job, decision, following, cancellationToken)) return false;
                decision = decision with { Transitions = [] };
            }

            artifacts = await collecting;
        }
        catch (StorageAwayException away) when (!TrainingStep.HasWaitedForStorage(job, report.EndedAt, time.GetUtcNow()))
        {
            // Said, and tried again with growing pauses.
            if (!await StoreAsync(lease, job, TrainingStep.WaitForStorage(job, decision, away.Message, time.GetUtcNow()), following, cancellationToken)) return false;
            throw;
        }
        catch (Exception refusal) when (IsFinal(refusal))
        {
            problem = $"the artifacts could not be stored under {job.Definition.OutputPath}: {refusal.Message}";
            CollectFailed(log, refusal, job.Name);
        }
        finally
        {
            await ending.CancelAsync();
            await ((Task)collecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var remarks = following.Scraper.Remarks;
        if (artifacts?.Remark is { } remark) remarks = [.. remarks, remark];
        if (decision.Progress.ObjectiveValue is null && report.ExitCode == 0 && job.StopRequestedAt is null
            && job.HyperParameters.GetValueOrDefault(TuningJobDefinition.InjectedHyperParameter) is { } objective && job.TuningJobId is not null)
        {
            remarks = [.. remarks, .. await MissingObjective.ExplainAsync(executor, job, objective, time, cancellationToken)];
        }

        var lastLine = report.ExitCode is null or 0 || !string.IsNullOrEmpty(report.Failure) ? null : await LastWords.ReadAsync(executor, job.Name, cancellationToken);
        var end = TrainingStep.Finish(job, decision.Progress, report, artifacts, problem, remarks, time.GetUtcNow(), lastLine);
        end = end with { Transitions = [.. decision.Transitions, .. end.Transitions] };
        return await StoreAsync(lease, job, end, following, cancellationToken);

        bool IsFinal(Exception refusal) => collecting.IsFaulted
            && (refusal is ExecutionRefusedException or StorageAwayException or IOException or UnauthorizedAccessException || ++following.Failures >= MostAttempts);
    }

    /// <summary>Stores the decision with all readings that wait, in parts. False when the lease was lost.</summary>
    private async Task<bool> StoreAsync(
        Lease lease, TrainingJob job, TrainingDecision decision, Following following, CancellationToken cancellationToken)
    {
        var parts = following.Pending.Chunk(MostReadingsOfOneCommit).Select(part => new Change.AppendReadings(job.Id, part) { Milestones = following.Milestones }).ToList();
        foreach (var part in parts.SkipLast(1))
        {
            if (!await store.CommitAsync(lease, [part], cancellationToken)) return false;
        }

        List<Change> changes = [.. parts.TakeLast(1)];
        if (decision.ForgetsReadings)
        {
            changes = [new Change.ForgetReadings(job.Id)];
        }

        if (!ReferenceEquals(decision.Progress, job.Progress) || decision.Transitions.Count > 0)
        {
            changes.Add(new Change.SetTrainingProgress(job.Id, decision.Progress, decision.Transitions)
            {
                EndsInterruption = decision.Command == TrainingCommand.Requeue,
            });
        }

        if (decision.RequestStop is { } reason)
        {
            changes.Add(new Change.RequestTrainingStop(job.Id, reason, decision.Progress.LastModifiedTime));
        }

        if (changes.Count > 0 && !await store.CommitAsync(lease, changes, cancellationToken)) return false;
        following.Stored();
        return true;
    }

    private void TellSwitchedOff(TrainingJob job, Following following)
    {
        foreach (var metric in following.Scraper.SwitchedOff)
        {
            if (following.ToldSwitchedOff.Add(metric)) SwitchedOff(log, job.Name, metric);
        }
    }

    private static ExecutionSpec Spec(TrainingJob job) => new()
    {
        Name = job.Name,
        TrainingJobArn = job.Arn,
        Region = job.Arn.Split(':') is [_, _, _, var region, ..] ? region : "us-east-1",
        Definition = job.Definition,
        HyperParameters = job.HyperParameters,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Training job {TrainingJobId}: a step failed; trying again in {Backoff}")]
    private static partial void StepFailed(ILogger logger, Exception problem, long trainingJobId, TimeSpan backoff);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Training job {Name}: its program was lost; starting it again")]
    private static partial void Restarting(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Training job {Name}: its program gave way; it waits for its place again")]
    private static partial void Requeuing(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Training job {Name}: the expression of the metric {Metric} takes too long on its log and is switched off")]
    private static partial void SwitchedOff(ILogger logger, string name, string metric);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Training job {Name}: its artifacts could not be stored")]
    private static partial void CollectFailed(ILogger logger, Exception problem, string name);
}
