using System.Globalization;
using Rekindle.Optimization;

namespace Rekindle.Bench.Problems;

/// <summary>
/// The functions in closed form, all to be minimised, none with its minimum at the centre of its space.
/// <code>
/// branin, hartmann3/4/6, levy   the usual test functions
/// amt_lr                        a bowl over learning rate, decay, momentum and batch size; diverging is steeper, and capped
/// amt_mixed                     the best learning rate depends on the optimizer, the best depth on the activation
/// emb20                         Hartmann4 on 4 of 20 coordinates
/// </code>
/// </summary>
internal static class SyntheticFunctions
{
    private static readonly double[] Alpha = [1.0, 1.2, 3.0, 3.2];

    private static readonly double[][] Hartmann3A = [[3, 10, 30], [.1, 10, 35], [3, 10, 30], [.1, 10, 35]];

    private static readonly double[][] Hartmann3P =
        [[.3689, .1170, .2673], [.4699, .4387, .7470], [.1091, .8732, .5547], [.0381, .5743, .8828]];

    private static readonly double[][] Hartmann6A =
        [[10, 3, 17, 3.5, 1.7, 8], [.05, 10, 17, .1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, .05, 10, .1, 14]];

    private static readonly double[][] Hartmann6P =
    [
        [.1312, .1696, .5569, .0124, .8283, .5886], [.2329, .4135, .8307, .3736, .1004, .9991],
        [.2348, .1451, .3522, .2883, .3047, .6650], [.4047, .8828, .8732, .5743, .1091, .0381],
    ];

    private static readonly int[] ActiveOf20 = [2, 7, 11, 16];

    public static IReadOnlyDictionary<string, Func<Configuration, double>> ByName { get; } =
        new Dictionary<string, Func<Configuration, double>>(StringComparer.Ordinal)
        {
            ["branin"] = c => Branin(Vector(c, 2)),
            ["hartmann3"] = c => -Hartmann(Vector(c, 3), Hartmann3A, Hartmann3P),
            ["hartmann6"] = c => -Hartmann(Vector(c, 6), Hartmann6A, Hartmann6P),
            ["levy4"] = c => Levy(Vector(c, 4)),
            ["amt_lr_noisy"] = LearningRate,
            ["amt_mixed"] = Mixed,
            ["emb20"] = c => (1.1 - Hartmann([.. ActiveOf20.Select(i => c.Number($"x{i}"))], Hartmann6A, Hartmann6P)) / 0.839,
        };

    /// <summary>The value of a numeric hyperparameter.</summary>
    public static double Number(this Configuration configuration, string name) =>
        double.Parse(configuration.Values[name], NumberStyles.Float, CultureInfo.InvariantCulture);

    private static double[] Vector(Configuration c, int dimensions) => [.. Enumerable.Range(0, dimensions).Select(i => c.Number($"x{i}"))];

    private static double Branin(double[] x)
    {
        var root = x[1] - (5.1 / (4 * Math.Pow(Math.PI, 2)) * x[0] * x[0]) + (5 / Math.PI * x[0]) - 6;
        return (root * root) + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x[0])) + 10;
    }

    private static double Hartmann(double[] x, double[][] a, double[][] p)
    {
        var sum = 0.0;
        for (var i = 0; i < Alpha.Length; i++)
        {
            var distance = 0.0;
            for (var j = 0; j < x.Length; j++)
            {
                distance += a[i][j] * (x[j] - p[i][j]) * (x[j] - p[i][j]);
            }

            sum += Alpha[i] * Math.Exp(-distance);
        }

        return sum;
    }

    private static double Levy(double[] x)
    {
        var w = x.Select(v => 1 + ((v - 1) / 4)).ToArray();
        var last = w[^1];
        var sum = Square(Math.Sin(Math.PI * w[0])) + (Square(last - 1) * (1 + Square(Math.Sin(2 * Math.PI * last))));
        return sum + w[..^1].Sum(v => Square(v - 1) * (1 + (10 * Square(Math.Sin((Math.PI * v) + 1)))));
    }

    private static double LearningRate(Configuration c)
    {
        var batch = c.Number("batch");
        var d = Math.Log10(c.Number("lr")) - (-2.5 + (0.5 * Math.Log10(batch / 64)));
        var loss = (.12 * d * d * (1 + (2 * Math.Max(d, 0.0))))
            + (.02 * Square(Math.Log10(c.Number("weight_decay")) + 4))
            + (.05 * Square(Math.Log10(1 - c.Number("momentum")) + 1))
            + (.01 * Square(Math.Log2(batch) - 6));
        return .30 + Math.Min(loss, 2.0);
    }

    private static double Mixed(Configuration c)
    {
        var (optimizerLoss, bestRate) = c.Values["optimizer"] switch
        {
            "sgd" => (.03, -1.0),
            "adam" => (0.0, -3.0),
            _ => (.02, -3.3),
        };
        var (activationLoss, bestLayers) = c.Values["activation"] switch
        {
            "relu" => (.02, 4),
            "tanh" => (.05, 2),
            "gelu" => (0.0, 4),
            _ => (.15, 2),
        };
        var v = Math.Log2(c.Number("units")) - 8;
        var q = c.Number("dropout") - .2;
        return .10 + optimizerLoss + activationLoss
            + (.1 * Square(Math.Log10(c.Number("lr")) - bestRate))
            + (.01 * Square(c.Number("layers") - bestLayers))
            + (.03 * v * v) + (.5 * q * q) + (.05 * q * v);
    }

    private static double Square(double x) => x * x;
}
