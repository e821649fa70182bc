namespace Rekindle.Algorithms.Rules;

/// <summary>All hyperparameters of an algorithm.</summary>
/// <param name="algorithm">Its name, for sentences.</param>
/// <param name="rules">In the order of the documentation.</param>
/// <param name="unsupported">Names that SageMaker knows and this program refuses, each with the reason.</param>
internal sealed class RuleSet(string algorithm, IReadOnlyList<Rule> rules, IReadOnlyDictionary<string, string>? unsupported = null)
{
    private readonly IReadOnlyDictionary<string, string> _unsupported = unsupported ?? new Dictionary<string, string>();

    public IReadOnlyList<Rule> Rules => rules;

    /// <summary>Checks all values.</summary>
    /// <param name="given">The hyperparameters as they came, the platform's own among them.</param>
    /// <param name="together">Rules between several values; asked when each is right by itself. Gives sentences.</param>
    /// <exception cref="ClientErrorException">Names every hyperparameter that is wrong, missing or unknown.</exception>
    public HyperparameterValues Read(
        IReadOnlyDictionary<string, string> given, Func<HyperparameterValues, IEnumerable<string>>? together = null)
    {
        var own = given.Where(pair => !HyperparameterText.IsPlumbing(pair.Key))
            .ToDictionary(pair => pair.Key, pair => HyperparameterText.Unquoted(pair.Value).Trim(), StringComparer.Ordinal);
        var errors = new List<string>();
        foreach (var rule in rules)
        {
            if (!own.TryGetValue(rule.Name, out var text))
            {
                if (rule.Required) errors.Add($"{rule.Name}: required, but not given; it must be {rule.Valid}.");
            }
            else if (!rule.Allows(text))
            {
                errors.Add(Sentence(rule.Name, text, $"must be {rule.Valid}"));
            }
        }

        foreach (var (name, text) in own.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (rules.Any(rule => rule.Name == name)) continue;
            errors.Add(_unsupported.TryGetValue(name, out var reason)
                ? Sentence(name, text, $"is not supported here: {reason}")
                : HyperparameterText.Unknown(name, rules.Select(rule => rule.Name), algorithm));
        }

        var values = new HyperparameterValues(rules, own);
        if (errors.Count == 0 && together is not null) errors.AddRange(together(values));
        HyperparameterText.ThrowIfAny(errors);
        return values;
    }

    /// <summary>Field, value and rule, as every algorithm tells them.</summary>
    public static string Sentence(string name, string? value, string rule) => $"{name}: '{value}' {rule}.";
}
