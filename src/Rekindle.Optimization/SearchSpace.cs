namespace Rekindle.Optimization;

/// <summary>The tunable parameters, and the way between texts, typed values and unit coordinates.</summary>
public sealed class SearchSpace
{
    /// <summary>Checks and takes the parameters in their order.</summary>
    /// <param name="parameters">Parameters with different names.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a range is empty, not finite or does not fit its scaling.</exception>
    public SearchSpace(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = [.. parameters];
        Axes = [.. Parameters.Select(Axis.Of)];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in Parameters)
        {
            if (!names.Add(parameter.Name)) throw new ArgumentException($"Parameter '{parameter.Name}' occurs twice.", nameof(parameters));
        }

        Combinations = Axes.Aggregate(1.0, (product, axis) => product * axis.Cells);
    }

    /// <summary>The parameters in their order.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>How many different configurations exist; positive infinity if any continuous minimum is below its maximum.</summary>
    public double Combinations { get; }

    internal Axis[] Axes { get; }

    internal int Dimensions => Axes.Length;

    /// <summary>Whether a configuration has exactly these parameters, each with an admissible value.</summary>
    /// <param name="configuration">The configuration to test.</param>
    public bool Contains(Configuration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Values.Count == Dimensions && TryRead(configuration, out _);
    }

    /// <summary>
    /// Positions in [0, 1] for all parameters: numeric ones by their scaling, categories at the middle of their share.
    /// </summary>
    /// <param name="configuration">A configuration of this space; further names are ignored.</param>
    /// <returns>One position per parameter, or null if a value is missing or not admissible.</returns>
    public double[]? Encode(Configuration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (!TryRead(configuration, out var point)) return null;
        var positions = new double[Dimensions];
        for (var j = 0; j < positions.Length; j++)
            positions[j] = Axes[j].IsCategorical ? (point!.U[j] + 0.5) / Axes[j].Cells : point!.U[j];
        return positions;
    }

    /// <summary>The configuration at a position of the unit cube; coordinates outside [0, 1] are clamped.</summary>
    /// <param name="positions">One position per parameter.</param>
    public Configuration Decode(ReadOnlySpan<double> positions)
    {
        if (positions.Length != Dimensions) throw new ArgumentException("One position per parameter is needed.", nameof(positions));
        return Write(At(positions));
    }

    internal Point At(ReadOnlySpan<double> positions)
    {
        var raw = new long[Dimensions];
        for (var j = 0; j < raw.Length; j++) raw[j] = Axes[j].FromPosition(positions[j]);
        return PointOf(raw);
    }

    internal Point PointOf(long[] raw)
    {
        var u = new double[raw.Length];
        for (var j = 0; j < raw.Length; j++) u[j] = Axes[j].Coordinate(raw[j]);
        return new Point(raw, u);
    }

    internal Configuration Write(Point point) =>
        new(Axes.Select((axis, j) => KeyValuePair.Create(axis.Name, axis.Text(point.Raw[j]))));

    internal bool TryRead(Configuration configuration, out Point? point)
    {
        var raw = new long[Dimensions];
        point = null;
        for (var j = 0; j < raw.Length; j++)
        {
            if (!configuration.Values.TryGetValue(Axes[j].Name, out var text) || !Axes[j].TryRead(text, out raw[j])) return false;
        }

        point = PointOf(raw);
        return true;
    }

    /// <summary>The point number <paramref name="index"/> of a finite space, the last parameter running fastest.</summary>
    internal Point Enumerate(ulong index)
    {
        var raw = new long[Dimensions];
        for (var j = raw.Length - 1; j >= 0; j--)
        {
            var cells = (ulong)Axes[j].Cells;
            raw[j] = Axes[j].RawAt(index % cells);
            index /= cells;
        }

        return PointOf(raw);
    }
}
