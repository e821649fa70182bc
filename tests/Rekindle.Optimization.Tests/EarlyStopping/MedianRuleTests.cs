using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Optimization.Tests.EarlyStopping;

public sealed class MedianRuleTests
{
    /// <summary>Five evaluations of ten steps that fall from 1 to 0.1, each a little worse than the one before.</summary>
    private static readonly LearningCurve[] Five = [.. Enumerable.Range(0, 5).Select(i => Falling(10, 0.01 * i))];

    [Fact]
    public void What_is_worse_than_the_median_of_running_means_is_stopped()
    {
        // Running means at step 4: (1 + 0.9 + 0.8 + 0.7) / 4 = 0.85, and 0.01 more each; their median is 0.87.
        Assert.True(MedianRule.ShouldStop(Goal.Minimize, Flat(4, 0.8701), Five));
        Assert.False(MedianRule.ShouldStop(Goal.Minimize, Flat(4, 0.8699), Five));
    }

    [Fact]
    public void The_direction_of_the_objective_counts()
    {
        var rising = Five.Select(Negated).ToList();

        Assert.True(MedianRule.ShouldStop(Goal.Maximize, Flat(4, -0.8701), rising));
        Assert.False(MedianRule.ShouldStop(Goal.Maximize, Flat(4, -0.8699), rising));
    }

    [Fact]
    public void The_median_of_an_even_number_lies_between_the_two_in_the_middle()
    {
        // Running means at step 4: 0.85, 0.86, 0.87, 0.88, 0.89, 0.90.
        LearningCurve[] six = [.. Five, Falling(10, 0.05)];

        Assert.True(MedianRule.ShouldStop(Goal.Minimize, Flat(4, 0.8751), six));
        Assert.False(MedianRule.ShouldStop(Goal.Minimize, Flat(4, 0.8749), six));
        Assert.False(MedianRule.ShouldStop(Goal.Minimize, Flat(4, 0.8701), six));
        Assert.True(MedianRule.ShouldStop(Goal.Maximize, Flat(4, -0.8751), [.. six.Select(Negated)]));
        Assert.False(MedianRule.ShouldStop(Goal.Maximize, Flat(4, -0.8749), [.. six.Select(Negated)]));
    }

    [Fact]
    public void Only_the_newest_value_counts_of_the_current_evaluation()
    {
        var recovering = new LearningCurve([new Reading(1, 9), new Reading(2, 9), new Reading(3, 9), new Reading(4, 0.8)], RanToEnd: false);

        Assert.False(MedianRule.ShouldStop(Goal.Minimize, recovering, Five));
    }

    [Fact]
    public void Nothing_is_stopped_with_less_than_five_to_compare_with()
    {
        Assert.False(MedianRule.ShouldStop(Goal.Minimize, Flat(4, 100), Five[..4]));

        // The fifth one has not come as far.
        Assert.False(MedianRule.ShouldStop(Goal.Minimize, Flat(4, 100), [.. Five[..4], Falling(3, 0) with { RanToEnd = false }]));
        Assert.True(MedianRule.ShouldStop(Goal.Minimize, Flat(4, 100), [.. Five[..4], Falling(4, 0) with { RanToEnd = false }]));
    }

    [Fact]
    public void The_first_quarter_of_a_whole_evaluation_is_free()
    {
        Assert.False(MedianRule.ShouldStop(Goal.Minimize, Flat(2, 100), Five));
        Assert.True(MedianRule.ShouldStop(Goal.Minimize, Flat(3, 100), Five));
    }

    [Fact]
    public void Nothing_is_stopped_before_one_has_run_to_its_end()
    {
        var running = Five.Select(curve => curve with { RanToEnd = false }).ToList();

        Assert.False(MedianRule.ShouldStop(Goal.Minimize, Flat(9, 100), running));
        Assert.True(MedianRule.ShouldStop(Goal.Minimize, Flat(9, 100), [Five[0], .. running[1..]]));
    }

    [Fact]
    public void Evaluations_that_were_stopped_do_not_shorten_the_free_quarter()
    {
        var stopped = Enumerable.Range(0, 9).Select(i => Falling(3, 1 + i) with { RanToEnd = false });

        Assert.False(MedianRule.ShouldStop(Goal.Minimize, Flat(2, 100), [.. Five, .. stopped]));
    }

    [Fact]
    public void Whoever_holds_the_best_value_runs_on()
    {
        var best = new LearningCurve([new Reading(1, 0.01), new Reading(4, 100)], RanToEnd: false);

        Assert.False(MedianRule.ShouldStop(Goal.Minimize, best, Five));
    }

    [Fact]
    public void Values_that_are_not_finite_stop_nothing_and_are_passed_over()
    {
        var spoilt = Five.Select(curve => curve with { Readings = [.. curve.Readings, new Reading(11, double.NaN)] }).ToList();

        Assert.False(MedianRule.ShouldStop(Goal.Minimize, Flat(4, double.NaN), Five));
        Assert.False(MedianRule.ShouldStop(Goal.Minimize, new LearningCurve([], RanToEnd: false), Five));
        Assert.True(MedianRule.ShouldStop(Goal.Minimize, Flat(4, 0.8701), spoilt));
        Assert.False(MedianRule.ShouldStop(Goal.Minimize, Flat(11, 100), spoilt));
    }

    [Fact]
    public void Who_missed_readings_judges_by_the_last_one_that_enough_others_have_come_to()
    {
        // 20 steps, the others have 10: hopeless at the tenth, and not better since.
        var beyond = Beyond(newest: 50);

        Assert.False(MedianRule.ShouldStop(Goal.Minimize, beyond, Five));
        Assert.True(MedianRule.ShouldStopBelatedly(Goal.Minimize, beyond, Five));
        Assert.False(MedianRule.ShouldStopBelatedly(Goal.Minimize, beyond, Five[..4]));
        // Who holds the best value runs on, also when it came later.
        var recovered = beyond with { Readings = [.. beyond.Readings.Select(r => r.Resource == 15 ? r with { Value = 0.01 } : r)] };
        Assert.False(MedianRule.ShouldStopBelatedly(Goal.Minimize, recovered, Five));
    }

    [Fact]
    public void Who_was_behind_and_has_come_better_than_the_median_since_runs_on()
    {
        // Running means at step 10: (1 + ... + 0.1) / 10 = 0.55, and 0.01 more each; their median is 0.57.
        Assert.True(MedianRule.ShouldStopBelatedly(Goal.Minimize, Beyond(newest: 0.5701), Five));
        Assert.False(MedianRule.ShouldStopBelatedly(Goal.Minimize, Beyond(newest: 0.5699), Five));
        Assert.True(MedianRule.ShouldStopBelatedly(Goal.Maximize, Negated(Beyond(newest: 0.5701)), [.. Five.Select(Negated)]));
        Assert.False(MedianRule.ShouldStopBelatedly(Goal.Maximize, Negated(Beyond(newest: 0.5699)), [.. Five.Select(Negated)]));
    }

    [Fact]
    public void A_curve_that_is_added_to_or_copied_with_other_readings_is_judged_by_what_it_has_now()
    {
        var readings = new List<Reading> { new(1, 0.1), new(2, 0.1), new(3, 0.1), new(4, 0.1) };
        var curve = new LearningCurve(readings, RanToEnd: false);
        Assert.False(MedianRule.ShouldStop(Goal.Minimize, curve, Five));

        readings.Add(new Reading(5, 100));
        Assert.True(MedianRule.ShouldStop(Goal.Minimize, curve, [.. Five, Flat(5, 0.01)]));
        Assert.False(MedianRule.ShouldStop(Goal.Minimize, curve with { Readings = readings[..4] }, [.. Five, Flat(5, 0.01)]));
        Assert.Equal(new LearningCurve(readings, RanToEnd: false), curve);
    }

    [Theory]
    [InlineData(2, 100)]
    [InlineData(3, 100)]
    [InlineData(4, 0.8701)]
    [InlineData(4, 0.8699)]
    [InlineData(10, 0.5)]
    public void Who_missed_nothing_judges_by_the_newest(int steps, double value) => Assert.Equal(
        MedianRule.ShouldStop(Goal.Minimize, Flat(steps, value), Five), MedianRule.ShouldStopBelatedly(Goal.Minimize, Flat(steps, value), Five));

    /// <summary>20 steps, the others have 10: far behind at the tenth.</summary>
    private static LearningCurve Beyond(double newest) =>
        new([.. Enumerable.Range(1, 20).Select(e => new Reading(e, e <= 10 ? 100 : newest))], RanToEnd: false);

    private static LearningCurve Falling(int steps, double worse) =>
        new([.. Enumerable.Range(1, steps).Select(e => new Reading(e, 1.1 - (0.1 * e) + worse))], RanToEnd: true);

    private static LearningCurve Flat(int steps, double value) =>
        new([.. Enumerable.Range(1, steps).Select(e => new Reading(e, value))], RanToEnd: false);

    private static LearningCurve Negated(LearningCurve curve) =>
        curve with { Readings = [.. curve.Readings.Select(r => r with { Value = -r.Value })] };
}
