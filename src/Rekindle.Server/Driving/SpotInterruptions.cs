using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Driving;

/// <summary>
/// Looks who waits for what managed spot training has, and asks that to give way. It only writes the request into the row: the driver of the
/// training job carries it out, this server's or the next one's.
/// </summary>
internal sealed partial class SpotInterruptions(
    IStore store, IExecutor executor, DriverSignal signal, SpotOptions options, TimeProvider time, ILogger<SpotInterruptions> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Enabled)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(log, problem);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <summary>One look at who waits.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var load = executor.Load();
        if (!load.Executions.Any(execution => execution.WaitsFor.Count > 0)) return;
        var running = await ReadAsync(load.Executions.Where(execution => execution.WaitsFor.Count == 0), cancellationToken);
        if (!running.Any(job => job.Definition.ManagedSpot)) return;
        var waiting = await ReadAsync(load.Executions.Where(execution => execution.WaitsFor.Count > 0), cancellationToken);
        var jobs = running.Concat(waiting).ToDictionary(job => job.Name, StringComparer.Ordinal);
        foreach (var (spot, comer) in Preemption.Choose(load, jobs, options.MinimumRun, time.GetUtcNow()))
        {
            var message = $"The managed spot training was interrupted: the training job {comer.Name} waits for its place";
            if (!await store.RequestInterruptionAsync(spot.Id, message, time.GetUtcNow(), cancellationToken)) continue;
            Interrupting(log, spot.Name, comer.Name);
            signal.Raise();
        }
    }

    private async Task<List<TrainingJob>> ReadAsync(IEnumerable<ExecutionLoad> executions, CancellationToken cancellationToken)
    {
        var jobs = new List<TrainingJob>();
        foreach (var execution in executions)
        {
            if (await store.FindTrainingJobAsync(execution.Name, cancellationToken) is { } job && job.Name == execution.Name) jobs.Add(job);
        }

        return jobs;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Training job {Spot} gives way to {Waiting}")]
    private static partial void Interrupting(ILogger logger, string spot, string waiting);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Who waits for managed spot training could not be seen; trying again")]
    private static partial void Failed(ILogger logger, Exception problem);
}
