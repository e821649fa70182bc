using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Driving;

/// <summary>
/// Frees the disk of what ended training jobs worked on. Only a training job whose row is terminal is done with it: until then its
/// artifacts may have to be collected again. Looks at the executions that are there, so that a kill at any point loses nothing.
/// </summary>
internal sealed partial class FinishedWork(IStore store, IExecutor executor, TimeProvider time, ILogger<FinishedWork> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await DiscardAsync(stoppingToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(log, problem);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <summary>One look at all executions.</summary>
    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        // The execution is known before its row is read: should the name be given away in between, nothing is discarded.
        foreach (var execution in executor.FindLeftWork())
        {
            if (await store.FindTrainingJobAsync(execution.Name, cancellationToken) is { IsTerminal: true })
            {
                await executor.DiscardWorkAsync(execution, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What ended training jobs left could not be removed; trying again")]
    private static partial void Failed(ILogger logger, Exception problem);
}
