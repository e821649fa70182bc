namespace Rekindle.Optimization.Bayesian;

/// <summary>A differentiable function: writes the gradient at x and returns the value, +inf where undefined.</summary>
internal delegate double Differentiable(ReadOnlySpan<double> x, Span<double> gradient);

/// <summary>
/// Minimises inside a box by limited-memory BFGS on the free coordinates with a projected backtracking line search.
/// <code>
/// s_k = x_{k+1} - x_k,  y_k = g_{k+1} - g_k      the last <see cref="Memory"/> pairs with s.y &gt; 0
/// free = coordinates not held at a bound by their gradient
/// </code>
/// Nocedal and Wright, "Numerical optimization", algorithms 7.4 and 3.1.
/// </summary>
internal static class QuasiNewton
{
    private const int Memory = 8;
    private const int Backtracks = 12;
    private const double Armijo = 1e-4;

    /// <summary>Moves <paramref name="x"/> to the best point found and returns its value.</summary>
    public static double Minimize(
        Differentiable f, double[] x, double[] lower, double[] upper, int iterations, double gradientTolerance, double relativeTolerance)
    {
        var n = x.Length;
        var pairs = new List<(double[] S, double[] Y, double Rho)>(Memory);
        var gradient = new double[n];
        var (next, nextGradient) = (new double[n], new double[n]);
        var direction = new double[n];
        var value = f(x, gradient);
        for (var iteration = 0; iteration < iterations && double.IsFinite(value); iteration++)
        {
            var steepest = 0.0;
            for (var i = 0; i < n; i++) steepest = Math.Max(steepest, Math.Abs(Free(i) ? gradient[i] : 0));
            if (!(steepest > gradientTolerance)) break;

            Direct(pairs, gradient, Free, direction);
            var slope = Dot(gradient, direction);
            if (!(slope < 0))
            {
                pairs.Clear();
                for (var i = 0; i < n; i++) direction[i] = Free(i) ? -gradient[i] : 0;
                slope = Dot(gradient, direction);
            }

            // Without curvature knowledge the first step is no longer than a unit.
            var step = pairs.Count == 0 ? Math.Min(1, 1 / Math.Sqrt(-slope)) : 1;
            var trial = double.PositiveInfinity;
            var accepted = false;
            for (var k = 0; k < Backtracks && !accepted; k++, step *= accepted ? 1 : 0.4)
            {
                for (var i = 0; i < n; i++) next[i] = Math.Clamp(x[i] + (step * direction[i]), lower[i], upper[i]);
                trial = f(next, nextGradient);
                accepted = trial <= value + (Armijo * step * slope);
            }

            if (!accepted) break;
            var pair = (S: new double[n], Y: new double[n], Rho: 0.0);
            for (var i = 0; i < n; i++) (pair.S[i], pair.Y[i]) = (next[i] - x[i], nextGradient[i] - gradient[i]);
            var curvature = Dot(pair.S, pair.Y);
            if (curvature > 1e-12 * Dot(pair.Y, pair.Y))
            {
                if (pairs.Count == Memory) pairs.RemoveAt(0);
                pairs.Add(pair with { Rho = 1 / curvature });
            }

            var decrease = value - trial;
            Array.Copy(next, x, n);
            Array.Copy(nextGradient, gradient, n);
            value = trial;
            if (decrease <= relativeTolerance * (1 + Math.Abs(value))) break;
        }

        return value;

        bool Free(int i) => !((x[i] <= lower[i] && gradient[i] > 0) || (x[i] >= upper[i] && gradient[i] < 0));
    }

    private static void Direct(List<(double[] S, double[] Y, double Rho)> pairs, double[] gradient, Func<int, bool> free, double[] q)
    {
        for (var i = 0; i < q.Length; i++) q[i] = free(i) ? gradient[i] : 0;
        Span<double> a = stackalloc double[Memory];
        for (var k = pairs.Count - 1; k >= 0; k--)
        {
            a[k] = pairs[k].Rho * Dot(pairs[k].S, q);
            for (var i = 0; i < q.Length; i++) q[i] -= a[k] * pairs[k].Y[i];
        }

        if (pairs.Count > 0)
        {
            var (_, y, rho) = pairs[^1];
            var scale = 1 / (rho * Dot(y, y));
            for (var i = 0; i < q.Length; i++) q[i] *= scale;
        }

        for (var k = 0; k < pairs.Count; k++)
        {
            var b = pairs[k].Rho * Dot(pairs[k].Y, q);
            for (var i = 0; i < q.Length; i++) q[i] += (a[k] - b) * pairs[k].S[i];
        }

        for (var i = 0; i < q.Length; i++) q[i] = free(i) ? -q[i] : 0;
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
