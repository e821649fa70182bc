using Rekindle.Server.Storage;

namespace Rekindle.Server.Driving;

/// <param name="Node">Names this data folder's server across restarts; the lives of one node never overlap.</param>
/// <param name="LeaseTime">How long a silent driver keeps its jobs from others.</param>
internal sealed record DrivingOptions(string Node, TimeSpan LeaseTime)
{
    public static DrivingOptions Default { get; } = new(Environment.MachineName, TimeSpan.FromSeconds(15));
}

/// <summary>Claims jobs whose lease is free and drives each until it ends or the lease is lost.</summary>
internal sealed partial class JobDrivers(
    IStore store,
    TuningDriver tuningDriver,
    TrainingDriver trainingDriver,
    DriverSignal signal,
    DrivingOptions options,
    TimeProvider time,
    ILogger<JobDrivers> log) : BackgroundService
{
    private readonly string _owner = $"{options.Node}/{Guid.NewGuid():N}";
    private readonly Dictionary<(LeaseKind, long), Driven> _driven = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // This process holds the node's lock, so whoever drove under this node's name before is dead: no need to wait for its leases.
        await store.ReleaseAsync($"{options.Node}/", stoppingToken);
        try
        {
            while (true)
            {
                var signalled = signal.Next;
                await ClaimAsync(stoppingToken);
                await Waiting.ForAnyAsync([signalled], options.LeaseTime / 3, time, stoppingToken);
            }
        }
        finally
        {
            await EndAllAsync();
        }
    }

    private async Task ClaimAsync(CancellationToken stoppingToken)
    {
        try
        {
            var leases = await store.ClaimAsync(_owner, options.LeaseTime, stoppingToken);
            var held = leases.ToDictionary(lease => (lease.Kind, lease.Id));
            foreach (var (key, driven) in _driven.ToList())
            {
                if (driven.Work.IsCompleted)
                {
                    await driven.EndAsync();
                    _driven.Remove(key);
                }
                else if (!held.TryGetValue(key, out var lease) || lease.Epoch != driven.Lease.Epoch)
                {
                    // Not waited for: the leases of all other jobs have to be renewed meanwhile. It is started anew when it has ended.
                    await driven.Stop.CancelAsync();
                }
            }

            foreach (var lease in leases)
            {
                if (!_driven.ContainsKey((lease.Kind, lease.Id)))
                {
                    _driven[(lease.Kind, lease.Id)] = Driven.Start(lease, Drive, stoppingToken);
                }
            }
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            ClaimFailed(log, problem);
        }
    }

    private Task Drive(Lease lease, CancellationToken cancellationToken) => lease.Kind == LeaseKind.TuningJob
        ? tuningDriver.DriveAsync(lease, cancellationToken)
        : trainingDriver.DriveAsync(lease, lease.Id, null, cancellationToken);

    private async Task EndAllAsync()
    {
        foreach (var driven in _driven.Values)
        {
            await driven.Stop.CancelAsync();
        }

        foreach (var driven in _driven.Values)
        {
            await driven.EndAsync();
        }

        _driven.Clear();
        try
        {
            await store.ReleaseAsync(_owner, CancellationToken.None);
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            // The leases run out by themselves.
            ReleaseFailed(log, problem);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Claiming jobs failed; trying again")]
    private static partial void ClaimFailed(ILogger logger, Exception problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The leases could not be released; they run out by themselves")]
    private static partial void ReleaseFailed(ILogger logger, Exception problem);

    private sealed record Driven(Lease Lease, Task Work, CancellationTokenSource Stop)
    {
        public static Driven Start(Lease lease, Func<Lease, CancellationToken, Task> drive, CancellationToken stoppingToken)
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            return new Driven(lease, Task.Run(() => drive(lease, stop.Token), CancellationToken.None), stop);
        }

        public async Task EndAsync()
        {
            await Stop.CancelAsync();
            await Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Stop.Dispose();
        }
    }
}
