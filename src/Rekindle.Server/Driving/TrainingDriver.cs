using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Driving;

/// <summary>
/// Carries one training job to its end: observe, decide, act, store, again. May be dropped at any point and taken up by another
/// instance, since it keeps nothing that is not in the rows or with the executor.
/// </summary>
internal sealed partial class TrainingDriver(
    IStore store, IExecutor executor, DriverSignal signal, TimeProvider time, ILogger<TrainingDriver> log)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the training job is terminal or the lease was lost.</summary>
    /// <param name="lease">The lease that covers it.</param>
    /// <param name="trainingJobId">The training job.</param>
    /// <param name="objectiveMetric">The metric its tuning job looks at; null for a training job of its own.</param>
    /// <param name="cancellationToken">Ends the driving, not the training.</param>
    public async Task DriveAsync(Lease lease, long trainingJobId, string? objectiveMetric, CancellationToken cancellationToken)
    {
        var backoff = ShortestBackoff;
        MetricScraper? scraper = null;
        while (true)
        {
            try
            {
                var signalled = signal.Next;
                if (await store.ReadTrainingJobAsync(trainingJobId, cancellationToken) is not { IsTerminal: false } job)
                {
                    return;
                }

                scraper ??= new MetricScraper(job.Definition.MetricDefinitions);
                var next = await StepAsync(lease, job, scraper, objectiveMetric, cancellationToken);
                if (next == Next.Ended)
                {
                    return;
                }

                if (next == Next.Wait)
                {
                    await WaitAsync(job.Name, signalled, cancellationToken);
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

    private enum Next { Again, Wait, Ended }

    private async Task WaitAsync(string name, Task signalled, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var changed = executor.WaitForChangeAsync(name, done.Token);
        await Waiting.ForAnyAsync([changed, signalled], LongestWait, time, cancellationToken);
        await done.CancelAsync();
        await changed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<Next> StepAsync(
        Lease lease, TrainingJob job, MetricScraper scraper, string? objectiveMetric, CancellationToken cancellationToken)
    {
        var report = await executor.ObserveAsync(job.Name, job.Progress.LogPosition, cancellationToken);
        IReadOnlyList<MetricReading> readings = [.. scraper.Scrape(report.Lines, time.GetUtcNow())];
        var decision = TrainingStep.Decide(job, report, readings, objectiveMetric, time.GetUtcNow());
        var command = decision.Command;
        if (command == TrainingCommand.Submit)
        {
            decision = await SubmitAsync(job, decision, cancellationToken);
        }
        else if (command == TrainingCommand.Stop)
        {
            await executor.StopAsync(job.Name, TrainingStep.Grace, cancellationToken);
        }
        else if (command == TrainingCommand.Collect)
        {
            decision = await CollectAsync(job, report, decision, cancellationToken);
        }

        var changes = Changes(job, decision, readings);
        if (changes.Count > 0 && !await store.CommitAsync(lease, changes, cancellationToken))
        {
            return Next.Ended;
        }

        return decision.Progress.IsTerminal ? Next.Ended
            : command is TrainingCommand.Wait or TrainingCommand.Stop ? Next.Wait
            : Next.Again;
    }

    private async Task<TrainingDecision> SubmitAsync(TrainingJob job, TrainingDecision decision, CancellationToken cancellationToken)
    {
        try
        {
            await executor.SubmitAsync(Spec(job), cancellationToken);
            return decision;
        }
        catch (ExecutionRefusedException refusal)
        {
            return TrainingStep.Refused(decision.Progress, refusal.Message, time.GetUtcNow());
        }
    }

    private async Task<TrainingDecision> CollectAsync(
        TrainingJob job, ExecutionReport report, TrainingDecision decision, CancellationToken cancellationToken)
    {
        CollectedArtifacts? artifacts = null;
        string? problem = null;
        try
        {
            artifacts = await executor.CollectAsync(Spec(job), cancellationToken);
        }
        catch (Exception refusal) when (refusal is ExecutionRefusedException or IOException or UnauthorizedAccessException)
        {
            problem = $"the artifacts could not be stored under {job.Definition.OutputPath}: {refusal.Message}";
            CollectFailed(log, refusal, job.Name);
        }

        var end = TrainingStep.Finish(job, decision.Progress, report, artifacts, problem, time.GetUtcNow());
        return end with { Transitions = [.. decision.Transitions, .. end.Transitions] };
    }

    private static List<Change> Changes(TrainingJob job, TrainingDecision decision, IReadOnlyList<MetricReading> readings)
    {
        var changes = new List<Change>();
        if (readings.Count > 0)
        {
            changes.Add(new Change.AppendReadings(job.Id, readings));
        }

        if (!ReferenceEquals(decision.Progress, job.Progress) || decision.Transitions.Count > 0)
        {
            changes.Add(new Change.SetTrainingProgress(job.Id, decision.Progress, decision.Transitions));
        }

        if (decision.RequestStop is { } reason)
        {
            changes.Add(new Change.RequestTrainingStop(job.Id, reason, decision.Progress.LastModifiedTime));
        }

        return changes;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Training job {Name}: its artifacts could not be stored")]
    private static partial void CollectFailed(ILogger logger, Exception problem, string name);
}
