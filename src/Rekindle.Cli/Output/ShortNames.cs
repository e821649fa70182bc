namespace Rekindle.Cli.Output;

/// <summary>Names of hyperparameters for narrow columns: <c>learning_rate</c> is <c>lr</c>, <c>momentum</c> is <c>mom</c>.</summary>
internal static class ShortNames
{
    private const int WordLength = 3;

    /// <summary>A short name for each, in order; all are different, and a name too short to gain anything stays.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> names)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<string>();
        foreach (var name in names)
        {
            // The names not shortened yet count too: "lr" itself must not be taken for the learning rate.
            var chosen = Candidates(name).First(candidate => candidate == name || (!taken.Contains(candidate) && !names.Contains(candidate)));
            taken.Add(chosen);
            result.Add(chosen);
        }

        return result;
    }

    private static IEnumerable<string> Candidates(string name)
    {
        var words = name.Split(['_', '-', '.', ' '], StringSplitOptions.RemoveEmptyEntries);
        if (name.Length > WordLength)
        {
            yield return words.Length > 1 ? string.Concat(words.Select(word => word[0])) : name[..WordLength];
            yield return string.Concat(words.Select(word => word[..Math.Min(WordLength, word.Length)]));
        }

        yield return name;
    }
}
