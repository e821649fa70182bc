using System.Globalization;

namespace Rekindle.Bench;

/// <summary>The words after a benchmark's name.</summary>
internal sealed class BenchOptions
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);

    /// <param name="words">What was typed.</param>
    /// <param name="valued">Options that need a value.</param>
    /// <param name="flags">Options without one.</param>
    /// <exception cref="BenchmarkException">A word is unknown, or a value is missing.</exception>
    public BenchOptions(string[] words, string[] valued, string[] flags)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (flags.Contains(word))
            {
                _values[word] = null;
            }
            else if (!valued.Contains(word))
            {
                throw new BenchmarkException($"There is no option '{word}'. Known: {string.Join(", ", valued.Concat(flags))}.");
            }
            else if (i + 1 == words.Length)
            {
                throw new BenchmarkException($"{word} needs a value.");
            }
            else
            {
                _values[word] = words[++i];
            }
        }
    }

    public bool Has(string flag) => _values.ContainsKey(flag);

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public int Whole(string name, int otherwise) => Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value
        : throw new BenchmarkException($"{name} needs a whole number above 0.");
}
