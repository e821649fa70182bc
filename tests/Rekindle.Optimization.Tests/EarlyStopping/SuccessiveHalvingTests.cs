using CsCheck;
using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Optimization.Tests.EarlyStopping;

public sealed class SuccessiveHalvingTests
{
    /// <summary>Rungs 1, 3, 9, 20.</summary>
    private static readonly SuccessiveHalving Rule = new(Goal.Minimize, 1, 20);

    /// <summary>Curves that reported at 1, 2, … of some evaluations of one job, in the order in which they came.</summary>
    private static readonly Gen<LearningCurve[]> Curves =
        from lengths in Gen.Int[1, 25].Array[1, 12]
        from values in Gen.OneOf(Gen.Double[-1, 1], Gen.Const(0.5), Gen.Const(double.NaN), Gen.Const(double.PositiveInfinity)).Array[25].Array[12]
        from orders in Gen.Int[0, 60].Array[25].Array[12]
        select lengths.Select((length, i) => new LearningCurve(
            [.. Enumerable.Range(0, length).Zip(orders[i].Order(), (k, order) => new Reading(k + 1, values[i][k], order))],
            RanToEnd: false)).ToArray();

    [Theory]
    [InlineData(1, 20, "1 3 9 20")]
    [InlineData(1, 1, "1")]
    [InlineData(2, 54, "2 6 18 54")]
    [InlineData(5, 7, "5 7")]
    [InlineData(0.5, 5, "0.5 1.5 4.5 5")]
    public void Rungs_grow_threefold_up_to_the_most(double least, double most, string rungs) =>
        Assert.Equal(rungs, string.Join(' ', new SuccessiveHalving(Goal.Minimize, least, most).Rungs));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(2, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(1, double.PositiveInfinity)]
    public void Bounds_that_make_no_rungs_are_refused(double least, double most) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SuccessiveHalving(Goal.Minimize, least, most));

    [Theory]
    [InlineData(0, 0, HalvingDecision.Continue)]
    [InlineData(1, 1, HalvingDecision.Stop)]
    [InlineData(2, 1, HalvingDecision.Stop)]
    [InlineData(3, 1, HalvingDecision.Continue)]
    [InlineData(3, 2, HalvingDecision.Stop)]
    [InlineData(6, 2, HalvingDecision.Continue)]
    [InlineData(6, 3, HalvingDecision.Stop)]
    [InlineData(9, 0, HalvingDecision.Continue)]
    public void The_best_third_of_those_at_the_rung_runs_on(int others, int better, HalvingDecision expected)
    {
        var curves = Enumerable.Range(0, others).Select(i => Flat(1, i < better ? 0.1 : 0.9)).ToList();

        Assert.Equal(expected, Rule.Decide(Flat(1, 0.5), curves));
        Assert.Equal(expected, new SuccessiveHalving(Goal.Maximize, 1, 20).Decide(Flat(1, -0.5), [.. curves.Select(Negated)]));
    }

    [Fact]
    public void Equal_values_do_not_stop_each_other() =>
        Assert.Equal(HalvingDecision.Continue, Rule.Decide(Flat(1, 0.5), [.. Enumerable.Repeat(Flat(1, 0.5), 20)]));

    [Fact]
    public void Only_the_values_at_the_rung_are_compared()
    {
        // Worse at 3, better everywhere else.
        var current = Curve(0, 0, 0.9, 0, 0);

        Assert.Equal(HalvingDecision.Stop, Rule.Decide(current, [Curve(0.5, 0.5, 0.5)]));
        Assert.Equal(HalvingDecision.Continue, Rule.Decide(Curve(0, 9, 0.4, 9, 9), [Curve(0.5, 0.5, 0.5, 0, 0)]));
    }

    [Fact]
    public void The_first_report_at_a_rung_or_beyond_counts_when_reports_are_rare()
    {
        var rare = new LearningCurve([new Reading(2, 0.9), new Reading(4, 0.2)], RanToEnd: false);

        // 0.9 stands for rung 1, 0.2 for rung 3.
        Assert.Equal(HalvingDecision.Stop, Rule.Decide(rare, [Curve(0.5)]));
        Assert.Equal(HalvingDecision.Continue, Rule.Decide(rare, [Curve(0.95, 0, 0.3)]));
        Assert.Equal(HalvingDecision.Stop, Rule.Decide(rare, [Curve(0.95, 0.95, 0.1)]));
    }

    [Fact]
    public void What_comes_later_to_a_rung_turns_no_verdict_round()
    {
        var early = new LearningCurve([new Reading(1, 0.5, Order: 1), new Reading(2, 0.5, Order: 9)], RanToEnd: false);
        var late = new LearningCurve([new Reading(1, 0.1, Order: 5)], RanToEnd: false);

        Assert.Equal(HalvingDecision.Continue, Rule.Decide(early, [late]));
        Assert.Equal(HalvingDecision.Continue, Rule.Decide(late, [early]));
        Assert.Equal(HalvingDecision.Stop, Rule.Decide(early, [late with { Readings = [new Reading(1, 0.1, Order: 0)] }]));
    }

    [Fact]
    public void Who_reaches_the_most_has_finished_however_bad() =>
        Assert.Equal(HalvingDecision.Finished, Rule.Decide(Flat(20, 9), [.. Enumerable.Repeat(Flat(20, 0), 9)]));

    [Fact]
    public void A_verdict_at_a_rung_stays_when_the_evaluation_runs_on() =>
        Assert.Equal(HalvingDecision.Stop, Rule.Decide(Curve(0.9, 0, 0, 0, 0, 0, 0, 0, 0), [Flat(12, 0.5)]));

    [Fact]
    public void A_better_curve_is_never_stopped_where_a_worse_one_runs_on() =>
        Gen.Select(Curves, Gen.Double[0, 2].Array[25]).Sample((curves, gains) =>
        {
            var better = curves[0] with { Readings = [.. curves[0].Readings.Select((r, k) => r with { Value = r.Value - gains[k] })] };
            if (Rule.Decide(curves[0], curves[1..]) != HalvingDecision.Stop)
                Assert.NotEqual(HalvingDecision.Stop, Rule.Decide(better, curves[1..]));
        });

    [Fact]
    public void Nothing_is_stopped_before_the_least_resource() =>
        Gen.Select(Curves, Gen.Int[2, 25]).Sample((curves, least) =>
        {
            var rule = new SuccessiveHalving(Goal.Minimize, least, 25);
            if (curves[0].Readings[^1].Resource < least) Assert.Equal(HalvingDecision.Continue, rule.Decide(curves[0], curves[1..]));
        });

    [Fact]
    public void The_best_at_every_rung_is_never_stopped() =>
        Curves.Sample(curves =>
        {
            var best = curves[0] with { Readings = [.. curves[0].Readings.Select(r => r with { Value = -1.5 })] };
            Assert.NotEqual(HalvingDecision.Stop, Rule.Decide(best, curves[1..]));
        });

    [Fact]
    public void Neither_the_order_of_the_others_nor_what_came_later_matters() =>
        Gen.Select(Curves, Gen.ULong).Sample((curves, seed) =>
        {
            var expected = Rule.Decide(curves[0], curves[1..]);
            var others = curves[1..];
            new Random((int)(seed % int.MaxValue)).Shuffle(others);
            Assert.Equal(expected, Rule.Decide(curves[0], others));

            // All that was reported after the current evaluation's last report.
            var last = curves[0].Readings[^1].Order;
            var known = others.Select(c => c with { Readings = [.. c.Readings.TakeWhile(r => r.Order <= last)] });
            Assert.Equal(expected, Rule.Decide(curves[0], [.. known]));
        });

    private static LearningCurve Flat(int steps, double value) => Curve([.. Enumerable.Repeat(value, steps)]);

    private static LearningCurve Curve(params double[] values) => new([.. values.Select((v, k) => new Reading(k + 1, v))], RanToEnd: false);

    private static LearningCurve Negated(LearningCurve curve) =>
        curve with { Readings = [.. curve.Readings.Select(r => r with { Value = -r.Value })] };
}
