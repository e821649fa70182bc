using System.Numerics;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The hyperparameters of a model as a function of its rows alone.
/// <code>
/// n &lt;= 60          fitted to all rows, from the prior and a few random starts
/// n &gt; 60           fitted to the first r(n) rows, from the fit at the last anchor before
/// r(n)             every 6 rows up to 198, then every max(5, r / 40): each of the two views of a search sees every other row first,
///                  so that it refits about every third time
/// anchors          60, 90, 135, 203, …   each fitted from the one before, the first from the prior
/// </code>
/// A process that lived through the history keeps the fits; a fresh one recomputes the few it needs and gets the same numbers,
/// because every fit depends on a prefix of the rows and on nothing else. Parents' rows come first and belong to every prefix; r and the
/// anchors count the job's own. Likelihoods of more than <see cref="MostRows"/> rows, with parents <see cref="MostRowsWithParents"/>,
/// are taken over an even choice of them.
/// </summary>
internal sealed class ThetaChain
{
    private const int FirstAnchor = 60;
    private const int EverySixthUntil = 198;
    private const int MostRows = 500;
    private const int MostRowsWithParents = 250;
    private const int ColdIterations = 40;
    private const int AnchorIterations = 20;
    private const int WarmIterations = 12;
    private const int Kept = 32;
    private const double GradientTolerance = 1e-2;
    private const double RelativeTolerance = 1e-5;

    private readonly Dictionary<ulong, double[]?> _fits = [];

    /// <summary>
    /// The hyperparameters for these rows, null when nothing can be fitted. The values are those of the first rows, in the user's
    /// units and in the order they came; later rows, such as failures, have no say.
    /// </summary>
    public double[]? At(
        Rows rows, IReadOnlyList<double> values, Goal goal, ulong stream, FitBuffers buffers, CancellationToken ct, bool warp = true)
    {
        if (_fits.Count > Kept) _fits.Clear();
        var data = new Data(rows, values, goal, warp, stream, buffers);
        // The parents' rows come first and never change: the job's own set the pace.
        var lead = rows.Kinship.Leading;
        var refit = RefitPoint(values.Count - lead);
        if (lead + refit <= FirstAnchor) return Fit(data, lead + refit, null, ColdIterations, ct);
        var theta = lead > 0 ? Fit(data, lead, null, ColdIterations, ct) : null;
        if (refit == 0) return theta;
        for (var anchor = FirstAnchor; anchor < refit; anchor += anchor / 2)
            theta = Fit(data, lead + anchor, theta, theta is null ? ColdIterations : AnchorIterations, ct) ?? theta;
        return Fit(data, lead + refit, theta, WarmIterations, ct) ?? theta;
    }

    /// <summary>How many of the first n rows the hyperparameters are fitted to.</summary>
    internal static int RefitPoint(int n)
    {
        if (n <= FirstAnchor) return n;
        if (n <= EverySixthUntil) return n - ((n - FirstAnchor) % 6);
        var point = EverySixthUntil;
        while (point + Math.Max(5, point / 40) <= n) point += Math.Max(5, point / 40);
        return point;
    }

    private double[]? Fit(Data data, int count, double[]? start, int iterations, CancellationToken ct)
    {
        var key = Key(data, count, start, iterations);
        if (_fits.TryGetValue(key, out var known)) return known;
        ct.ThrowIfCancellationRequested();
        var y = Targets.Standardize(data.Values, count, data.Goal, data.Warp, data.Rows.Kinship);
        var kept = Chosen(count, data.Rows.Kinship.Leading);
        var rows = kept.Count == data.Rows.Count ? data.Rows : data.Rows.Of(kept);
        var likelihood = new MarginalLikelihood(data.Buffers);
        likelihood.Use(rows, kept.Count == count ? y : [.. kept.Select(i => y[i])]);
        var random = new RandomStream(Mixing.Combine(data.Stream, (ulong)count));
        var starts = start is null ? Starts(rows, likelihood, random) : [(double[])start.Clone()];
        // Parents that mislead: a second valley, which a descent from high correlations does not always find.
        if (rows.Kinship.Parents > 0 && count > rows.Kinship.Leading)
        {
            var apart = (double[])starts[0].Clone();
            Array.Clear(apart, rows.KinshipAt, rows.Kinship.Parents);
            starts.Add(apart);
        }

        return _fits[key] = Best(likelihood, rows, starts, iterations, ct);
    }

    // Not too many of the first rows, an even choice; the job's own go first.
    private static List<int> Chosen(int count, int lead)
    {
        var most = lead == 0 ? MostRows : MostRowsWithParents;
        if (count <= most) return [.. Enumerable.Range(0, count)];
        var own = count - lead;
        var stepOwn = Math.Max(1, (own + most - 1) / most);
        var step = lead == 0 ? 1 : ((lead - 1) / Math.Max(most - (own / stepOwn), most / 4)) + 1;
        return [.. Enumerable.Range(0, count).Where(i => i < lead ? i % step == 0 : (i - lead) % stepOwn == 0)];
    }

    private static List<double[]> Starts(Rows rows, MarginalLikelihood likelihood, RandomStream random)
    {
        var starts = new List<double[]> { HyperPrior.Start(rows) };
        var extra = rows.Count < 20 ? 4 : rows.Count <= FirstAnchor ? 1 : 0;
        for (var s = 0; s < extra; s++) starts.Add([.. likelihood.Prior.Select(p => p.Mean + (0.7 * random.NextGaussian()))]);
        return starts;
    }

    private static double[]? Best(
        MarginalLikelihood likelihood, Rows rows, List<double[]> starts, int iterations, CancellationToken ct)
    {
        var lower = Array.ConvertAll(likelihood.Prior, p => HyperPrior.Bounds(p.Mean).Lower);
        var upper = Array.ConvertAll(likelihood.Prior, p => HyperPrior.Bounds(p.Mean).Upper);
        // Length scales stay within what doubles of a unit cube can tell apart.
        for (var i = 0; i < rows.Dimensions; i++) (lower[i], upper[i]) = (Math.Log(0.01), Math.Log(50));
        for (var i = rows.KinshipAt; i < lower.Length; i++) (lower[i], upper[i]) = (-Kinship.Reach, Kinship.Reach);
        var (best, bestValue) = (default(double[]), double.PositiveInfinity);
        foreach (var start in starts)
        {
            ct.ThrowIfCancellationRequested();
            for (var i = 0; i < start.Length; i++) start[i] = Math.Clamp(start[i], lower[i], upper[i]);
            var value = QuasiNewton.Minimize(
                likelihood.Evaluate, start, lower, upper, iterations, GradientTolerance, RelativeTolerance);
            if (value < bestValue) (best, bestValue) = (start, value);
        }

        return best;
    }

    // All that a fit depends on in one number: whoever changes an early row gets another chain from there on.
    private static ulong Key(Data data, int count, double[]? start, int iterations)
    {
        var hash = Mixing.Combine(data.Stream, Mixing.Combine((ulong)count, (ulong)iterations + (data.Warp ? 0UL : 1000)));
        for (var i = 0; i < count; i++)
        {
            hash = Fold(hash, data.Values[i]);
            foreach (var x in data.Rows.Points[i]) hash = Fold(hash, x);
            foreach (var feature in data.Rows.Features) hash = Fold(hash, feature[i]);
            hash += (ulong)data.Rows.Kinship.Task(i);
            if (data.Rows.Noise[i] != 1) hash = Fold(hash, data.Rows.Noise[i]);
        }

        foreach (var x in start ?? []) hash = Fold(hash, x);
        return Mixing.Mix(hash);
    }

    private static ulong Fold(ulong hash, double x) =>
        unchecked((BitOperations.RotateLeft(hash, 29) ^ BitConverter.DoubleToUInt64Bits(x)) * Mixing.Gamma);

    private sealed record Data(Rows Rows, IReadOnlyList<double> Values, Goal Goal, bool Warp, ulong Stream, FitBuffers Buffers);
}
