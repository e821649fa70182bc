using System.Globalization;
using Rekindle.Algorithms.Rules;

namespace Rekindle.Algorithms.ImageClassification;

/// <summary>Reads values by name and type, and collects what is wrong instead of stopping at the first.</summary>
/// <remarks>A wrong value gives the default, so that reading can go on; nobody sees it, because errors are thrown at the end.</remarks>
internal sealed class HyperparameterReader
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];
    private readonly List<string> _errors = [];

    public HyperparameterReader(IReadOnlyDictionary<string, string> values)
    {
        foreach (var (name, value) in values) if (!HyperparameterText.IsPlumbing(name)) _values[name] = HyperparameterText.Unquoted(value).Trim();
    }

    /// <summary>Whether everything read so far is right.</summary>
    public bool IsSound => _errors.Count == 0;

    /// <summary>A whole number; without a default it is required.</summary>
    public int Integer(string name, int? fallback, int least = 1, int most = int.MaxValue) =>
        OptionalInteger(name, least, most) ?? Default(name, fallback);

    public int? OptionalInteger(string name, int least = 1, int most = int.MaxValue)
    {
        if (Text(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most)
        {
            return value;
        }

        Refuse(name, text, most < int.MaxValue ? $"must be a whole number from {least} to {most}" : least == 1
            ? "must be a positive whole number" : $"must be a whole number of at least {least}");
        return least;
    }

    public int OneOf(string name, int fallback, IReadOnlyList<int> allowed)
    {
        if (Text(name) is not { } text) return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && allowed.Contains(value)) return value;
        Refuse(name, text, $"must be one of {string.Join(", ", allowed)}");
        return fallback;
    }

    /// <summary>A number from 0 to 1.</summary>
    public float Fraction(string name, float fallback)
    {
        if (Text(name) is not { } text) return fallback;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1)
            return (float)value;
        Refuse(name, text, "must be a number from 0 to 1");
        return fallback;
    }

    /// <summary>One of a few texts, as an index into them; -1 when absent.</summary>
    public int Choice(string name, params ReadOnlySpan<string> allowed)
    {
        if (Text(name) is not { } text) return -1;
        var index = allowed.IndexOf(text);
        if (index < 0) Refuse(name, text, $"must be one of {string.Join(", ", allowed.ToArray())}");
        return index;
    }

    public bool Flag(string name, string off, string on)
    {
        if (Text(name) is not { } text) return false;
        if (text.Equals(on, StringComparison.OrdinalIgnoreCase)) return true;
        if (!text.Equals(off, StringComparison.OrdinalIgnoreCase)) Refuse(name, text, $"must be {off} or {on}");
        return false;
    }

    /// <summary>Whole numbers separated by commas; null when one is not.</summary>
    public IReadOnlyList<int>? Integers(string name, string fallback)
    {
        var values = new List<int>();
        var text = Text(name) ?? fallback;
        if (text.Length == 0) return values;
        foreach (var field in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return null;
            values.Add(value);
        }

        return values;
    }

    /// <summary>The text of a value; null when absent.</summary>
    public string? Text(string name)
    {
        if (!_known.Contains(name)) _known.Add(name);
        return _values.GetValueOrDefault(name);
    }

    public void Refuse(string name, string value, string rule) => _errors.Add($"{name}: '{value}' {rule}.");

    /// <summary>Throws one error that tells all that was wrong, names that nobody asked for included.</summary>
    public void ThrowIfAnyWrong()
    {
        foreach (var name in _values.Keys.Where(name => !_known.Contains(name)).Order(StringComparer.Ordinal))
        {
            _errors.Add(HyperparameterText.Unknown(name, _known, "image-classification"));
        }

        HyperparameterText.ThrowIfAny(_errors);
    }

    private int Default(string name, int? fallback)
    {
        if (fallback is null) _errors.Add($"{name}: required, but not given.");
        return fallback ?? 1;
    }
}
