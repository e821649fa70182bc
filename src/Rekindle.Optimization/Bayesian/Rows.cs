namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The inputs of a model.
/// <code>
/// n             rows                   d             coordinates               M      features
/// Points[i]     d coordinates          Categorical[j] compare, do not subtract  Features[m]  n values phi_m(x_i)
/// Noise[i]      factor on the noise variance of row i, 1 for an ordinary result
/// Tasks[i]      whose result row i is: 0 the job's own, p = 1 … P that of parent p; see <see cref="Kinship"/>
/// </code>
/// </summary>
internal sealed class Rows
{
    /// <summary>The factor on the noise of what is known only about: a failure, and the value at which an evaluation was stopped early.</summary>
    public const double Doubtful = 4;

    public Rows(
        IReadOnlyList<double[]> points, bool[] categorical, double[] noise, IReadOnlyList<ParentModel> parents, Kinship? kinship = null)
        : this(points, categorical, noise, parents, [.. parents.Select(parent => parent.Means(points))], kinship ?? Kinship.None)
    {
    }

    private Rows(
        IReadOnlyList<double[]> points, bool[] categorical, double[] noise, IReadOnlyList<ParentModel> parents, double[][] features,
        Kinship kinship)
    {
        (Points, Categorical, Noise, Parents, Features, Kinship) = (points, categorical, noise, parents, features, kinship);
        Order = [.. Enumerable.Range(0, categorical.Length).OrderBy(j => categorical[j])];
        Numeric = categorical.Count(c => !c);
    }

    public int Count => Points.Count;

    public int Dimensions => Categorical.Length;

    public IReadOnlyList<double[]> Points { get; }

    public IReadOnlyList<ParentModel> Parents { get; }

    public bool[] Categorical { get; }

    /// <summary>Numeric coordinates, then categorical ones.</summary>
    public int[] Order { get; }

    public int Numeric { get; }

    public double[] Noise { get; }

    public double[][] Features { get; }

    public Kinship Kinship { get; }

    /// <summary>Where the hyperparameters of the kinship begin.</summary>
    public int KinshipAt => Dimensions + 2 + Features.Length;

    /// <summary>The same coordinates and features with further rows of ordinary noise at the end.</summary>
    public Rows With(IReadOnlyList<double[]> more) => new(
        [.. Points, .. more], Categorical, [.. Noise, .. Enumerable.Repeat(1.0, more.Count)], Parents,
        [.. Features.Select((values, m) => (double[])[.. values, .. Parents[m].Means(more)])], Kinship.With(more.Count));

    /// <summary>The factor on the noise of a result.</summary>
    public static double NoiseOf(Observation observation) => observation.StoppedEarly ? Doubtful : 1;

    /// <summary>The chosen rows.</summary>
    public Rows Of(IReadOnlyList<int> kept) => new(
        [.. kept.Select(i => Points[i])], Categorical, [.. kept.Select(i => Noise[i])], Parents,
        [.. Features.Select(values => kept.Select(i => values[i]).ToArray())], Kinship.Of(kept));
}
