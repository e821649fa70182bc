using Microsoft.Extensions.Time.Testing;
using Rekindle.Server.Driving;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Driving;

public sealed class FollowingTests
{
    private readonly FakeTimeProvider _time = new(Given.Start);

    private static TrainingProgress Row => Given.TrainingJob(1).Progress;

    private static MetricReading Reading(long offset) => new("m", offset, offset, Given.Start);

    [Fact]
    public void A_metric_that_the_file_gives_is_the_files_alone_also_after_a_restart()
    {
        MetricDefinition[] metrics = [new("m", "m=([0-9.]+)"), new("other", "other=([0-9.]+)")];
        IReadOnlyList<LogLine> log = [new(0, "m=1 other=2")];
        var following = new Following(metrics, _time);
        Assert.Equal([1, 2], following.Read(log, [], Given.Start, default).Readings.Select(reading => reading.Value));
        Assert.Equal([2, 3], following.Read(log, [new(0, """{"m":3}""")], Given.Start, default).Readings.Select(reading => reading.Value));
        Assert.Equal([2], following.Read(log, [], Given.Start, default).Readings.Select(reading => reading.Value));
        var later = new Following(metrics, _time, fileCounts: new Dictionary<string, int> { ["m"] = 1 });
        Assert.Equal([2], later.Read(log, [], Given.Start, default).Readings.Select(reading => reading.Value));
    }

    [Fact]
    public void A_position_alone_is_stored_every_few_seconds()
    {
        var following = new Following([], _time);
        var stores = 0;
        for (var poll = 1; poll <= 100; poll++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(150));
            if (!following.Hold(Row, Row with { LogPosition = poll }, [])) continue;
            stores++;
            following.Stored();
        }

        Assert.InRange(stores, 1, 3);
    }

    [Fact]
    public void The_first_reading_is_stored_at_once_and_later_ones_once_a_second()
    {
        var following = new Following([], _time);
        Assert.True(following.Hold(Row, Row with { LogPosition = 1 }, [Reading(1)]));
        following.Stored();
        for (var poll = 2; poll <= 6; poll++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(150));
            Assert.False(following.Hold(Row, Row with { LogPosition = poll }, [Reading(poll)]));
        }

        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True(following.Hold(Row, Row with { LogPosition = 7 }, [Reading(7)]));
        Assert.Equal([2, 3, 4, 5, 6, 7], following.Pending.Select(reading => reading.Offset));
    }

    [Fact]
    public void What_is_held_is_part_of_the_row_until_it_is_stored()
    {
        var following = new Following([], _time);
        following.Hold(Row, Row with { LogPosition = 70, ObjectiveValue = 0.5 }, []);
        Assert.Equal((70, 0.5), (following.Complete(Given.TrainingJob(1)).Progress.LogPosition, following.Complete(Given.TrainingJob(1)).Progress.ObjectiveValue));
        following.Stored();
        Assert.Equal(0, following.Complete(Given.TrainingJob(1)).Progress.LogPosition);
        Assert.Empty(following.Pending);
    }

    [Fact]
    public void Nothing_new_is_never_stored()
    {
        var following = new Following([], _time);
        _time.Advance(TimeSpan.FromHours(1));
        var row = Row;
        Assert.False(following.Hold(row, row, []));
    }

    [Fact]
    public void A_flood_of_readings_does_not_wait_in_memory()
    {
        var following = new Following([], _time);
        following.Hold(Row, Row with { LogPosition = 1 }, [Reading(1)]);
        following.Stored();
        var flood = Enumerable.Range(2, 150_000).Select(i => Reading(i)).ToList();
        Assert.False(following.Hold(Row, Row with { LogPosition = 2 }, flood));
        Assert.InRange(following.Pending.Count, 400, 510);
        Assert.False(following.Hold(Row, Row with { LogPosition = 3 }, flood[..400]));
        Assert.True(following.Hold(Row, Row with { LogPosition = 4 }, flood[..400]));
    }

    [Fact]
    public void A_flood_of_readings_does_not_take_a_milestone_with_it()
    {
        var following = new Following([], _time, milestones: new HashSet<int> { 2, 6, 18 });
        following.Hold(Row, Row with { LogPosition = 1 }, [.. Enumerable.Range(1, 20_000).Select(i => Reading(i) with { Ordinal = i })]);

        Assert.Subset(following.Pending.Select(reading => reading.Ordinal).ToHashSet(), new HashSet<int> { 2, 6, 18 });
    }

    [Fact]
    public void What_could_not_be_stored_is_read_on_from_where_it_ended()
    {
        var following = new Following([], _time);
        following.Add([Reading(1)], Row with { LogPosition = 70 });

        Assert.Equal(70, following.Complete(Given.TrainingJob(1)).Progress.LogPosition);
    }

    [Fact]
    public void The_age_of_a_program_goes_on_steadily_whatever_the_clock_is_set_to()
    {
        var clock = new ClockOfOurs();
        var following = new Following([], clock);
        var job = Given.TrainingJob(1);
        job = job with { Progress = job.Progress with { TrainingStartTime = clock.GetUtcNow().AddMinutes(-10) } };
        var report = new ExecutionReport { State = ExecutionState.Running };
        job = job with { CreationTime = clock.GetUtcNow().AddMinutes(-20) };
        var before = following.RunningFor(job, report);
        var waited = following.SinceCreation(job);
        foreach (var hours in (int[])[1, -3])
        {
            clock.Set(TimeSpan.FromHours(hours));
            Assert.InRange((following.RunningFor(job, report) - before).TotalMinutes, 0, 5);
            Assert.InRange((following.SinceCreation(job) - waited).TotalMinutes, 0, 5);
        }

        Assert.InRange(before.TotalMinutes, 10, 15);
        Assert.InRange(waited.TotalMinutes, 20, 25);
    }
}
