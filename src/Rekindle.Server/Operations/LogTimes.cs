using System.Collections.Concurrent;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>
/// When the lines of logs were written, as well as can be known: programs' lines have no times of their own. A line of a running program
/// has the time at which somebody read it first; one that nobody had read when the program ended has the time of the end. A line's time
/// never changes while the server runs, so that whoever follows a log by time misses nothing and sees nothing twice.
/// </summary>
internal sealed class LogTimes(TimeProvider time)
{
    private const int MostMarks = 1024;

    private readonly ConcurrentDictionary<long, List<(long End, long Time)>> _marks = new();

    /// <summary>The times of lines that were just read, in milliseconds since 1970.</summary>
    /// <param name="job">Whose log it is.</param>
    /// <param name="lines">In their order.</param>
    /// <param name="end">Where what was read ends.</param>
    public IReadOnlyList<long> Of(TrainingJob job, IReadOnlyList<LogLine> lines, long end)
    {
        if (!job.IsTerminal) Mark(job.Id, end);
        if (!_marks.TryGetValue(job.Id, out var marks)) return [.. lines.Select(_ => Latest(job))];
        lock (marks)
        {
            return [.. lines.Select(line => marks.FindIndex(mark => mark.End > line.Offset) is >= 0 and var at ? marks[at].Time : Latest(job))];
        }
    }

    /// <summary>The latest time that a line of the log can have.</summary>
    public long Latest(TrainingJob job)
    {
        var known = LogNames.Time(job);
        if (job.IsTerminal && job.Progress.TrainingEndTime is { } ended) known = Math.Max(known, ended.ToUnixTimeMilliseconds());
        if (!job.IsTerminal) known = Math.Max(known, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (!_marks.TryGetValue(job.Id, out var marks)) return known;
        lock (marks)
        {
            return Math.Max(known, marks[^1].Time);
        }
    }

    private void Mark(long job, long end)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var marks = _marks.GetOrAdd(job, _ => [(0, now)]);
        lock (marks)
        {
            var last = marks[^1];
            if (end <= last.End) return;
            marks.Add((end, Math.Max(now, last.Time)));
            if (marks.Count > MostMarks) marks.RemoveAt(0);
        }
    }
}
