namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The coordinate of a hyperparameter that the child fixes.
/// <code>
/// the same everywhere                                    none
/// tuned as a number by a parent, a number everywhere     that parent's range and scaling, the newest parent's first
/// a number everywhere                                    the numbers there are, log-scaled if they span two decades; half a unit from the
///                                                        least to the greatest
/// else                                                   equal or not
/// </code>
/// A value that was fixed, such as the number of epochs, moves the objective's level more than its shape: by its half unit the model
/// expects a correlation of one half (Matern-5/2 at the prior's median length scale), as it does between two categories, until results
/// teach it better.
/// </summary>
internal static class FixedAxis
{
    private const double Span = 0.5;

    /// <summary>The coordinate; null when it would be the same for all.</summary>
    /// <param name="name">The hyperparameter.</param>
    /// <param name="text">The child's value.</param>
    /// <param name="parents">The parents, oldest first.</param>
    public static Coordinate? Of(string name, string text, IReadOnlyList<ParentHistory> parents)
    {
        List<string?> texts =
        [
            .. parents
                .SelectMany(parent => parent.Observations.Select(each => ModelSpace.TextOf(name, each.Configuration, parent.StaticHyperParameters)))
                .Distinct(),
        ];
        var tuned = parents.Reverse().SelectMany(parent => parent.Space.Axes).FirstOrDefault(axis => axis.Name == name);
        if (tuned is null && texts.All(other => other == text)) return null;
        if (tuned is { IsCategorical: true }) return new Coordinate(tuned, 1);
        if (Numbers([text, .. texts]) is not { } numbers) return Categories(name, [text, .. texts.OfType<string>()]);
        if (tuned is not null && Math.Abs(tuned.CoordinateOf(text)) <= ModelSpace.Horizon) return new Coordinate(tuned, 1);
        var (least, greatest) = (numbers.Min(), numbers.Max());
        if (least == greatest) return null;
        return double.IsFinite(greatest - least)
            ? new Coordinate(Axis.Of(new ContinuousParameter(name, least, greatest)), Span)
            : Categories(name, [text, .. texts.OfType<string>()]);
    }

    private static Coordinate Categories(string name, IEnumerable<string> texts) =>
        new(Axis.Of(new CategoricalParameter(name, [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)])), 1);

    private static List<double>? Numbers(IEnumerable<string?> texts)
    {
        var numbers = new List<double>();
        foreach (var text in texts)
        {
            if (!NumberText.TryParse(text, out var number)) return null;
            numbers.Add(number);
        }

        return numbers;
    }
}
