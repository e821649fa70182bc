using Microsoft.Extensions.Time.Testing;
using Rekindle.Server.Operations;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Operations;

public sealed class LogTimesTests
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Began);

    [Fact]
    public void A_line_of_a_running_program_has_the_time_at_which_it_was_read_first_and_keeps_it()
    {
        var times = new LogTimes(_time);
        var running = Job(null);
        _time.Advance(TimeSpan.FromMinutes(20));
        var first = times.Of(running, [new LogLine(0, "a"), new LogLine(2, "b")], 4);
        _time.Advance(TimeSpan.FromSeconds(5));
        var second = times.Of(running, [new LogLine(0, "a"), new LogLine(2, "b"), new LogLine(4, "c")], 6);
        _time.Advance(TimeSpan.FromSeconds(5));
        var ended = Job(_time.GetUtcNow());
        var third = times.Of(ended, [new LogLine(0, "a"), new LogLine(4, "c"), new LogLine(6, "unread")], 8);

        Assert.Equal([At(1200), At(1200)], first);
        Assert.Equal([At(1200), At(1200), At(1205)], second);
        Assert.Equal([At(1200), At(1205), At(1210)], third);
        Assert.Equal(At(1210), times.Latest(ended));
    }

    [Fact]
    public void A_line_that_nobody_read_has_the_time_of_the_end()
    {
        var times = new LogTimes(_time);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal([At(60)], times.Of(Job(Began.AddSeconds(60)), [new LogLine(0, "a")], 2));
    }

    [Fact]
    public void No_line_is_older_than_the_one_before_when_the_clock_is_set_back()
    {
        var times = new LogTimes(_time);
        var running = Job(null);
        _time.Advance(TimeSpan.FromSeconds(100));
        _ = times.Of(running, [new LogLine(0, "a")], 2);
        _time.AdjustTime(Began.AddSeconds(50));
        Assert.Equal([At(100), At(100)], times.Of(running, [new LogLine(0, "a"), new LogLine(2, "b")], 4));
    }

    private static long At(int seconds) => Began.AddSeconds(seconds).ToUnixTimeMilliseconds();

    private static TrainingJob Job(DateTimeOffset? ended) => new()
    {
        Id = 7,
        Name = "job",
        Arn = "arn",
        Definition = new TrainingDefinition { Image = "image", OutputPath = "s3://b/out" },
        HyperParameters = new Dictionary<string, string>(),
        CreationTime = Began,
        Progress = new TrainingProgress
        {
            Status = ended is null ? TrainingJobStatus.InProgress : TrainingJobStatus.Completed,
            Secondary = ended is null ? SecondaryStatus.Training : SecondaryStatus.Completed,
            LastModifiedTime = Began,
            TrainingStartTime = Began,
            TrainingEndTime = ended,
        },
    };
}
