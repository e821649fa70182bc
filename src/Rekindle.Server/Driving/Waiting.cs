namespace Rekindle.Server.Driving;

/// <summary>Waits for the first of several things, and lets go of the others.</summary>
internal static class Waiting
{
    /// <summary>Completes when any of <paramref name="events"/> does or <paramref name="limit"/> has passed.</summary>
    public static async Task ForAnyAsync(IReadOnlyList<Task> events, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, time, done.Token);
        await Task.WhenAny([.. events, delay]);
        await done.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
