using System.Text.Json;
using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Optimization.Tests;

/// <summary>What a <see cref="Tuner"/> makes of reports on the way.</summary>
public sealed class TunerReportTests
{
    private static readonly TuningProblem Problem = new(new SearchSpace([new ContinuousParameter("x", 0, 1)]), Goal.Maximize, maxTrainingJobs: 30, maxParallel: 4);

    [Theory]
    [InlineData(true, ReportDecision.Stop)]
    [InlineData(false, ReportDecision.Continue)]
    public void By_the_median_rule_what_is_worse_than_the_others_is_to_stop_if_that_is_wanted(bool stopEarly, ReportDecision expected)
    {
        var tuner = new Tuner(Problem, new TunerOptions { StopEarly = stopEarly });
        for (var i = 0; i < MedianRule.LeastComparable; i++) RunWhole(tuner, 0.5 + (0.01 * i));

        var bad = tuner.Ask()!;
        Assert.Equal(expected, tuner.Report(bad, 1, 0.1));
        // The first answer counts, and a later one may be another.
        Assert.Equal(ReportDecision.Continue, tuner.Report(bad, 2, 0.9));
        Assert.Equal(stopEarly, bad.WasStoppedEarly);
        tuner.Tell(bad, 0.9);

        var good = tuner.Ask()!;
        Assert.Equal(ReportDecision.Continue, tuner.Report(good, 1, 0.6));
        Assert.False(good.WasStoppedEarly);
        Assert.Equal([(1, 0.1), (2, 0.9)], bad.Readings.Select(reading => (reading.Resource, reading.Value)));
    }

    [Fact]
    public void With_Hyperband_the_best_third_goes_on_and_all_end_with_the_most_resource()
    {
        var tuner = new Tuner(Problem, new TunerOptions { Strategy = problem => new HyperbandStrategy(problem, new SuccessiveHalving(Goal.Maximize, 1, 3)) });
        var evaluations = Enumerable.Range(0, 4).Select(_ => tuner.Ask()!).ToList();

        Assert.Equal(ReportDecision.Continue, tuner.Report(evaluations[0], 1, 0.5));
        Assert.Equal(ReportDecision.Stop, tuner.Report(evaluations[1], 1, 0.4));
        Assert.Equal(ReportDecision.Continue, tuner.Report(evaluations[2], 1, 0.6));
        Assert.Equal(ReportDecision.Continue, tuner.Report(evaluations[2], 2, double.NaN));
        Assert.Equal(ReportDecision.Stop, tuner.Report(evaluations[2], 3, 0.7));
        Assert.Equal([false, true, false, false], evaluations.Select(evaluation => evaluation.WasStoppedEarly));
    }

    [Fact]
    public void The_strategy_hears_of_reports_and_of_what_was_stopped_early()
    {
        var spy = new Spy();
        var tuner = new Tuner(Problem, new TunerOptions { StopEarly = true, Strategy = _ => spy });
        for (var i = 0; i < MedianRule.LeastComparable; i++) RunWhole(tuner, 0.5);
        var (bad, running) = (tuner.Ask()!, tuner.Ask()!);
        _ = tuner.Report(bad, 1, 0.1);
        _ = tuner.Report(running, 1, 0.7);
        tuner.Tell(bad, 0.1);
        _ = tuner.Ask();

        Assert.Equal([false, false, false, false, false, true], spy.Seen.Completed.Select(o => o.StoppedEarly));
        Assert.Equal([1.0, 2, 3], spy.Seen.Completed[0].Readings.Select(reading => reading.Resource));
        Assert.Equal([0.7], Assert.Single(spy.Seen.PendingReadings).Select(reading => reading.Value));
    }

    [Fact]
    public async Task Reports_and_stops_are_saved_and_what_ran_reports_anew()
    {
        var tuner = new Tuner(Problem, new TunerOptions { StopEarly = true });
        for (var i = 0; i < MedianRule.LeastComparable; i++) RunWhole(tuner, 0.5);
        var (bad, running) = (tuner.Ask()!, tuner.Ask()!);
        _ = tuner.Report(bad, 1, 0.1);
        _ = tuner.Report(bad, 2, double.NaN);
        tuner.Tell(bad, 0.1);
        _ = tuner.Report(running, 1, 0.2);

        using var stream = new MemoryStream();
        await tuner.Save().WriteAsync(stream, TestContext.Current.CancellationToken);
        stream.Position = 0;
        var saved = await TuningRecord.ReadAsync(stream, TestContext.Current.CancellationToken);
        var resumed = new Tuner(Problem, new TunerOptions { StopEarly = true, Resume = saved });

        Assert.Equal(tuner.Evaluations.Take(5).Select(each => each.Readings), resumed.Evaluations.Take(5).Select(each => each.Readings));
        Assert.True(resumed.Evaluations[5].WasStoppedEarly);
        Assert.Equal([0.1], resumed.Evaluations[5].Readings.Select(reading => reading.Value));
        var again = resumed.Ask()!;
        Assert.Equal((running.Number, 0, false), (again.Number, again.Readings.Count, again.WasStoppedEarly));
        Assert.Equal(ReportDecision.Stop, resumed.Report(again, 1, 0.2));
        Assert.True(again.Readings[0].Order > resumed.Evaluations[4].Readings[^1].Order);
        Assert.Equal([false, false, false, false, false, true], saved.ToParent(Goal.Maximize).Observations.Select(o => o.StoppedEarly));
    }

    [Fact]
    public void A_report_that_can_not_be_is_refused()
    {
        var tuner = new Tuner(Problem, new TunerOptions { StopEarly = true });
        var evaluation = tuner.Ask()!;
        Assert.All((double[])[0, -1, double.NaN, double.PositiveInfinity], odd =>
            Assert.Throws<ArgumentOutOfRangeException>("resource", () => tuner.Report(evaluation, odd, 1)));
        _ = tuner.Report(evaluation, 2, 1);
        Assert.Throws<ArgumentOutOfRangeException>("resource", () => tuner.Report(evaluation, 2, 1));
        Assert.Throws<ArgumentException>("evaluation", () => new Tuner(Problem).Report(evaluation, 3, 1));
        tuner.Tell(evaluation, 1);
        Assert.Throws<InvalidOperationException>(() => tuner.Report(evaluation, 3, 1));
    }

    [Fact]
    public void Two_rules_at_once_and_saved_reports_in_disorder_are_refused()
    {
        Assert.Throws<ArgumentException>("options", () => new Tuner(Problem, new TunerOptions
        {
            StopEarly = true,
            Strategy = problem => new HyperbandStrategy(problem, new SuccessiveHalving(Goal.Maximize, 1, 3)),
        }));
        var record = JsonSerializer.Deserialize<RecordedEvaluation>(
            """{"HyperParameters":{"x":"0.5"},"State":1,"Value":1,"Readings":[{"Resource":2,"Value":1},{"Resource":1,"Value":1}]}""")!;
        var saved = new Tuner(Problem).Save() with { Evaluations = [record] };
        Assert.Contains("in disorder", Assert.Throws<ArgumentException>(() => new Tuner(Problem, new TunerOptions { Resume = saved })).Message, StringComparison.Ordinal);
    }

    private static void RunWhole(Tuner tuner, double value)
    {
        var evaluation = tuner.Ask()!;
        for (var epoch = 1; epoch <= 3; epoch++) Assert.Equal(ReportDecision.Continue, tuner.Report(evaluation, epoch, value));
        tuner.Tell(evaluation, value);
    }

    private sealed class Spy : Strategy
    {
        private readonly RandomStrategy _random = new(Problem);

        public History Seen { get; private set; } = History.Empty;

        public override IReadOnlyList<Suggestion> Suggest(History history, int count, Seed seed, CancellationToken ct = default)
        {
            Seen = history;
            return _random.Suggest(history, count, seed, ct);
        }
    }
}
