namespace Rekindle.Server.Driving;

/// <summary>
/// Wakes drivers of this process early. Only a convenience: a driver that misses a signal finds the change at its next look, since rows
/// are the only truth.
/// </summary>
internal sealed class DriverSignal
{
    private volatile TaskCompletionSource _next = New();

    /// <summary>Completes at the next <see cref="Raise"/>. Take it before reading what the signal is about.</summary>
    public Task Next => _next.Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
