using System.Globalization;

namespace Rekindle.Algorithms.Rules;

/// <summary>What one hyperparameter may be, and what it is when it is not given.</summary>
/// <param name="Name">SageMaker's name of it.</param>
internal abstract record Rule(string Name)
{
    /// <summary>The value when none is given; null when there is none, or the algorithm finds it.</summary>
    public string? Default { get; init; }

    public bool Required { get; init; }

    /// <summary>Texts that are allowed beside the others, such as <c>auto</c>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Ends the sentence "must be …".</summary>
    public string Valid => string.Join(" or ", Words.Append(Domain));

    protected abstract string Domain { get; }

    public bool Allows(string text) => Words.Contains(text) || IsInDomain(text);

    protected abstract bool IsInDomain(string text);

    protected static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A whole number in a closed range.</summary>
internal sealed record WholeRule(string Name, int Least = int.MinValue, int Most = int.MaxValue) : Rule(Name)
{
    protected override string Domain => (Least, Most) switch
    {
        (int.MinValue, int.MaxValue) => "a whole number",
        (1, int.MaxValue) => "a positive whole number",
        (_, int.MaxValue) => $"a whole number of at least {Least}",
        _ => $"a whole number from {Least} to {Most}",
    };

    protected override bool IsInDomain(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= Least && value <= Most;
}

/// <summary>A finite number in a range.</summary>
internal sealed record RealRule(string Name) : Rule(Name)
{
    public double? AtLeast { get; init; }

    public double? Above { get; init; }

    public double? AtMost { get; init; }

    public double? Below { get; init; }

    protected override string Domain
    {
        get
        {
            if ((AtLeast, AtMost) is ({ } from, { } to)) return $"a number from {Number(from)} to {Number(to)}";
            var lower = AtLeast is { } least ? $"of at least {Number(least)}" : Above is { } above ? $"above {Number(above)}" : null;
            var upper = AtMost is { } most ? $"at most {Number(most)}" : Below is { } below ? $"below {Number(below)}" : null;
            return string.Join(' ', ((string?[])["a number", lower, lower is null || upper is null ? null : "and", upper]).OfType<string>());
        }
    }

    protected override bool IsInDomain(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value)
        && value >= (AtLeast ?? value)
        && value <= (AtMost ?? value)
        && !(value <= Above)
        && !(value >= Below);
}

/// <summary>One of a few texts.</summary>
internal sealed record ChoiceRule(string Name, params string[] Choices) : Rule(Name)
{
    protected override string Domain => Choices.Length == 2 ? $"{Choices[0]} or {Choices[1]}" : $"one of {string.Join(", ", Choices)}";

    protected override bool IsInDomain(string text) => Choices.Contains(text);
}

/// <summary>Yes or no, in capitals or not.</summary>
internal sealed record FlagRule(string Name, string Yes = "true", string No = "false") : Rule(Name)
{
    protected override string Domain => $"{Yes} or {No}";

    public bool IsYes(string text) => text.Equals(Yes, StringComparison.OrdinalIgnoreCase);

    protected override bool IsInDomain(string text) => IsYes(text) || text.Equals(No, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A text with a form of its own.</summary>
/// <param name="Name">SageMaker's name of it.</param>
/// <param name="Form">Ends the sentence "must be …".</param>
/// <param name="Fits">Whether a text has it.</param>
internal sealed record FormRule(string Name, string Form, Func<string, bool> Fits) : Rule(Name)
{
    protected override string Domain => Form;

    protected override bool IsInDomain(string text) => Fits(text);
}
