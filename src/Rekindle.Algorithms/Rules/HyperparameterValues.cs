using System.Globalization;

namespace Rekindle.Algorithms.Rules;

/// <summary>Hyperparameters that keep to their rules, with the defaults of those that were not given.</summary>
internal sealed class HyperparameterValues(IReadOnlyList<Rule> rules, IReadOnlyDictionary<string, string> given)
{
    public bool IsGiven(string name) => Rule(name) is { } rule && given.ContainsKey(rule.Name);

    /// <summary>The text given or the default; null when there is neither.</summary>
    public string? Text(string name)
    {
        var rule = Rule(name);
        return given.GetValueOrDefault(name) ?? rule.Default;
    }

    /// <summary>A whole number; null when there is none, or one of the words in place of it.</summary>
    public int? OptionalWhole(string name) =>
        Text(name) is { } text && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public int Whole(string name) => OptionalWhole(name) ?? throw Absent(name);

    /// <summary>A number; null when there is none, or one of the words in place of it.</summary>
    public double? OptionalReal(string name) =>
        Text(name) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    public double Real(string name) => OptionalReal(name) ?? throw Absent(name);

    /// <summary>Yes or no; no when it is neither given nor has a default.</summary>
    public bool Flag(string name) => Text(name) is { } text && ((FlagRule)Rule(name)).IsYes(text);

    private Rule Rule(string name) =>
        rules.FirstOrDefault(rule => rule.Name == name) ?? throw new ArgumentException($"There is no hyperparameter {name}.", nameof(name));

    private static InvalidOperationException Absent(string name) => new($"The hyperparameter {name} has neither value nor default.");
}
