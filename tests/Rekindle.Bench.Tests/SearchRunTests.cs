using Rekindle.Bench.Problems;
using Rekindle.Bench.Quality;
using Rekindle.Optimization;

namespace Rekindle.Bench.Tests;

public sealed class SearchRunTests
{
    [Fact]
    public void A_run_is_the_same_every_time_and_depends_on_its_seed()
    {
        var first = Curve("bayesian", "amt_mixed", 1, 12);

        Assert.Equal(first, Curve("bayesian", "amt_mixed", 1, 12));
        Assert.NotEqual(first, Curve("bayesian", "amt_mixed", 2, 12));
    }

    [Fact]
    public void The_best_is_the_true_value_of_the_lowest_observed_one()
    {
        var problem = BenchmarkData.Catalog["amt_lr_noisy"];
        var run = SearchRun.Run(problem, "random", 3, 30, null, TestContext.Current.CancellationToken);
        var strategy = new RandomStrategy(new TuningProblem(problem.Space, Goal.Minimize, new Dictionary<string, string>(), 30, 1));

        var (lowest, best) = (double.PositiveInfinity, double.NaN);
        var completed = new List<Observation>();
        foreach (var evaluation in run)
        {
            var next = strategy.Suggest(History.Empty with { Completed = completed }, 1, Seed.For(3, completed.Count + 1))[0].Configuration;
            var observed = problem.True(next) + (0.01 * PortableNoise.Gauss(3, completed.Count));
            if (observed < lowest)
            {
                (lowest, best) = (observed, problem.True(next));
            }

            completed.Add(new Observation(next, observed));
            Assert.Equal((observed, best), (evaluation.Observed, evaluation.Best));
        }

        Assert.Equal(30, completed.Count);
    }

    [Fact]
    public void Workers_overlap_and_all_of_the_budget_is_used()
    {
        var problem = BenchmarkData.Catalog["branin"];
        var run = SearchRun.Run(problem, "random", 0, 25, 4, null, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(1, 25), run.Select(e => e.Number));
        Assert.All(run.Zip(run.Skip(1)), pair => Assert.True(pair.Second.Best <= pair.First.Best));
        // The order of ending is not the order of starting.
        Assert.NotEqual(SearchRun.Run(problem, "random", 0, 25, 1, null, TestContext.Current.CancellationToken).Select(e => e.Observed), run.Select(e => e.Observed));
    }

    [Fact]
    public async Task A_file_gives_back_what_was_written()
    {
        var problem = BenchmarkData.Catalog["branin"];
        var runs = Enumerable.Range(0, 2).Select(seed => new Run(
            QualityFigures.Ours, problem, seed, SearchRun.Run(problem, "random", seed, 5, null, TestContext.Current.CancellationToken))).ToList();
        var folder = Directory.CreateTempSubdirectory("rekindle-bench-").FullName;
        try
        {
            foreach (var name in (string[])["runs.csv", "runs.csv.gz"])
            {
                var path = Path.Combine(folder, name);
                await RunFile.WriteAsync(path, runs, TestContext.Current.CancellationToken);
                var read = RunFile.Read(path, name => BenchmarkData.Catalog[name]);

                Assert.Equal(runs.Select(r => (r.Method, r.Problem, r.Seed)), read.Select(r => (r.Method, r.Problem, r.Seed)));
                Assert.Equal(runs.SelectMany(r => r.Curve.Best), read.SelectMany(r => r.Curve.Best));
                Assert.Equal(runs[1].Curve.Best, RunFile.ReadCurves(path).Of(QualityFigures.Ours, problem)[1].Best);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<double> Curve(string strategy, string problem, int seed, int budget) =>
        [.. SearchRun.Run(BenchmarkData.Catalog[problem], strategy, seed, budget, null, TestContext.Current.CancellationToken).Select(e => e.Best)];
}
