using System.Collections.Frozen;
using System.Collections.ObjectModel;
using System.Text;

namespace Rekindle.Optimization;

/// <summary>
/// One point: hyperparameter names and their texts, in the order they were given. Two configurations are equal when they hold the
/// same names with the same texts, whatever the order.
/// </summary>
public sealed class Configuration : IEquatable<Configuration>
{
    private readonly int _hash;

    /// <summary>Takes a copy of the pairs.</summary>
    /// <param name="values">Pairs of name and text; a name may occur only once.</param>
    public Configuration(IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var ordered = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in values)
        {
            ordered.Add(name, text ?? throw new ArgumentException($"The value of '{name}' is null.", nameof(values)));
            _hash ^= HashCode.Combine(name.GetHashCode(StringComparison.Ordinal), text.GetHashCode(StringComparison.Ordinal));
        }

        Values = new ReadOnlyDictionary<string, string>(ordered);
    }

    /// <summary>Name to text, in the given order.</summary>
    public IReadOnlyDictionary<string, string> Values { get; }

    /// <summary>The empty configuration.</summary>
    public static Configuration Empty { get; } = new(FrozenDictionary<string, string>.Empty);

    /// <inheritdoc/>
    public bool Equals(Configuration? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || other._hash != _hash || other.Values.Count != Values.Count) return false;
        foreach (var (name, text) in Values)
        {
            if (!other.Values.TryGetValue(name, out var theirs) || !string.Equals(text, theirs, StringComparison.Ordinal)) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Configuration);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in Values)
        {
            if (text.Length > 1) text.Append(", ");
            text.Append(name).Append('=').Append(value);
        }

        return text.Append('}').ToString();
    }
}
