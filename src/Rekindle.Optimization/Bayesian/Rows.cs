namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The inputs of a model, column by column so that a kernel row runs over contiguous memory.
/// <code>
/// n             rows                   d             coordinates               M      features
/// Columns[j]    n coordinates          Categorical[j] compare, do not subtract  Features[m]  n values phi_m(x_i)
/// Noise[i]      factor on the noise variance of row i, 1 for an ordinary result
/// </code>
/// </summary>
internal sealed class Rows
{
    public Rows(IReadOnlyList<double[]> points, bool[] categorical, double[] noise, IReadOnlyList<ParentModel> parents)
    {
        Count = points.Count;
        Categorical = categorical;
        Noise = noise;
        Columns = new double[categorical.Length][];
        for (var j = 0; j < Columns.Length; j++)
        {
            Columns[j] = new double[Count];
            for (var i = 0; i < Count; i++) Columns[j][i] = points[i][j];
        }

        Points = points;
        Parents = parents;
        Features = [.. parents.Select(parent => points.Select(parent.Mean).ToArray())];
    }

    public int Count { get; }

    public int Dimensions => Columns.Length;

    public IReadOnlyList<double[]> Points { get; }

    public IReadOnlyList<ParentModel> Parents { get; }

    public double[][] Columns { get; }

    public bool[] Categorical { get; }

    public double[] Noise { get; }

    public double[][] Features { get; }

    /// <summary>The same coordinates and features with further rows of ordinary noise at the end.</summary>
    public Rows With(IReadOnlyList<double[]> more) => new(
        [.. Points, .. more], Categorical, [.. Noise, .. Enumerable.Repeat(1.0, more.Count)], Parents);

    /// <summary>Every second, third, … row, at most <paramref name="most"/> of them.</summary>
    public (Rows Rows, int[] Kept) Thin(int most)
    {
        var step = (Count + most - 1) / most;
        var kept = Enumerable.Range(0, Count).Where(i => i % step == 0).ToArray();
        return (new Rows([.. kept.Select(i => Points[i])], Categorical, [.. kept.Select(i => Noise[i])], Parents), kept);
    }
}
