using System.Globalization;

namespace Rekindle.Bench;

/// <summary>The words after a benchmark's name.</summary>
internal sealed class BenchOptions
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);
    private readonly string _help;

    /// <param name="benchmark">Its name.</param>
    /// <param name="words">What was typed.</param>
    /// <param name="valued">Options that need a value.</param>
    /// <param name="flags">Options without one.</param>
    /// <exception cref="BenchmarkException">A word is unknown, or a value is missing.</exception>
    public BenchOptions(string benchmark, string[] words, string[] valued, string[] flags)
    {
        _help = $"See ./bench {benchmark} --help.";
        Known = [.. valued, .. flags];
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (flags.Contains(word))
            {
                _values[word] = null;
            }
            else if (!valued.Contains(word))
            {
                throw new BenchmarkException($"{benchmark} has no option '{word}'. Known: {string.Join(", ", Known)}. {_help}");
            }
            else if (i + 1 == words.Length)
            {
                throw new BenchmarkException($"{word} needs a value. {_help}");
            }
            else
            {
                _values[word] = words[++i];
            }
        }
    }

    /// <summary>All options of the benchmark.</summary>
    public IReadOnlyList<string> Known { get; }

    public bool Has(string flag) => _values.ContainsKey(flag);

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public int Whole(string name, int otherwise) => Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value
        : throw new BenchmarkException($"{name} is '{text}'; it must be a whole number above 0. {_help}");

    /// <summary>One of a few words.</summary>
    public string Word(string name, params string[] words) => Text(name) is not { } text ? words[0]
        : words.Contains(text, StringComparer.Ordinal) ? text
        : throw new BenchmarkException($"{name} is '{text}'; it must be {string.Join(" or ", words)}. {_help}");
}
