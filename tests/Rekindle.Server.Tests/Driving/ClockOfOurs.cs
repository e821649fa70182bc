namespace Rekindle.Server.Tests.Driving;

/// <summary>A clock that can be set, as those of machines are, and whose waits may be short. What has passed is measured truly.</summary>
internal sealed class ClockOfOurs(int speed = 1) : TimeProvider
{
    private long _offset;

    public void Set(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _offset));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / speed : dueTime, period);
}
