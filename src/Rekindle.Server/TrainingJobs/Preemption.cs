namespace Rekindle.Server.TrainingJobs;

/// <param name="Enabled">Whether running managed spot training gives way by itself.</param>
/// <param name="MinimumRun">How long each of its programs is left alone, so that it gets on.</param>
internal sealed record SpotOptions(bool Enabled, TimeSpan MinimumRun)
{
    public static SpotOptions Default { get; } = new(true, TimeSpan.FromSeconds(60));
}

/// <param name="Spot">The training job that is to give way.</param>
/// <param name="Waiting">The one that waits for what it has.</param>
internal sealed record GivingWay(TrainingJob Spot, TrainingJob Waiting);

/// <summary>
/// Which managed spot training has to give way, as a pure function of who has what, the rows and the time: for each training job without it
/// that waits, the youngest that run, no more than it takes, and none where all of them would not do.
/// </summary>
internal static class Preemption
{
    /// <param name="load">Who has what, and who waits for what.</param>
    /// <param name="jobs">The rows by name; what has none is left alone.</param>
    /// <param name="minimumRun">How long each attempt is left alone.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<GivingWay> Choose(
        ExecutorLoad load, IReadOnlyDictionary<string, TrainingJob> jobs, TimeSpan minimumRun, DateTimeOffset now)
    {
        var free = load.Places.ToDictionary(StringComparer.Ordinal);
        var candidates = new List<(TrainingJob Job, IReadOnlyDictionary<string, int> Holds)>();
        foreach (var execution in load.Executions)
        {
            var job = jobs.GetValueOrDefault(execution.Name);
            // What is about to end leaves soon what it has.
            if (job is not ({ StopRequestedAt: not null } or { InterruptionRequestedAt: not null })) Add(free, execution.Holds, -1);
            if (job is not null && MayGiveWay(job, minimumRun, now)) candidates.Add((job, execution.Holds));
        }

        candidates = [.. candidates.OrderByDescending(one => one.Job.Progress.AttemptStartTime).ThenByDescending(one => one.Job.Id)];
        var chosen = new List<GivingWay>();
        foreach (var waiting in load.Executions.Where(execution => execution.WaitsFor.Count > 0))
        {
            if (jobs.GetValueOrDefault(waiting.Name) is not { Definition.ManagedSpot: false, StopRequestedAt: null, IsTerminal: false } job) continue;
            var picked = Pick(waiting.WaitsFor, free, candidates);
            foreach (var one in picked)
            {
                candidates.Remove(one);
                Add(free, one.Holds, 1);
                chosen.Add(new GivingWay(one.Job, job));
            }

            Reserve(waiting.WaitsFor, free);
        }

        return chosen;
    }

    private static bool MayGiveWay(TrainingJob job, TimeSpan minimumRun, DateTimeOffset now) =>
        job is { Definition.ManagedSpot: true, StopRequestedAt: null, InterruptionRequestedAt: null }
        && job.Progress is { Status: TrainingJobStatus.InProgress, SeenRunning: true, Secondary: SecondaryStatus.Training, AttemptStartTime: { } start }
        && now - start >= minimumRun;

    /// <summary>The youngest that have some of what is wanted, none of whom could be left out; none when they don't suffice.</summary>
    private static List<(TrainingJob Job, IReadOnlyDictionary<string, int> Holds)> Pick(
        IReadOnlyDictionary<string, int> wanted,
        IReadOnlyDictionary<string, int> free,
        IReadOnlyList<(TrainingJob Job, IReadOnlyDictionary<string, int> Holds)> candidates)
    {
        var picked = new List<(TrainingJob Job, IReadOnlyDictionary<string, int> Holds)>();
        var left = free.ToDictionary(StringComparer.Ordinal);
        foreach (var candidate in candidates)
        {
            if (Suffices(wanted, left)) break;
            if (!wanted.Any(want => left.GetValueOrDefault(want.Key) < want.Value && candidate.Holds.GetValueOrDefault(want.Key) > 0)) continue;
            picked.Add(candidate);
            Add(left, candidate.Holds, 1);
        }

        if (!Suffices(wanted, left)) return [];
        // The oldest may have brought so much that a younger one need not go.
        foreach (var one in picked.ToList())
        {
            Add(left, one.Holds, -1);
            if (Suffices(wanted, left)) picked.Remove(one);
            else Add(left, one.Holds, 1);
        }

        return picked;
    }

    /// <summary>
    /// What it can have in full is no longer to be had; what it lacks is nobody's behind it in the line, so that none gives way for those. Of the
    /// rest it takes nothing as long as it waits.
    /// </summary>
    private static void Reserve(IReadOnlyDictionary<string, int> wanted, Dictionary<string, int> free)
    {
        var all = Suffices(wanted, free);
        foreach (var (place, count) in wanted)
        {
            if (all || free.GetValueOrDefault(place) < count) free[place] = free.GetValueOrDefault(place) - count;
        }
    }

    private static bool Suffices(IReadOnlyDictionary<string, int> wanted, IReadOnlyDictionary<string, int> free) =>
        wanted.All(want => free.GetValueOrDefault(want.Key) >= want.Value);

    private static void Add(Dictionary<string, int> free, IReadOnlyDictionary<string, int> holds, int sign)
    {
        foreach (var (place, count) in holds)
        {
            free[place] = free.GetValueOrDefault(place) + (sign * count);
        }
    }
}
