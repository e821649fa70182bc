using Rekindle.Server.Executors;

namespace Rekindle.Server.Tests.Executors;

public sealed class SlotPoolTests
{
    [Fact]
    public async Task Slots_are_given_in_order_and_what_gave_up_waiting_takes_none()
    {
        var pool = new SlotPool(1);
        using var impatient = new CancellationTokenSource();
        Assert.True(pool.EnterAsync(CancellationToken.None).IsCompletedSuccessfully);
        var first = pool.EnterAsync(CancellationToken.None);
        var second = pool.EnterAsync(impatient.Token);
        var third = pool.EnterAsync(CancellationToken.None);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(first.IsCompleted);
        pool.Leave();
        await first;
        Assert.False(third.IsCompleted);
        pool.Leave();
        await third;
    }

    [Fact]
    public async Task Managed_spot_training_comes_after_all_others_that_wait()
    {
        var pool = new SlotPool(1);
        pool.Occupy();
        List<Task> waiting = [];
        foreach (var isSpot in (bool[])[true, false, true, false]) waiting.Add(pool.EnterAsync(CancellationToken.None, isSpot));
        foreach (var next in (int[])[1, 3, 0, 2])
        {
            Assert.False(waiting[next].IsCompleted);
            pool.Leave();
            await waiting[next];
        }
    }

    [Fact]
    public async Task What_runs_already_holds_slots_beyond_their_number()
    {
        var pool = new SlotPool(1);
        pool.Occupy();
        pool.Occupy();
        var next = pool.EnterAsync(CancellationToken.None);
        pool.Leave();
        Assert.False(next.IsCompleted);
        pool.Leave();
        await next;
    }
}
