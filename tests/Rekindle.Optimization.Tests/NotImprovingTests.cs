namespace Rekindle.Optimization.Tests;

public sealed class NotImprovingTests
{
    [Theory]
    [InlineData(new double[] { }, Goal.Minimize, 0)]
    [InlineData(new double[] { 5 }, Goal.Minimize, 0)]
    [InlineData(new double[] { 100, 99 }, Goal.Minimize, 0)]
    [InlineData(new double[] { 100, 99.01 }, Goal.Minimize, 1)]
    [InlineData(new double[] { 100, 101 }, Goal.Maximize, 0)]
    [InlineData(new double[] { 100, 100.99 }, Goal.Maximize, 1)]
    [InlineData(new double[] { 100, 101, 101 }, Goal.Minimize, 2)]
    [InlineData(new double[] { 3, 2, 2, 2, 1, 4, 4 }, Goal.Minimize, 2)]
    [InlineData(new double[] { 0, -1e-300 }, Goal.Minimize, 0)]
    [InlineData(new double[] { 0, 0 }, Goal.Minimize, 1)]
    [InlineData(new double[] { -100, -101 }, Goal.Minimize, 0)]
    [InlineData(new double[] { -100, -100.5 }, Goal.Minimize, 1)]
    [InlineData(new double[] { double.MaxValue, double.MinValue, double.NaN }, Goal.Minimize, 0)]
    public void Counts_the_values_since_the_last_progress_of_one_percent(double[] values, Goal goal, int expected) =>
        Assert.Equal(expected, NotImproving.Count(values, goal));

    [Fact]
    public void Small_steps_move_the_best_without_counting_as_progress() =>
        Assert.Equal(3, NotImproving.Count([100, 99.5, 99.0, 98.6], Goal.Minimize));

    [Fact]
    public void Convergence_needs_enough_results_and_a_long_flat_tail()
    {
        List<double> values = [.. Enumerable.Range(0, 10).Select(i => 100.0 - (5 * i))];
        Assert.False(Convergence.IsDetected(values, Goal.Minimize, 2));
        values.AddRange(Enumerable.Repeat(80.0, 9));
        Assert.False(Convergence.IsDetected(values, Goal.Minimize, 2));
        values.Add(80);
        Assert.True(Convergence.IsDetected(values, Goal.Minimize, 2));
        Assert.False(Convergence.IsDetected(values, Goal.Minimize, 10));
    }
}
