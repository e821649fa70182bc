namespace Rekindle.Optimization.Bayesian;

/// <summary>A differentiable function: writes the gradient at x and returns the value, +inf where undefined.</summary>
internal delegate double Differentiable(ReadOnlySpan<double> x, Span<double> gradient);

/// <summary>
/// Minimises inside a box by limited-memory BFGS on the free coordinates with a projected backtracking line search, one evaluation
/// at a time: the caller evaluates <see cref="Trial"/> and tells the outcome, so that many searches can be evaluated together.
/// <code>
/// s_k = x_{k+1} - x_k,  y_k = g_{k+1} - g_k      the last <see cref="Memory"/> pairs with s.y &gt; 0
/// free = coordinates not held at a bound by their gradient
/// </code>
/// Nocedal and Wright, "Numerical optimization", algorithms 7.4 and 3.1.
/// </summary>
internal sealed class QuasiNewton
{
    private const int Memory = 8;
    private const int Backtracks = 12;
    private const double Armijo = 1e-4;
    private const double Shrink = 0.4;

    private readonly double[] _lower;
    private readonly double[] _upper;
    private readonly int _iterations;
    private readonly double _gradientTolerance;
    private readonly double _relativeTolerance;
    private readonly double[] _gradient;
    private readonly double[] _direction;
    private readonly List<(double[] S, double[] Y, double Rho)> _pairs = new(Memory);
    private bool _started;
    private int _iteration;
    private int _backtracks;
    private double _step;
    private double _slope;

    public QuasiNewton(double[] x, double[] lower, double[] upper, int iterations, double gradientTolerance, double relativeTolerance)
    {
        (X, Trial, _lower, _upper) = (x, (double[])x.Clone(), lower, upper);
        (_iterations, _gradientTolerance, _relativeTolerance) = (iterations, gradientTolerance, relativeTolerance);
        (_gradient, _direction) = (new double[x.Length], new double[x.Length]);
        Value = double.PositiveInfinity;
    }

    /// <summary>The best point so far.</summary>
    public double[] X { get; }

    public double Value { get; private set; }

    /// <summary>Where the function is wanted next.</summary>
    public double[] Trial { get; }

    public bool IsDone { get; private set; }

    /// <summary>Moves <paramref name="x"/> to the best point found and returns its value.</summary>
    public static double Minimize(
        Differentiable f, double[] x, double[] lower, double[] upper, int iterations, double gradientTolerance, double relativeTolerance)
    {
        var search = new QuasiNewton(x, lower, upper, iterations, gradientTolerance, relativeTolerance);
        var gradient = new double[x.Length];
        while (!search.IsDone) search.Tell(f(search.Trial, gradient), gradient);
        return search.Value;
    }

    /// <summary>Takes the value and the gradient at <see cref="Trial"/> and chooses the next one.</summary>
    public void Tell(double value, ReadOnlySpan<double> gradient)
    {
        if (_started && !(value <= Value + (Armijo * _step * _slope)))
        {
            _step *= Shrink;
            if (++_backtracks >= Backtracks) IsDone = true;
            else Propose();
            return;
        }

        var decrease = Value - value;
        if (_started) Remember(gradient);
        gradient.CopyTo(_gradient);
        Trial.CopyTo(X, 0);
        Value = value;
        var settled = _started && decrease <= _relativeTolerance * (1 + Math.Abs(value));
        _started = true;
        if (settled || _iteration++ >= _iterations || !double.IsFinite(value) || !Direct()) IsDone = true;
        else Propose();
    }

    private void Propose()
    {
        for (var i = 0; i < X.Length; i++) Trial[i] = Math.Clamp(X[i] + (_step * _direction[i]), _lower[i], _upper[i]);
    }

    private void Remember(ReadOnlySpan<double> gradient)
    {
        var pair = (S: new double[X.Length], Y: new double[X.Length], Rho: 0.0);
        for (var i = 0; i < X.Length; i++) (pair.S[i], pair.Y[i]) = (Trial[i] - X[i], gradient[i] - _gradient[i]);
        var curvature = Dot(pair.S, pair.Y);
        if (!(curvature > 1e-12 * Dot(pair.Y, pair.Y))) return;
        if (_pairs.Count == Memory) _pairs.RemoveAt(0);
        _pairs.Add(pair with { Rho = 1 / curvature });
    }

    // False at a point where no free coordinate has a slope worth following.
    private bool Direct()
    {
        var steepest = 0.0;
        for (var i = 0; i < X.Length; i++) steepest = Math.Max(steepest, IsFree(i) ? Math.Abs(_gradient[i]) : 0);
        if (!(steepest > _gradientTolerance)) return false;
        Recur();
        _slope = Dot(_gradient, _direction);
        if (!(_slope < 0))
        {
            _pairs.Clear();
            for (var i = 0; i < X.Length; i++) _direction[i] = IsFree(i) ? -_gradient[i] : 0;
            _slope = Dot(_gradient, _direction);
        }

        // Without curvature knowledge the first step is no longer than a unit.
        _step = _pairs.Count == 0 ? Math.Min(1, 1 / Math.Sqrt(-_slope)) : 1;
        _backtracks = 0;
        return true;
    }

    private void Recur()
    {
        var q = _direction;
        for (var i = 0; i < q.Length; i++) q[i] = IsFree(i) ? _gradient[i] : 0;
        Span<double> a = stackalloc double[Memory];
        for (var k = _pairs.Count - 1; k >= 0; k--)
        {
            a[k] = _pairs[k].Rho * Dot(_pairs[k].S, q);
            for (var i = 0; i < q.Length; i++) q[i] -= a[k] * _pairs[k].Y[i];
        }

        if (_pairs.Count > 0)
        {
            var (_, y, rho) = _pairs[^1];
            var scale = 1 / (rho * Dot(y, y));
            for (var i = 0; i < q.Length; i++) q[i] *= scale;
        }

        for (var k = 0; k < _pairs.Count; k++)
        {
            var b = _pairs[k].Rho * Dot(_pairs[k].Y, q);
            for (var i = 0; i < q.Length; i++) q[i] += (a[k] - b) * _pairs[k].S[i];
        }

        for (var i = 0; i < q.Length; i++) q[i] = IsFree(i) ? -q[i] : 0;
    }

    private bool IsFree(int i) => !((X[i] <= _lower[i] && _gradient[i] > 0) || (X[i] >= _upper[i] && _gradient[i] < 0));

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
