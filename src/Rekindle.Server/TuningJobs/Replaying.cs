using System.Globalization;
using Rekindle.Optimization;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// Makes a tuning job's suggestions again from what each of them saw, as far as one stretch of time goes, and finds the first that comes
/// out differently.
/// </summary>
internal sealed class Replaying(IStore store, Suggesting suggesting, TimeProvider time)
{
    private Kept? _kept;

    /// <summary>After this time an answer is due; the suggestion at hand is finished.</summary>
    public TimeSpan Stretch { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <param name="snapshot">The rows.</param>
    /// <param name="parents">What the parents left, as the driver takes them.</param>
    /// <param name="from">The first launch index to look at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ReplayedStretch> ReplayAsync(
        TuningSnapshot snapshot, IReadOnlyList<ParentSnapshot> parents, int from, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        // Taken out while in use: who replays the same at the same time begins without what was kept, and comes to the same.
        var kept = Interlocked.Exchange(ref _kept, null);
        if (kept?.TuningJobId != snapshot.Job.Id)
        {
            var definition = snapshot.Job.Definition;
            kept = UnreadableRowException.Guard("the definition of the tuning job", snapshot.Job.Name, () => new Kept(
                snapshot.Job.Id,
                snapshot.ToStrategies(),
                definition.Strategy == StrategyKind.Hyperband ? new ObjectiveCurves(store, definition) : null));
        }

        if (kept.Curves is { } curves)
        {
            snapshot = await curves.AddToAsync(snapshot, cancellationToken);
        }

        var (same, unknown) = (0, 0);
        foreach (var launched in snapshot.TrainingJobs.Where(job => job.LaunchIndex >= from))
        {
            if (same + unknown > 0 && time.GetElapsedTime(start) >= Stretch)
            {
                _kept = kept;
                return new ReplayedStretch(same, unknown) { Next = launched.LaunchIndex };
            }

            if (launched.Explanation is not { } stored || !SeenHistory.HasWhatWasSeen(snapshot, launched, stored))
            {
                unknown++;
                continue;
            }

            var seen = SeenHistory.Before(snapshot, launched.LaunchIndex, stored);
            Suggestion? again;
            try
            {
                again = await suggesting.SuggestAsync(
                    kept.Strategies[launched.Algorithm], seen.Of(launched.Algorithm), parents, launched.LaunchIndex, cancellationToken);
            }
            catch (Exception problem) when (UnreadableRowException.IsOfData(problem))
            {
                throw UnreadableRowException.Of($"what the suggestion of the training job {launched.Name} saw of its tuning job and its parents", problem);
            }

            if (Differences(launched, stored, again, seen) is { Count: > 0 } differences)
            {
                return new ReplayedStretch(same, unknown) { Difference = new ReplayDifference(launched, differences) };
            }

            same++;
        }

        return new ReplayedStretch(same, unknown);
    }

    private static IReadOnlyList<ReplayedFact> Differences(
        TrainingJob launched, LaunchExplanation stored, Suggestion? again, TuningSnapshot seen)
    {
        var before = Facts(launched.TunedHyperParameters, launched.Origin, stored);
        var after = again is null
            ? []
            : Facts(again.Configuration.Values, again.Origin.ToString(), SeenHistory.Explain(again, seen));
        return
        [
            .. from name in before.Keys.Union(after.Keys, StringComparer.Ordinal)
               let fact = new ReplayedFact(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name))
               where fact.Stored != fact.Again
               select fact,
        ];
    }

    /// <summary>All that a suggestion says, in texts that tell every bit. The reason's wording is not part of it: it may be put better.</summary>
    private static OrderedDictionary<string, string> Facts(
        IReadOnlyDictionary<string, string> hyperParameters, string? origin, LaunchExplanation why)
    {
        var facts = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in hyperParameters)
        {
            facts["HyperParameters." + name] = text;
        }

        Add("Origin", origin);
        Add("Model", why.Model);
        Add("Parent", why.Parent);
        Add("PredictedMean", Text(why.PredictedMean));
        Add("PredictedDeviation", Text(why.PredictedDeviation));
        Add("Acquisition", Text(why.Acquisition));
        Add("Nearest.Value", Text(why.Nearest?.Value));
        Add("Nearest.Distance", Text(why.Nearest?.Distance));
        foreach (var (name, text) in why.Nearest?.HyperParameters ?? new Dictionary<string, string>())
        {
            facts["Nearest.HyperParameters." + name] = text;
        }

        return facts;

        void Add(string name, string? text)
        {
            if (text is not null)
            {
                facts[name] = text;
            }
        }
    }

    private static string? Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>
    /// What is costly to make again in a replay that is to go on: the strategy holds no state, but models, and the curves are read from very
    /// many rows.
    /// </summary>
    private sealed record Kept(long TuningJobId, IReadOnlyList<Strategy> Strategies, ObjectiveCurves? Curves);
}

/// <summary>What came of one stretch of a replay.</summary>
/// <param name="Same">Suggestions that came out the same.</param>
/// <param name="Unknown">Suggestions of which is not known what they saw.</param>
internal sealed record ReplayedStretch(int Same, int Unknown)
{
    /// <summary>The first launch index that was not looked at; null at the end.</summary>
    public int? Next { get; init; }

    /// <summary>The first suggestion that came out differently.</summary>
    public ReplayDifference? Difference { get; init; }
}

/// <summary>A suggestion that comes out differently now.</summary>
/// <param name="TrainingJob">The training job launched with it.</param>
/// <param name="Facts">What is different, in the order in which a suggestion tells it; never empty.</param>
internal sealed record ReplayDifference(TrainingJob TrainingJob, IReadOnlyList<ReplayedFact> Facts);

/// <param name="Name">Such as <c>HyperParameters.lr</c> or <c>PredictedMean</c>.</param>
/// <param name="Stored">As it was stored; null when it was not there.</param>
/// <param name="Again">As it comes out now; null when it is not there.</param>
internal sealed record ReplayedFact(string Name, string? Stored, string? Again);
