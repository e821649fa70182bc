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
    public async Task<Suggestion?> SuggestAsync(
        TuningSnapshot snapshot, IReadOnlyList<ParentSnapshot> parents, int launchIndex, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Suggest(snapshot, parents, launchIndex, cancellationToken), cancellationToken);
        }
        finally
        {
            _cores.Release();
        }
    }

    public void Dispose() => _cores.Dispose();

    private static Suggestion? Suggest(
        TuningSnapshot snapshot, IReadOnlyList<ParentSnapshot> parents, int launchIndex, CancellationToken cancellationToken)
    {
        var definition = snapshot.Job.Definition;
        var history = SearchProblem.ToHistory(snapshot, parents);
        var seed = Seed.For(definition.RandomSeed, launchIndex);
        return definition.ToStrategy().Suggest(history, 1, seed, cancellationToken) is [var suggestion, ..] ? suggestion : null;
    }
}
