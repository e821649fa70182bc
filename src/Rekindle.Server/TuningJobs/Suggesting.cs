using Rekindle.Optimization;
using Rekindle.Server.Storage;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// Asks a tuning job's strategy for the next suggestion. A pure function of the rows: the seed comes from the definition and the launch
/// index, so a suggestion that was lost in a crash before it was stored is made again, the same.
/// </summary>
internal sealed class Suggesting : IDisposable
{
    // A model fit keeps one core busy; more fits at once than cores would only slow each other and the server down.
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);

    /// <summary>The suggestion for this launch index; null when a finite search space is used up.</summary>
    /// <param name="strategy">The tuning job's strategy, kept while it is driven: it holds no state, but may hold models of the parents.</param>
    /// <param name="snapshot">The rows.</param>
    /// <param name="parents">What the parents left.</param>
    /// <param name="launchIndex">Which training job the suggestion is for, from 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Suggestion?> SuggestAsync(
        Strategy strategy, TuningSnapshot snapshot, IReadOnlyList<ParentSnapshot> parents, int launchIndex, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            var history = SearchProblem.ToHistory(snapshot, parents);
            var seed = Seed.For(snapshot.Job.Definition.RandomSeed, launchIndex);
            var suggestions = await Task.Run(() => strategy.Suggest(history, 1, seed, cancellationToken), cancellationToken);
            return suggestions is [var suggestion, ..] ? suggestion : null;
        }
        finally
        {
            _cores.Release();
        }
    }

    /// <summary>What a tuning job with these parents would try first, while no result has come in. Shows, stores nothing.</summary>
    /// <param name="definition">The tuning job.</param>
    /// <param name="parents">What its parents left.</param>
    /// <param name="count">How many suggestions.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<PlannedTrainingJob>> PlanAsync(
        TuningJobDefinition definition, IReadOnlyList<ParentSnapshot> parents, int count, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            var history = History.Empty with
            {
                WarmStart = definition.WarmStart is null ? null : SearchProblem.ToWarmStart(definition, parents),
            };
            var seed = Seed.For(definition.RandomSeed, 1);
            var suggestions = await Task.Run(() => definition.ToStrategy().Suggest(history, count, seed, cancellationToken), cancellationToken);
            return [.. suggestions.Select(suggestion => new PlannedTrainingJob(suggestion.Configuration.Values, suggestion.Origin.ToString()))];
        }
        finally
        {
            _cores.Release();
        }
    }

    public void Dispose() => _cores.Dispose();
}

/// <summary>A training job that would be launched.</summary>
/// <param name="TunedHyperParameters">The suggested values.</param>
/// <param name="Origin">How the strategy came to them.</param>
internal sealed record PlannedTrainingJob(IReadOnlyDictionary<string, string> TunedHyperParameters, string Origin);
