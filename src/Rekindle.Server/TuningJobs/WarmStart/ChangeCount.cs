namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>The changes that count towards the limit of ten.</summary>
/// <param name="Items">One for each hyperparameter that costs something, by name.</param>
/// <param name="Exempt">Hyperparameters that would cost something if they were not exempt, by name.</param>
internal sealed record ChangeCount(IReadOnlyList<HyperParameterChange> Items, IReadOnlyList<string> Exempt)
{
    public const int Limit = 10;

    public int Used => Items.Sum(item => item.Cost);

    public static ChangeCount Of(TuningJobDefinition child, IEnumerable<TuningJobDefinition> parents, WarmStartOptions options)
    {
        var all = parents.ToList();
        var changes = child.StaticHyperParameters
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => HyperParameterChange.Of(pair.Key, pair.Value, all))
            .Where(change => change.Cost > 0)
            .ToLookup(change => options.IsExempt(change.HyperParameter));
        return new([.. changes[false]], [.. changes[true].Select(change => change.HyperParameter)]);
    }
}

/// <summary>A hyperparameter that is static in the child and was tunable, or had another value, in some parent.</summary>
/// <param name="HyperParameter">Its name.</param>
/// <param name="From">What it was in the parents: values, <c>{red, blue}</c> for a categorical range, <c>[0.1, 0.5]</c> for a numeric one.</param>
/// <param name="To">Its value in the child.</param>
/// <param name="Cost">1 for a numeric range, else the number of different values over parents and child; 0 when nothing changed.</param>
internal sealed record HyperParameterChange(string HyperParameter, string From, string To, int Cost)
{
    /// <remarks>
    /// The cost is the number of extra columns a surrogate model needs for a hyperparameter that is constant in the child but varies over
    /// the observations. That reading agrees with both examples AWS gives (a tunable {red, blue} made static, and red changed to blue,
    /// cost 2 each) and with the sentence that each value of a categorical hyperparameter counts.
    /// </remarks>
    public static HyperParameterChange Of(string name, string value, IReadOnlyList<TuningJobDefinition> parents)
    {
        var numeric = false;
        var values = new HashSet<string>(StringComparer.Ordinal) { value };
        var from = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var parent in parents)
        {
            if (parent.Ranges.FirstOrDefault(range => range.Name == name) is { } range)
            {
                numeric |= range.Kind != ParameterKind.Categorical;
                values.UnionWith(range.Values);
                from.Add(Text(range));
            }
            else if (parent.StaticHyperParameters.TryGetValue(name, out var before))
            {
                values.Add(before);
                from.Add(before);
            }
        }

        return new(name, string.Join(" | ", from), value, numeric ? 1 : values.Count > 1 ? values.Count : 0);
    }

    private static string Text(ParameterRange range) => range.Kind == ParameterKind.Categorical
        ? $"{{{string.Join(", ", range.Values)}}}"
        : $"[{range.MinValue}, {range.MaxValue}]";
}
