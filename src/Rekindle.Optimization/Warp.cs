namespace Rekindle.Optimization;

/// <summary>
/// Maps [a, b] onto [0, 1] and back.
/// <code>
/// linear   u = (x - a) / (b - a)
/// log      u = ln(x / a) / ln(b / a)                      a &gt; 0
/// reverse  u = ln((1-a) / (1-x)) / ln((1-a) / (1-b))      0 &lt;= a, b &lt; 1
/// </code>
/// Survives widths beyond the largest double and bounds that are neighbouring or subnormal doubles.
/// </summary>
internal sealed class Warp
{
    // A hair below 100, so that 0.9 to 0.999 counts although its ratio is 99.99999999999991 in doubles.
    private const double AutoRatio = 100 * (1 - 1e-9);

    private readonly double _a;
    private readonly double _b;
    private readonly Scaling _scaling;
    private readonly double _start;
    private readonly double _width;

    public Warp(string name, double a, double b, Scaling scaling)
    {
        if (scaling == Scaling.Logarithmic && !(a > 0))
            throw new ArgumentException($"Parameter '{name}': logarithmic scaling needs a positive minimum.");
        if (scaling == Scaling.ReverseLogarithmic && !(a >= 0 && b < 1))
            throw new ArgumentException($"Parameter '{name}': reverse-logarithmic scaling needs a range inside [0, 1).");
        (_a, _b, _scaling) = (a, b, scaling);
        // Where rounding swallows the curve, as between neighbouring doubles or next to 0, the straight line is the curve.
        var isStraight = Stretch(b) <= Stretch(a) || (scaling == Scaling.ReverseLogarithmic && b < 1e-6);
        if (isStraight) _scaling = Scaling.Linear;
        _start = Stretch(a);
        _width = Stretch(b) - _start;
    }

    /// <summary>Resolves Auto; see <see cref="Scaling.Auto"/>.</summary>
    public static Scaling Choose(Scaling scaling, double minimum, double maximum, bool reverseAllowed)
    {
        if (scaling != Scaling.Auto) return scaling;
        if (minimum > 0 && maximum / minimum >= AutoRatio) return Scaling.Logarithmic;
        var reverse = reverseAllowed && minimum >= 0 && maximum < 1 && (1 - minimum) / (1 - maximum) >= AutoRatio;
        return reverse ? Scaling.ReverseLogarithmic : Scaling.Linear;
    }

    public double Position(double x)
    {
        if (_width > 0) return (Stretch(x) - _start) / _width;
        return x == _a ? 0.5 : double.NaN;
    }

    public double Value(double u)
    {
        // Exact at the ends, where rounding could leave the range or never reach the bound.
        if (u <= 0 || !(_width > 0)) return _a;
        if (u >= 1) return _b;
        return _scaling switch
        {
            Scaling.Logarithmic => Math.Exp(_start + (u * _width)),
            Scaling.ReverseLogarithmic => -Math.Exp(-(_start + (u * _width))) + 1,
            _ => (_a * (1 - u)) + (_b * u),
        };
    }

    private double Stretch(double x) => _scaling switch
    {
        Scaling.Logarithmic => Math.Log(x),
        Scaling.ReverseLogarithmic => -Math.Log(1 - x),
        // A width that would overflow is measured in sixteenths; small widths keep every bit.
        _ => double.IsFinite(_b - _a) ? x : x / 16,
    };
}
