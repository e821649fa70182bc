using System.Globalization;
using Rekindle.Bench.Data;
using Rekindle.Optimization;

namespace Rekindle.Bench.Problems;

/// <summary>
/// Real trainings, looked up instead of repeated: about a thousand configurations with the validation metric after 5, 10, … 200 rounds.
/// <code>
/// u_j, t_ij  unit coordinate of the 7 hyperparameters (all but num_round) of the configuration and of row i
/// K          5 floor(num_round / 5 + 0.5), the column
/// nearest    r_iK of the row i that minimises sum_j (u_j - t_ij)^2, the first one on ties
/// smooth     D_i = sum_j (w_j (u_j - t_ij))^2; mean of r_iK over the 5 rows with smallest D_i, weighted 1 / (D_i + 1e-9)
/// </code>
/// </summary>
internal sealed class TrainingTable
{
    public const int StepOfRounds = 5;

    private const int Neighbours = 5;
    private const string Rounds = "num_round";

    private static readonly double[] SmoothWeights = [2, 1, 1.5, .5, .5, .75, 1.5];

    private readonly UnitScale[] _scales;
    private readonly double[][] _positions;
    private readonly double[][] _curves;
    private readonly bool _smooth;

    /// <param name="path">The gzipped table.</param>
    /// <param name="scales">The hyperparameters in the table's order, without the rounds.</param>
    /// <param name="smooth">The smooth lookup instead of the nearest row.</param>
    public TrainingTable(string path, IEnumerable<UnitScale> scales, bool smooth)
    {
        _scales = [.. scales.Where(s => s.Name != Rounds)];
        _smooth = smooth;
        var rows = CsvFile.Read(path).ToList();
        _positions = [.. rows.Select(row => _scales.Select(s => s.Position(row.Number(s.Name))).ToArray())];
        _curves = [.. rows.Select(row => Enumerable.Range(1, 40).Select(k => row.Number(Column(k))).ToArray())];
    }

    /// <summary>The best value any lookup can give.</summary>
    public double Optimum => _curves.Min(curve => curve[1..].Min());

    public double Value(Configuration configuration) => ValueAfter(configuration, (int)configuration.Number(Rounds));

    /// <summary>The metric of the same training after so many rounds, from 3 to 200.</summary>
    public double ValueAfter(Configuration configuration, int rounds)
    {
        var column = (int)Math.Floor((rounds / (double)StepOfRounds) + 0.5) - 1;
        var distances = Distances([.. _scales.Select(s => s.Position(configuration.Number(s.Name)))]);
        if (!_smooth)
        {
            return _curves[Array.IndexOf(distances, distances.Min())][column];
        }

        // A stable sort: the lower row on ties.
        var nearest = Enumerable.Range(0, distances.Length).OrderBy(i => distances[i]).Take(Neighbours).ToArray();
        var weights = nearest.Select(i => 1 / (distances[i] + 1e-9)).ToArray();
        var total = weights.Sum();
        return nearest.Zip(weights, (i, weight) => weight / total * _curves[i][column]).Sum();
    }

    private static string Column(int step) => string.Create(CultureInfo.InvariantCulture, $"r{step * StepOfRounds}");

    private double[] Distances(double[] position)
    {
        var distances = new double[_positions.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            var row = _positions[i];
            var sum = 0.0;
            for (var j = 0; j < position.Length; j++)
            {
                var difference = _smooth ? (row[j] - position[j]) * SmoothWeights[j] : row[j] - position[j];
                sum += difference * difference;
            }

            distances[i] = sum;
        }

        return distances;
    }
}
