using Rekindle.Optimization.EarlyStopping;
using Rekindle.Optimization.Fidelity;

namespace Rekindle.Optimization.Tests.Fidelity;

public sealed class RungViewTests
{
    private static readonly double[] Rungs = [1, 3, 9];

    [Fact]
    public void The_highest_rung_with_enough_results_is_looked_at()
    {
        List<Observation> three = [Observed("a", 3, 2, 1), Observed("b", 4, 3, 2), Observed("c", 5, 4, 3)];

        Assert.Equal(9, View(three, dimensions: 2).Resource);
        Assert.Equal(9, View(three, dimensions: 3).Resource);
        Assert.Equal(1, View(three, dimensions: 4).Resource);
        Assert.Equal(3, View([.. three[..2], Observed("c", 5, 4)], dimensions: 2).Resource);
        Assert.Equal(1, View([], dimensions: 2).Resource);
    }

    [Fact]
    public void What_stopped_below_is_shifted_by_what_the_others_moved()
    {
        // From rung 1 to 3 the median step is -2, from 3 to 9 it is -1.
        var view = View(
            [Observed("a", 10, 8, 7), Observed("b", 11, 9, 8), Observed("c", 12, 10, 9), Observed("d", 20, 18), Observed("e", 30)], dimensions: 2);

        Assert.Equal(
            [("a", 7), ("b", 8), ("c", 9), ("d", 17), ("e", 27)], view.History.Completed.Select(o => (o.Configuration.Values["x"], o.Value)));
    }

    [Fact]
    public void What_ended_by_itself_keeps_its_final_value_at_every_rung()
    {
        var short1 = Observed("short", 5, 4) with { StoppedEarly = false };
        var outside = new Observation(Named("outside"), 6);
        var view = View([Observed("a", 3, 2, 1), Observed("b", 4, 3, 2), short1, outside], dimensions: 2);

        Assert.Equal([1, 2, 4, 6], view.History.Completed.Select(o => o.Value));
    }

    [Fact]
    public void A_running_evaluation_counts_with_what_it_has_reported_and_else_is_pending()
    {
        var history = new History([Observed("a", 3, 2, 1), Observed("b", 4, 3, 2), Observed("c", 5, 4, 3)], [Named("new"), Named("early"), Named("quiet")], [], null)
        {
            PendingReadings = [[], Readings(9, 8)],
        };

        var view = RungView.Of(history, Rungs, 2).History;

        Assert.Equal(7, view.Completed.Single(o => o.Configuration.Values["x"] == "early").Value);
        Assert.Equal(["new", "quiet"], view.Pending.Select(c => c.Values["x"]));
        Assert.Equal(history.Launched, view.Launched);
    }

    [Fact]
    public void Values_of_any_size_stay_finite()
    {
        var view = View([Observed("a", -1e308, 1e308, -1e308), Observed("b", 1e308, -1e308, 1e308), Observed("c", 1, 1e308, -1e308), Observed("d", 1.7e308)], 2);

        Assert.All(view.History.Completed, o => Assert.True(double.IsFinite(o.Value)));
    }

    private static RungView View(IReadOnlyList<Observation> completed, int dimensions) => RungView.Of(new History(completed, [], [], null), Rungs, dimensions);

    /// <summary>Stopped after reporting these values at the rungs, from the first on.</summary>
    private static Observation Observed(string name, params double[] values) =>
        new(Named(name), values[^1]) { Readings = Readings(values), StoppedEarly = values.Length < Rungs.Length };

    private static Reading[] Readings(params double[] values) => [.. values.Select((value, k) => new Reading(Rungs[k], value))];

    private static Configuration Named(string name) => new([new("x", name)]);
}
