using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class ModelChoiceTests
{
    private static readonly TuningProblem Problem = Objectives.Branin.Problem(40);

    [Fact]
    public void Two_views_of_the_results_take_turns()
    {
        var (round, views) = Round(Values(i => Math.Exp(i)));
        Assert.Same(views[0], round.Models);
        round.Launch(Problem.Space.At([0.1, 0.2]));
        Assert.Same(views[1], round.Models);
        round.Launch(Problem.Space.At([0.3, 0.2]));
        Assert.Same(views[0], round.Models);
        // The worst of exponentially growing results: far out as measured, near the others by rank.
        Assert.True(views[1].Cold!.Y.Max() > 2.5);
        Assert.True(views[0].Cold!.Y.Max() < 2);
        Assert.Equal(views[0].Cold!.Y.Max(), views[0].Cold!.Y[^1]);
    }

    [Fact]
    public void On_plateaus_there_is_one_view_and_it_shows_results_as_measured()
    {
        var (round, views) = Round(Values(i => Math.Exp(i / 2)), copies: 2);
        Assert.NotNull(views[0].Plateaus);
        Assert.Same(views[0], round.Models);
        round.Launch(Problem.Space.At([0.1, 0.2]));
        Assert.Same(views[0], round.Models);
        Assert.Equal(views[1].Cold!.Y, views[0].Cold!.Y);
    }

    private static List<double> Values(Func<int, double> value) => [.. Enumerable.Range(0, 12).Select(value)];

    // Results spread over the square; with copies, each pair lies close together.
    private static (Round Round, ModelChoice[] Views) Round(List<double> values, int copies = 1)
    {
        var completed = values.Select((value, i) => new Observation(
            Problem.Space.Decode([(0.07 * (i / copies)) + (0.004 * (i % copies)), 5.3 * (i / copies) % 1]), value)).ToList();
        var history = new History(completed, [], [], null);
        var parents = new ParentKnowledge(Problem, null, 100);
        ModelChoice[] views =
        [
            new(Problem, history, parents, 100, 1, new ModelMemory(), warp: true, CancellationToken.None),
            new(Problem, history, parents, 100, 1, new ModelMemory(), warp: false, CancellationToken.None),
        ];
        return (new Round(history, parents, views, new InitialDesign(Problem.Space, 1), Problem), views);
    }
}
