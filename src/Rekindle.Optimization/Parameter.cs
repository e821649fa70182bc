namespace Rekindle.Optimization;

/// <summary>How the values between a parameter's bounds are spread.</summary>
public enum Scaling
{
    /// <summary>
    /// Logarithmic when the minimum is positive and the maximum at least 100 times as large; else reverse-logarithmic when the range
    /// lies in [0, 1) and the distance to 1 shrinks at least 100-fold; else linear. A minimum of 0 never becomes logarithmic.
    /// </summary>
    Auto,

    /// <summary>Even in x.</summary>
    Linear,

    /// <summary>Even in ln x; the minimum must be positive.</summary>
    Logarithmic,

    /// <summary>Even in -ln(1 - x); continuous ranges inside [0, 1) only.</summary>
    ReverseLogarithmic,
}

/// <summary>The domain of one tunable value.</summary>
/// <param name="Name">The hyperparameter's name, unique in its space.</param>
public abstract record Parameter(string Name);

/// <summary>Any double in [Minimum, Maximum].</summary>
/// <param name="Name">The hyperparameter's name.</param>
/// <param name="Minimum">Smallest admissible value, finite.</param>
/// <param name="Maximum">Largest admissible value, finite, not below the minimum.</param>
/// <param name="Scaling">How the range is spread.</param>
public sealed record ContinuousParameter(string Name, double Minimum, double Maximum, Scaling Scaling = Scaling.Auto) : Parameter(Name);

/// <summary>Any integer in [Minimum, Maximum].</summary>
/// <param name="Name">The hyperparameter's name.</param>
/// <param name="Minimum">Smallest admissible value.</param>
/// <param name="Maximum">Largest admissible value, not below the minimum.</param>
/// <param name="Scaling">How the range is spread; reverse-logarithmic is not defined for integers.</param>
public sealed record IntegerParameter(string Name, long Minimum, long Maximum, Scaling Scaling = Scaling.Auto) : Parameter(Name);

/// <summary>One of a set of texts without order, even if they look like numbers.</summary>
/// <param name="Name">The hyperparameter's name.</param>
/// <param name="Values">At least one text, all different, passed on byte for byte.</param>
public sealed record CategoricalParameter(string Name, IReadOnlyList<string> Values) : Parameter(Name);
