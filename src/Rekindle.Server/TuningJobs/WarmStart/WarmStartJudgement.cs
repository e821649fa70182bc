using System.Globalization;
using Rekindle.Optimization;
using Rekindle.Server.Storage;

namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>Says in a plain sentence whether a warm start paid. Where results don't tell, it says that.</summary>
internal static class WarmStartJudgement
{
    /// <summary>A child with fewer results that has not passed its parents yet is not judged.</summary>
    private const int LeastResults = 5;

    public static (Worth Verdict, string Sentence) Of(
        TuningJob child, IReadOnlyList<ParentSnapshot> parents, int elsewhere, WarmStartWorth worth, WarmStartOptions options)
    {
        var (verdict, sentence) = Judge(child, parents, worth, options);
        return (verdict, elsewhere == 0 || parents.Count == 0 ? $"{sentence}." : $"{sentence}; {elsewhere} of its parents are not on this server.");
    }

    private static (Worth, string) Judge(TuningJob child, IReadOnlyList<ParentSnapshot> parents, WarmStartWorth worth, WarmStartOptions options)
    {
        if (child.Definition.WarmStart is not { } type)
        {
            return (Worth.NoParents, "It is a cold start and has no parents to be measured by");
        }

        if (worth.ParentsBest is not { } before)
        {
            return (Worth.NothingToLearn, parents.Count == 0
                ? "Its parents are not on this server, so there is nothing to measure it by"
                : "Its parents have no result, so there was nothing to learn from them");
        }

        if (worth.Best is not { } best)
        {
            return child.IsTerminal
                ? (Worth.NoResult, $"It ended without a result of its own, so the parents' best of {Number(before.Value)} stands")
                : (Worth.TooEarly, $"It is too early to say: it has no result yet, and the parents' best is {Number(before.Value)}");
        }

        var transfer = type == WarmStartKind.TransferLearning;
        if (worth.TrainingJobsToPass is { } passed)
        {
            return Passed(passed, before, best, transfer);
        }

        if (!child.IsTerminal && worth.Results < LeastResults)
        {
            return (Worth.TooEarly, $"It is too early to say: it has {Count(worth.Results, "result")} so far, the best {Number(best.Value)} against the "
                + $"parents' {Number(before.Value)}");
        }

        var have = child.IsTerminal ? "It ended without passing" : "It has not passed";
        var differences = Differences(child.Definition, before, parents, options);
        if (differences.Count > 0)
        {
            return (Worth.SpaceDiffers, $"{have} the parents' best of {Number(before.Value)}, its own is {Number(best.Value)}; but that best lies outside of "
                + $"what it searches, since {string.Join(", and ", differences)}");
        }

        if (transfer)
        {
            return (Worth.NotComparable, $"{have} the parents' best of {Number(before.Value)}, its own is {Number(best.Value)}; but it was a transfer, and "
                + $"where data or algorithm differ, values don't tell{Ranking(worth)}");
        }

        return child.IsTerminal
            ? (Worth.NotPaid, $"It did not pay: none of its {Count(worth.Results, "result")} passed the parents' best of {Number(before.Value)}, and the best "
                + $"of them is {Number(best.Value)}")
            : (Worth.NotYet, $"It has not paid yet: none of its {Count(worth.Results, "result")} so far passed the parents' best of {Number(before.Value)}, and "
                + $"the best of them is {Number(best.Value)}");
    }

    private static (Worth, string) Passed(int passed, PlacedTrainingJob before, PlacedTrainingJob best, bool transfer)
    {
        var needed = before.TrainingJob.LaunchIndex;
        var caveat = transfer ? ", as far as values compare after a transfer" : "";
        return passed <= needed
            ? (Worth.Paid, $"It paid: its training job {passed} passed the parents' best of {Number(before.Value)}, which had taken {before.Owner.Name} "
                + $"{Count(needed, "training job")}, and its own best is {Number(best.Value)}{caveat}")
            : (Worth.PaidLate, $"It passed the parents' best of {Number(before.Value)}, but only with its training job {passed}, where {before.Owner.Name} had "
                + $"taken {Count(needed, "training job")}; its own best is {Number(best.Value)}{caveat}");
    }

    private static string Ranking(WarmStartWorth worth) => worth.RankCorrelation is { } correlation
        ? string.Create(CultureInfo.InvariantCulture, $" (near points rank with a correlation of {correlation:0.##} over {worth.NearPairs} pairs)")
        : "";

    /// <summary>What keeps the child from trying the parents' best configuration.</summary>
    private static List<string> Differences(
        TuningJobDefinition child, PlacedTrainingJob best, IReadOnlyList<ParentSnapshot> parents, WarmStartOptions options)
    {
        var owner = parents.First(parent => parent.Job.Id == best.Owner.Id);
        var only = SearchProblem.ToWarmStart(child, [owner with { TrainingJobs = [best.TrainingJob] }]);
        var place = WarmStartMapping.Of(child.ToProblem(), only)[0].Observations[0];
        var differences = place.Issues.Select(issue => $"its {issue.HyperParameter} is {issue.Value ?? "missing"}").ToList();
        var theirs = owner.Job.Definition.HyperParametersFor(best.TrainingJob.TunedHyperParameters);
        differences.AddRange(
            from mine in child.StaticHyperParameters
            where !options.IsExempt(mine.Key)
            let other = theirs.GetValueOrDefault(mine.Key)
            where other is not null && !SameValue(mine.Value, other)
            orderby mine.Key
            select $"its {mine.Key} is {other} and not {mine.Value}");
        return differences;
    }

    private static bool SameValue(string a, string b) =>
        a == b || (NumberText.TryParse(a, out var x) && NumberText.TryParse(b, out var y) && x == y);

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
