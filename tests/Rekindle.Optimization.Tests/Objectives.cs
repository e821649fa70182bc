namespace Rekindle.Optimization.Tests;

/// <summary>Known functions to search; all are minimised.</summary>
internal sealed record Objective(string Name, SearchSpace Space, double Optimum, Func<Configuration, double> Value)
{
    public TuningProblem Problem(int jobs, int parallel = 1, Goal goal = Goal.Minimize) =>
        new(Space, goal, new Dictionary<string, string>(), jobs, parallel);
}

internal static class Objectives
{
    private static readonly double[][] HartmannA = [[3, 10, 30], [.1, 10, 35], [3, 10, 30], [.1, 10, 35]];
    private static readonly double[] HartmannWeights = [1.0, 1.2, 3.0, 3.2];
    private static readonly double[][] HartmannP =
        [[.3689, .1170, .2673], [.4699, .4387, .7470], [.1091, .8732, .5547], [.0381, .5743, .8828]];

    public static Objective Branin { get; } = new(
        "branin",
        new SearchSpace([new ContinuousParameter("x0", -5, 10), new ContinuousParameter("x1", 0, 15)]),
        0.39788735772973816,
        c =>
        {
            var (x, y) = (Number(c, "x0"), Number(c, "x1"));
            return Math.Pow(y - (5.1 / (4 * Math.PI * Math.PI) * x * x) + (5 / Math.PI * x) - 6, 2)
                + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x)) + 10;
        });

    public static Objective Hartmann3 { get; } = Hartmann(0);

    /// <summary>A learning task in small: the best learning rate depends on the optimizer, the best depth on the activation.</summary>
    public static Objective Mixed { get; } = new(
        "mixed",
        new SearchSpace(
        [
            new ContinuousParameter("lr", 1e-4, 1), new ContinuousParameter("dropout", 0, 0.6),
            new IntegerParameter("layers", 1, 8), new IntegerParameter("units", 16, 1024, Scaling.Logarithmic),
            new CategoricalParameter("optimizer", ["sgd", "adam", "rmsprop"]),
            new CategoricalParameter("activation", ["relu", "tanh", "gelu", "sigmoid"]),
        ]),
        0.10,
        c =>
        {
            var (optimizer, activation) = (c.Values["optimizer"], c.Values["activation"]);
            var units = Math.Log2(Number(c, "units")) - 8;
            var dropout = Number(c, "dropout") - 0.2;
            var (rate, byOptimizer) = optimizer switch { "sgd" => (-1.0, 0.03), "adam" => (-3.0, 0.0), _ => (-3.3, 0.02) };
            var byActivation = activation switch { "relu" => 0.02, "tanh" => 0.05, "gelu" => 0.0, _ => 0.15 };
            var depth = Number(c, "layers") - (activation is "relu" or "gelu" ? 4 : 2);
            return 0.10 + byOptimizer + byActivation + (0.1 * Math.Pow(Math.Log10(Number(c, "lr")) - rate, 2))
                + (0.01 * depth * depth) + (0.03 * units * units) + (0.5 * dropout * dropout) + (0.05 * dropout * units);
        });

    /// <summary>Hartmann in three dimensions, its landscape moved by <paramref name="shift"/> along each axis.</summary>
    public static Objective Hartmann(double shift) => new(
        "hartmann3",
        new SearchSpace(Enumerable.Range(0, 3).Select(i => new ContinuousParameter("x" + i, 0, 1))),
        -3.8627797873326624,
        c =>
        {
            var sum = 0.0;
            for (var i = 0; i < 4; i++)
            {
                var e = 0.0;
                for (var j = 0; j < 3; j++) e += HartmannA[i][j] * Math.Pow(Number(c, "x" + j) - shift - HartmannP[i][j], 2);
                sum -= HartmannWeights[i] * Math.Exp(-e);
            }

            return sum;
        });

    public static double Number(Configuration configuration, string name) =>
        NumberText.TryParse(configuration.Values[name], out var x) ? x : throw new FormatException(configuration.ToString());

    /// <summary>Runs a strategy one evaluation at a time and returns the best minimised value after each.</summary>
    public static double[] Run(
        Strategy strategy, Objective objective, int jobs, long seed, WarmStart? warmStart = null, List<Observation>? observations = null)
    {
        var completed = observations ?? [];
        var best = new double[jobs];
        for (var k = 0; k < jobs; k++)
        {
            var suggestion = strategy.Suggest(new History(completed, [], [], warmStart), 1, Seed.For(seed, k)).Single();
            completed.Add(new Observation(suggestion.Configuration, objective.Value(suggestion.Configuration)));
            best[k] = completed.Min(o => o.Value);
        }

        return best;
    }
}
