namespace Rekindle.Server.TuningJobs.WarmStart;

internal static partial class WarmStartRules
{
    private static IEnumerable<Violation> SameHyperParameterNames(WarmStartRequest request)
    {
        var current = NamesOf(request.Child, request.Options);
        foreach (var parent in request.Found)
        {
            var before = NamesOf(parent.Definition, request.Options);
            if (!current.SetEquals(before))
            {
                yield return new(
                    nameof(SameHyperParameterNames),
                    "trainingJobDefinition.staticHyperParameters",
                    "The set of tunable plus static HyperParameter names is not the same across current and parent tuning jobs. Please ensure this "
                    + "set is constant when warm starting. Note that previously static HyperParameters can be tuned in warm start jobs and vice "
                    + $"versa. Only in the current tuning job: {ListOf(current.Except(before))}; "
                    + $"only in the parent tuning job {parent.Name}: {ListOf(before.Except(current))}.");
            }
        }
    }

    /// <summary>Without the injected one, which every side has, and without exempt ones.</summary>
    private static SortedSet<string> NamesOf(TuningJobDefinition definition, WarmStartOptions options) => new(
        definition.Ranges.Select(range => range.Name).Concat(definition.StaticHyperParameters.Keys).Where(name => !options.IsExempt(name)),
        StringComparer.Ordinal);

    private static IEnumerable<Violation> SameHyperParameterTypes(WarmStartRequest request) =>
        from parent in request.Found
        from before in parent.Definition.Ranges
        from range in request.Child.Ranges
        where range.Name == before.Name && range.Kind != before.Kind
        select new Violation(
            nameof(SameHyperParameterTypes),
            "hyperParameterTuningJobConfig.parameterRanges",
            $"The hyperparameter {range.Name} is {range.Kind} in the current tuning job and {before.Kind} in the parent tuning job {parent.Name}. "
            + "The type of a hyperparameter cannot change when warm starting.");

    private static IEnumerable<Violation> ChangeLimit(WarmStartRequest request)
    {
        var changes = request.Changes;
        if (changes.Used > ChangeCount.Limit)
        {
            yield return new(
                nameof(ChangeLimit),
                "trainingJobDefinition.staticHyperParameters",
                "The number of changes from tunable hyperparameters to static hyperparameters plus the number of changes in static "
                + $"hyperparameter values is {changes.Used}. It cannot be more than {ChangeCount.Limit} in a warm start tuning job. Changed: "
                + $"{ListOf(changes.Items.Select(item => $"{item.HyperParameter} ({item.Cost})"))}.");
        }
    }
}
