using Rekindle.Server.Executors;
using Rekindle.Server.Executors.Local;

namespace Rekindle.Server.Tests.Executors.Local;

public sealed class ProcessTableTests
{
    [Theory]
    [InlineData("42 (sh) S 7 8 9 0 -1 4194368 21 0 0 0 0 0 0 0 20 0 1 0 154696 2654208", 154696)]
    [InlineData("42 (a) S 1 1 (b c) S 7 8 9 0 -1 4194368 21 0 0 0 0 0 0 0 20 0 1 0 5 2654208", 5)]
    public void Parses_a_line_whatever_the_command_is_called(string stat, long start) =>
        Assert.Equal(new ProcessEntry(new ProcessIdentity(42, start), 'S', 7, 8, 9), ProcessTable.Parse(stat));

    [Theory]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("42 (sh) S 7")]
    [InlineData("x (sh) S 7 8 9 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 5 0")]
    public void What_is_cut_off_or_malformed_is_nobody(string stat) => Assert.Null(ProcessTable.Parse(stat));

    [Fact]
    public void A_process_of_another_start_time_is_another_process()
    {
        var self = ProcessTable.Find(Environment.ProcessId)!.Value.Identity;
        Assert.True(ProcessTable.IsAlive(self));
        Assert.False(ProcessTable.IsAlive(self with { StartTime = self.StartTime - 1 }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Everyone_init_and_groups_by_accident_are_never_signalled(int pid)
    {
        Assert.False(Native.Signal(pid, 0));
        Assert.False(Native.SignalGroup(pid, 0));
    }

    [Fact]
    public void The_own_group_is_never_signalled() =>
        Assert.False(Native.SignalGroup(ProcessTable.Find(Environment.ProcessId)!.Value.Group, 0));
}
