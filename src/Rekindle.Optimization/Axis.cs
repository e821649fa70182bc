namespace Rekindle.Optimization;

/// <summary>
/// One parameter seen as a coordinate.
/// <code>
/// raw    long     the typed value: bits of the double, the integer, or the category's index
/// u      double   unit coordinate; numeric: position in [0, 1], categorical: the category's index
/// cells  double   how many raw values there are, +inf for a continuous range with minimum &lt; maximum
/// </code>
/// Integers are cell-centred: the range is widened by one half on both sides, so that the bounds get their full share.
/// </summary>
internal abstract class Axis(string name, double cells)
{
    public string Name { get; } = name;

    public double Cells { get; } = cells;

    public abstract bool IsCategorical { get; }

    public bool IsContinuous => double.IsPositiveInfinity(Cells);

    /// <summary>The raw value at a position in [0, 1]; positions outside are clamped.</summary>
    public abstract long FromPosition(double position);

    /// <summary>The raw value's kernel coordinate.</summary>
    public abstract double Coordinate(long raw);

    public abstract string Text(long raw);

    /// <summary>Reads an admissible value.</summary>
    public abstract bool TryRead(string text, out long raw);

    /// <summary>The coordinate of any text, also outside the range; NaN when it has none.</summary>
    public abstract double CoordinateOf(string text);

    /// <summary>The raw value number <paramref name="index"/> of a finite axis.</summary>
    public abstract long RawAt(ulong index);

    public static Axis Of(Parameter parameter) => parameter switch
    {
        ContinuousParameter p => new ContinuousAxis(p),
        IntegerParameter p => new IntegerAxis(p),
        CategoricalParameter p => new CategoricalAxis(p),
        _ => throw new ArgumentException($"Unknown kind of parameter: {parameter}", nameof(parameter)),
    };
}

internal sealed class ContinuousAxis : Axis
{
    private readonly double _minimum;
    private readonly double _maximum;
    private readonly Warp _warp;

    public ContinuousAxis(ContinuousParameter p) : base(p.Name, p.Minimum < p.Maximum ? double.PositiveInfinity : 1)
    {
        if (!double.IsFinite(p.Minimum) || !double.IsFinite(p.Maximum) || p.Minimum > p.Maximum)
            throw new ArgumentException($"Parameter '{p.Name}': bounds must be finite, minimum not above maximum.");
        (_minimum, _maximum) = (p.Minimum, p.Maximum);
        _warp = new Warp(p.Name, _minimum, _maximum, Warp.Choose(p.Scaling, p.Minimum, p.Maximum, reverseAllowed: true));
    }

    public override bool IsCategorical => false;

    public override long FromPosition(double position)
    {
        // Adding +0.0 turns -0.0 into 0.0, so that one value has one raw form.
        var x = Math.Clamp(_warp.Value(Math.Clamp(position, 0, 1)), _minimum, _maximum) + 0.0;
        return BitConverter.DoubleToInt64Bits(x);
    }

    public override double Coordinate(long raw) => _warp.Position(BitConverter.Int64BitsToDouble(raw));

    public override string Text(long raw) => NumberText.Format(BitConverter.Int64BitsToDouble(raw));

    public override bool TryRead(string text, out long raw)
    {
        raw = 0;
        if (!NumberText.TryParse(text, out var x) || x < _minimum || x > _maximum) return false;
        raw = BitConverter.DoubleToInt64Bits(x + 0.0);
        return true;
    }

    public override double CoordinateOf(string text) => NumberText.TryParse(text, out var x) ? _warp.Position(x) : double.NaN;

    public override long RawAt(ulong index) => BitConverter.DoubleToInt64Bits(_minimum + 0.0);
}

internal sealed class IntegerAxis : Axis
{
    private readonly long _minimum;
    private readonly long _maximum;
    private readonly Warp? _log;

    public IntegerAxis(IntegerParameter p) : base(p.Name, (double)((Int128)p.Maximum - p.Minimum + 1))
    {
        if (p.Minimum > p.Maximum) throw new ArgumentException($"Parameter '{p.Name}': minimum above maximum.");
        if (p.Scaling == Scaling.ReverseLogarithmic)
            throw new ArgumentException($"Parameter '{p.Name}': reverse-logarithmic scaling is not defined for integers.");
        (_minimum, _maximum) = (p.Minimum, p.Maximum);
        var scaling = Warp.Choose(p.Scaling, p.Minimum, p.Maximum, reverseAllowed: false);
        if (scaling != Scaling.Logarithmic) return;
        if (p.Minimum < 1) throw new ArgumentException($"Parameter '{p.Name}': logarithmic scaling needs a positive minimum.");
        _log = new Warp(p.Name, p.Minimum - 0.5, p.Maximum + 0.5, scaling);
    }

    public override bool IsCategorical => false;

    public override long FromPosition(double position)
    {
        position = Math.Clamp(position, 0, 1);
        if (_log is not null)
        {
            var x = Math.Floor(_log.Value(position) + 0.5);
            // Compared before the cast: a double above 2^63 has no long.
            return x >= _maximum ? _maximum : x <= _minimum ? _minimum : (long)x;
        }

        var last = unchecked((ulong)_maximum - (ulong)_minimum);
        var offset = Math.Floor(position * Cells);
        return offset >= last ? _maximum : unchecked((long)((ulong)_minimum + (ulong)offset));
    }

    public override double Coordinate(long raw) =>
        _log?.Position(raw) ?? ((double)unchecked((ulong)raw - (ulong)_minimum) + 0.5) / Cells;

    public override string Text(long raw) => NumberText.Format(raw);

    public override bool TryRead(string text, out long raw)
    {
        var integral = long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture, out raw);
        if (!integral && NumberText.TryParse(text, out var x) && x == Math.Floor(x) && Math.Abs(x) < 1L << 53)
        {
            raw = (long)x;
            integral = true;
        }

        return integral && raw >= _minimum && raw <= _maximum;
    }

    public override double CoordinateOf(string text)
    {
        if (TryRead(text, out var raw)) return Coordinate(raw);
        if (!NumberText.TryParse(text, out var x)) return double.NaN;
        return _log?.Position(x) ?? (x - _minimum + 0.5) / Cells;
    }

    public override long RawAt(ulong index) => unchecked((long)((ulong)_minimum + index));
}

internal sealed class CategoricalAxis : Axis
{
    private readonly IReadOnlyList<string> _values;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public CategoricalAxis(CategoricalParameter p) : base(p.Name, p.Values.Count)
    {
        if (p.Values.Count == 0) throw new ArgumentException($"Parameter '{p.Name}' has no values.");
        _values = [.. p.Values];
        for (var i = 0; i < _values.Count; i++)
        {
            if (!_index.TryAdd(_values[i], i)) throw new ArgumentException($"Parameter '{p.Name}': value '{_values[i]}' occurs twice.");
        }
    }

    public override bool IsCategorical => true;

    public override long FromPosition(double position) =>
        Math.Min((long)(Math.Clamp(position, 0, 1) * _values.Count), _values.Count - 1);

    public override double Coordinate(long raw) => raw;

    public override string Text(long raw) => _values[(int)raw];

    public override bool TryRead(string text, out long raw)
    {
        var known = _index.TryGetValue(text, out var index);
        raw = index;
        return known;
    }

    public override double CoordinateOf(string text) => _index.TryGetValue(text, out var index) ? index : double.NaN;

    public override long RawAt(ulong index) => (long)index;
}
