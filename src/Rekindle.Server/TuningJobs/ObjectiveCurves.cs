using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// The curves of a tuning job's training jobs, read again only where the log has gone on since. All of it may be lost: the rows give it
/// back.
/// </summary>
internal sealed class ObjectiveCurves(IStore store, string metric)
{
    /// <summary>So many readings of one training job are looked at; longer curves are thinned out, and keep their ordinals.</summary>
    private const int MostReadings = 2000;

    private readonly Dictionary<long, (long Position, IReadOnlyList<MetricReading> Readings)> _known = [];

    /// <summary>The snapshot with its curves. They may be somewhat newer than its rows, as if these had been read a moment later.</summary>
    public async Task<TuningSnapshot> AddToAsync(TuningSnapshot snapshot, CancellationToken cancellationToken)
    {
        var changed = snapshot.TrainingJobs
            .Where(job => job.Progress.LogPosition != _known.GetValueOrDefault(job.Id).Position)
            .ToDictionary(job => job.Id, job => job.Progress.LogPosition);
        if (changed.Count > 0)
        {
            var read = await store.ReadCurvesAsync([.. changed.Keys], metric, cancellationToken);
            foreach (var (id, position) in changed)
            {
                _known[id] = (position, MetricThinning.Thin(read.GetValueOrDefault(id) ?? [], MostReadings));
            }
        }

        return snapshot with { Curves = _known.Where(known => known.Value.Readings.Count > 0).ToDictionary(known => known.Key, known => known.Value.Readings) };
    }
}
