using Rekindle.Bench.Fidelity;
using Rekindle.Bench.Problems;

namespace Rekindle.Bench.Tests;

public sealed class FidelityTests
{
    private static readonly Problem Table = BenchmarkData.Catalog["tab_vehicle_a"] with { Budget = 12 };

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FidelityMethod.RandomHalving, 1)]
    [InlineData(FidelityMethod.Hyperband, 1)]
    [InlineData(FidelityMethod.Hyperband, 4)]
    public void A_search_with_halving_spends_its_rounds_on_more_evaluations(string method, int workers)
    {
        var points = FidelityMethod.Run(method, Table, seed: 3, minResource: 1, workers, Token);

        Assert.InRange(points[^1].TotalRounds, 900, 1205);
        Assert.True(points.Count > 15, $"{points.Count} evaluations");
        Assert.All(points, p => Assert.InRange(p.OwnRounds, 5, FidelityRun.MostRounds));
        Assert.Equal(points.Select(p => p.Best).OrderDescending(), points.Select(p => p.Best));
        Assert.Equal(points, FidelityMethod.Run(method, Table, seed: 3, minResource: 1, workers, Token));
    }

    [Fact]
    public void Whole_evaluations_cost_the_rounds_they_ask_for()
    {
        var points = FidelityMethod.Run(FidelityMethod.Random, Table, seed: 3, minResource: 1, workers: 1, Token);

        Assert.Equal(12, points.Count);
        Assert.Equal(points[^1].TotalRounds, points.Sum(p => p.OwnRounds));
    }

    [Fact]
    public void The_rounds_to_a_level_are_those_after_which_the_mean_of_all_seeds_is_there()
    {
        // Mean regrets: 0.95 after 10 rounds, where one seed has nothing yet, 0.7 after 15, 0.25 after 20, none after 40.
        FidelityCurve[] curves =
        [
            new("m", Table.Name, 0, [new(10, 10, Value(0.9)), new(20, 10, Value(0))]), new("m", Table.Name, 1, [new(15, 15, Value(0.5)), new(40, 25, Value(0))]),
        ];
        double Value(double regret) => Table.Optimum + (regret * (Table.RandomMedian - Table.Optimum));

        Assert.Equal(10, FidelityBenchmark.RoundsTo(0.96, Table, curves));
        Assert.Equal(15, FidelityBenchmark.RoundsTo(0.8, Table, curves));
        Assert.Equal(20, FidelityBenchmark.RoundsTo(0.3, Table, curves));
        Assert.Equal(40, FidelityBenchmark.RoundsTo(0.1, Table, curves));
        Assert.Equal(double.PositiveInfinity, FidelityBenchmark.RoundsTo(-1, Table, curves));
    }

    [Fact]
    public async Task Runs_are_read_as_they_were_written()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("rekindle-fidelity-").FullName, "runs.csv");
        FidelityCurve[] curves = [.. FidelityMethod.All.Select((m, i) => new FidelityCurve(m, Table.Name, i, [new(5, 5, 0.1 + 0.2), new(10, 5, 1e-9)]))];

        await FidelityFile.WriteAsync(path, curves, Token);
        var read = FidelityFile.Read(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        Assert.Equal(curves.Select(c => (c.Method, c.Seed)), read.Select(c => (c.Method, c.Seed)));
        Assert.All(read, c => Assert.Equal(curves[0].Points, c.Points));
    }
}
