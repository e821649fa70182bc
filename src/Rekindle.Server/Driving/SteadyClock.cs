namespace Rekindle.Server.Driving;

/// <summary>The time as it was when this was made, and what has passed since by a clock that nobody sets. For limits, not for time stamps.</summary>
internal sealed class SteadyClock(TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _since = time.GetTimestamp();

    public DateTimeOffset UtcNow => _start + time.GetElapsedTime(_since);
}
