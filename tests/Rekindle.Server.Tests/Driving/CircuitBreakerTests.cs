using System.ComponentModel;
using CsCheck;
using Rekindle.Server.Driving;

namespace Rekindle.Server.Tests.Driving;

/// <summary>When a place that can start nothing is left alone, and when it is tried again.</summary>
public sealed class CircuitBreakerTests
{
    [Fact]
    public void It_opens_at_the_fifth_failure_in_a_row()
    {
        var breaker = new CircuitBreaker();
        Assert.Equal([false, false, false, false, true], Fail(breaker, 5));
        Assert.False(breaker.Admits(At(29), false, out var problem));
        Assert.Equal("problem 4", problem);
    }

    [Fact]
    public void A_success_in_between_starts_the_count_anew()
    {
        var breaker = new CircuitBreaker();
        Fail(breaker, 4);
        Assert.False(breaker.Succeeded(At(0)));
        Fail(breaker, 4);
        Assert.False(breaker.IsOpen);
    }

    [Fact]
    public void One_at_a_time_tries_after_pauses_that_double_up_to_ten_minutes()
    {
        var breaker = new CircuitBreaker();
        Fail(breaker, 5);
        var now = 0.0;
        foreach (var pause in new[] { 30, 60, 120, 240, 480, 600, 600 })
        {
            Assert.False(breaker.Admits(At(now + pause - 0.1), false, out _));
            now += pause;
            Assert.True(breaker.Admits(At(now), false, out _));
            Assert.False(breaker.Admits(At(now + 1), false, out _), "There is one probe at a time.");
            Assert.False(breaker.Failed(At(now), "job", "still", At(now)));
        }

        Assert.True(breaker.Admits(At(now + 600), false, out _));
        Assert.True(breaker.Succeeded(At(now + 600)));
        Assert.True(breaker.Admits(At(now + 601), false, out _) && breaker.Admits(At(now + 601), false, out _));
    }

    [Fact]
    public void A_probe_that_tells_nothing_leaves_the_turn_to_the_next()
    {
        var breaker = new CircuitBreaker();
        Fail(breaker, 5);
        Assert.True(breaker.Admits(At(30), false, out _));
        breaker.Returned(At(30));
        Assert.True(breaker.IsOpen);
        Assert.True(breaker.Admits(At(30), false, out _));
    }

    [Fact]
    public void A_probe_that_nobody_answers_for_is_followed_by_another_after_a_pause()
    {
        var breaker = new CircuitBreaker();
        Fail(breaker, 5);
        Assert.True(breaker.Admits(At(30), false, out _));
        Assert.True(breaker.Admits(At(60), false, out _));
    }

    [Fact]
    public void What_began_before_it_opened_neither_closes_it_nor_puts_the_next_probe_off()
    {
        var breaker = new CircuitBreaker();
        for (var number = 0; number < 5; number++) breaker.Failed(At(number), "job", "no", At(10));
        Assert.False(breaker.Succeeded(At(10)));
        Assert.False(breaker.Failed(At(9), "job", "late", At(11)));
        Assert.True(breaker.IsOpen);
        Assert.True(breaker.Admits(At(40), false, out var problem));
        Assert.Equal("no", problem);
    }

    /// <summary>Whatever comes of a probe, the next is never further than the longest pause, and never two at once.</summary>
    [Fact]
    public void However_it_goes_it_is_tried_again_and_by_one() => Gen.Int[0, 3].Array[1, 60].Sample(steps =>
    {
        var breaker = new CircuitBreaker();
        Fail(breaker, 5);
        var now = 0.0;
        foreach (var step in steps)
        {
            now += 600;
            Assert.True(breaker.Admits(At(now), false, out _));
            if (breaker.IsOpen) Assert.False(breaker.Admits(At(now), false, out _));
            if (step == 0) breaker.Succeeded(At(now));
            else if (step == 1) breaker.Returned(At(now));
            else if (step == 2) breaker.Failed(At(now), "job", "no", At(now));
        }
    });

    [Fact]
    public void One_that_was_never_tried_is_tried_at_once_and_puts_no_probe_off()
    {
        var breaker = new CircuitBreaker();
        Fail(breaker, 5);
        Assert.True(breaker.Admits(At(10), true, out _));
        Assert.False(breaker.Failed(At(10), "job", "no", At(10)));
        Assert.True(breaker.Admits(At(30), false, out _));
        Assert.True(breaker.Admits(At(31), true, out _));
        Assert.True(breaker.Succeeded(At(31)));
    }

    [Fact]
    public void Failures_of_one_training_job_alone_are_told_from_those_of_several()
    {
        var breaker = new CircuitBreaker();
        Fail(breaker, 5);
        Assert.False(breaker.IsOfSeveral);
        breaker.Failed(At(1), "another", "no", At(1));
        Assert.True(breaker.IsOfSeveral);
        breaker.Succeeded(At(1));
        breaker.Failed(At(2), "another", "no", At(2));
        Assert.False(breaker.IsOfSeveral);
    }

    [Theory]
    [InlineData(28, "no space is left on a disk")]
    [InlineData(122, "a disk quota is exceeded")]
    [InlineData(39, null)]
    [InlineData(2, null)]
    public void A_full_disk_is_the_places_problem_and_a_folder_in_the_way_may_be_the_training_jobs(int error, string? problem) =>
        Assert.Equal(problem, CircuitBreakers.ProblemOfPlace(new IOException("said with a path: '/data/x'", error)));

    [Fact]
    public void What_is_known_of_no_place_is_the_training_jobs_own() => Assert.All(
        [new UnauthorizedAccessException(), new InvalidDataException(), new InvalidOperationException(), new Win32Exception(7)],
        (Exception problem) => Assert.Null(CircuitBreakers.ProblemOfPlace(problem)));

    private static bool[] Fail(CircuitBreaker breaker, int times) =>
        [.. Enumerable.Range(0, times).Select(number => breaker.Failed(At(0), "job", $"problem {number}", At(0)))];

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
