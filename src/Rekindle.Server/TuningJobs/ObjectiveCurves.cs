using Rekindle.Optimization.EarlyStopping;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// The curves of a tuning job's training jobs, read again only where the log has gone on since, some of them at a time, and kept no longer
/// than the rules need. All of it may be lost: the rows give it back.
/// </summary>
internal sealed class ObjectiveCurves(IStore store, TuningJobDefinition definition)
{
    /// <summary>So many curves are read at once: a program may have printed very many values, and each is shortened before the next come.</summary>
    internal const int MostOfOneRead = 50;

    /// <summary>So many readings of one training job the median rule looks at; longer curves are thinned out, and keep their ordinals.</summary>
    internal const int MostReadings = 500;

    private readonly IReadOnlyList<double>?[] _rungs =
        [.. Enumerable.Range(0, definition.Further.Count + 1).Select(algorithm => definition.Of(algorithm).ToHalving()?.Rungs)];

    private readonly Dictionary<long, ((long Log, long File, int Interruptions) Position, LearningCurve Curve)> _known = [];
    private IReadOnlyDictionary<long, LearningCurve> _curves = new Dictionary<long, LearningCurve>();

    /// <summary>The snapshot with its curves. They may be somewhat newer than its rows, as if these had been read a moment later.</summary>
    public async Task<TuningSnapshot> AddToAsync(TuningSnapshot snapshot, CancellationToken cancellationToken)
    {
        var changed = snapshot.TrainingJobs.Where(job => PositionOf(job) != _known.GetValueOrDefault(job.Id).Position).ToList();
        foreach (var likes in changed.GroupBy(job => job.Algorithm))
        {
            var metric = definition.Of(likes.Key).Objective.MetricName;
            foreach (var part in likes.Chunk(MostOfOneRead))
            {
                var read = await store.ReadCurvesAsync([.. part.Select(job => job.Id)], metric, cancellationToken);
                foreach (var job in part)
                {
                    var readings = Shorten(read.GetValueOrDefault(job.Id) ?? [], _rungs[likes.Key]);
                    _known[job.Id] = (PositionOf(job), new LearningCurve(readings, RanToEnd: false));
                }
            }
        }

        var ended = EndsToNote(snapshot);
        if (changed.Count > 0 || ended)
        {
            _curves = _known.Where(known => known.Value.Curve.Readings.Count > 0).ToDictionary(known => known.Key, known => known.Value.Curve);
        }

        return snapshot with { Curves = _curves };
    }

    /// <summary>What the rules look at: Hyperband the rungs and the newest reading, the median rule the whole curve.</summary>
    internal static Reading[] Shorten(IReadOnlyList<CurvePoint> points, IReadOnlyList<double>? rungs)
    {
        if (rungs is null && points.Count <= MostReadings) return [.. points.Select(ToReading)];
        var kept = new SortedSet<int>();
        if (rungs is null)
        {
            var stride = (points.Count + MostReadings - 1) / MostReadings;
            for (var i = 0; i < points.Count; i += stride) kept.Add(i);
            var (least, greatest) = (0, 0);
            for (var i = 1; i < points.Count; i++)
            {
                if (points[i].Value < points[least].Value) least = i;
                if (points[i].Value > points[greatest].Value) greatest = i;
            }

            kept.Add(least);
            kept.Add(greatest);
        }
        else
        {
            var rung = 0;
            for (var i = 0; i < points.Count && rung < rungs.Count; i++)
            {
                if (points[i].Ordinal < rungs[rung]) continue;
                kept.Add(i);
                while (rung < rungs.Count && points[i].Ordinal >= rungs[rung]) rung++;
            }
        }

        if (points.Count > 0) kept.Add(points.Count - 1);
        return [.. kept.Select(i => ToReading(points[i]))];
    }

    // An interruption may have taken the readings away.
    private static (long Log, long File, int Interruptions) PositionOf(TrainingJob job) =>
        (job.Progress.LogPosition, job.Progress.MetricsPosition, job.Progress.Interruptions);

    private static Reading ToReading(CurvePoint point) => new(point.Ordinal, point.Value, point.Time.UtcTicks);

    private bool EndsToNote(TuningSnapshot snapshot)
    {
        var any = false;
        foreach (var job in snapshot.TrainingJobs)
        {
            if (_known.TryGetValue(job.Id, out var known) && known.Curve.RanToEnd != EarlyStopping.RanToEnd(job))
            {
                _known[job.Id] = known with { Curve = known.Curve with { RanToEnd = !known.Curve.RanToEnd } };
                any = true;
            }
        }

        return any;
    }
}
