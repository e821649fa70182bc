using Rekindle.Bench.Data;
using Rekindle.Bench.Problems;
using Rekindle.Optimization;

namespace Rekindle.Bench.Tests;

public sealed class ProblemTests
{
    public static TheoryData<string> Names { get; } = [.. BenchmarkData.Catalog.Problems.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_are_the_recorded_ones_to_the_last_digits(string name)
    {
        var problem = BenchmarkData.Catalog[name];
        var vectors = CsvFile.Read(Path.Combine(BenchmarkData.Folder, "testvectors.csv")).Where(row => row.Text("problem") == name).ToList();

        Assert.Equal(5, vectors.Count);
        Assert.All(vectors, row =>
        {
            var configuration = BenchmarkData.Configuration(row.Text("config_json"));
            AssertSame(row.Number("true"), problem.True(configuration));
            AssertSame(row.Number("observed"), problem.Observe(configuration, row.Whole("seed"), row.Whole("trial_0based")));
            Assert.True(problem.Space.Encode(configuration) is not null, "The configuration lies outside the space.");
        });
    }

    [Fact]
    public void The_optimum_of_a_table_is_its_best_value_after_ten_rounds_or_more()
    {
        var scales = BenchmarkData.Catalog["tab_pima_a"].Space.Parameters.OfType<ContinuousParameter>()
            .Select(p => new UnitScale(p.Name, p.Minimum, p.Maximum, p.Scaling));
        var table = new TrainingTable(Path.Combine(BenchmarkData.Folder, "tables", "pima_a.csv.gz"), scales, smooth: false);

        Assert.Equal(BenchmarkData.Catalog["tab_pima_a"].Optimum, table.Optimum);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_random_median_is_about_that_of_our_own_random_configurations(string name)
    {
        var problem = BenchmarkData.Catalog[name];
        var strategy = new RandomStrategy(new TuningProblem(problem.Space, Goal.Minimize, new Dictionary<string, string>(), 2000, 1));
        var values = strategy.Suggest(History.Empty, 2000, Seed.For(1, 0)).Select(s => problem.NormalizedRegret(problem.True(s.Configuration)));

        Assert.InRange(values.Order().ElementAt(1000), 0.8, 1.25);
    }

    private static void AssertSame(double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= 4e-15 * Math.Max(1, Math.Abs(expected)), $"{actual:R} instead of {expected:R}");
}
