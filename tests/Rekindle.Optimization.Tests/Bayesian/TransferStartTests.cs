using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class TransferStartTests
{
    [Fact]
    public void Opens_with_the_newest_parents_best_point() => Assert.Equal(TransferStart.Step.Parent, Next([], [], 0, 0));

    [Fact]
    public void Without_usable_parents_the_cold_design_is_run_in_full()
    {
        Assert.Equal(TransferStart.Step.Design, Next([], [], 0, 0, queue: 0));
        Assert.Equal(TransferStart.Step.Design, Next([], [1, 2, 3, 4, 5, 6, 7, 8, 9], 0, 9, queue: 0));
        Assert.Equal(TransferStart.Step.Model, Next([], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0, 10, queue: 0));
    }

    [Fact]
    public void A_parents_point_that_wins_releases_the_next_one_and_shortens_the_design()
    {
        Assert.Equal(TransferStart.Step.Design, Next([1], [], 1, 0));
        Assert.Equal(TransferStart.Step.Parent, Next([1], [2], 1, 1));
        Assert.Equal(TransferStart.Step.Model, Next([1, 3, 2], [2, 5, 6, 7, 8], 3, 5));
    }

    [Fact]
    public void A_parents_point_that_loses_to_the_design_drops_the_queue()
    {
        Assert.Equal(TransferStart.Step.Design, Next([3], [2], 1, 1));
        Assert.Equal(TransferStart.Step.Design, Next([9], [2, 3, 4], 1, 3));
        Assert.Equal(TransferStart.Step.Design, Next([9], [2, 3, 4, 5, 6], 1, 5));
    }

    [Fact]
    public void Beating_the_median_of_three_design_points_is_enough() =>
        Assert.Equal(TransferStart.Step.Parent, Next([2.5], [2, 3, 4], 1, 3));

    [Fact]
    public void Results_of_the_model_do_not_reopen_the_design() =>
        Assert.Equal(TransferStart.Step.Model, Next([1], [2, 5, 6, 7, 8, 0.1, 0.1], 1, 7, queue: 1));

    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(10, 2)]
    public void The_first_wave_holds_one_parents_point_and_two_only_when_it_is_wide(int parallel, int expected)
    {
        var (parents, others) = (0, 0);
        for (var k = 0; k < parallel; k++)
        {
            if (Next([], [], parents, others, maxParallel: parallel) == TransferStart.Step.Parent) parents++;
            else others++;
        }

        Assert.Equal(expected, parents);
    }

    private static TransferStart.Step Next(
        double[] parentResults, double[] designResults, int parentsLaunched, int othersLaunched, int queue = 3, int maxParallel = 1) =>
        TransferStart.Next(parentResults, designResults, parentsLaunched, othersLaunched, queue, designSize: 10, maxParallel);
}
