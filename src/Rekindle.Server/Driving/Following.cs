using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Driving;

/// <summary>
/// What a driver remembers of the training job it follows, so as not to store or compute it again. All of it may be lost: the rows and
/// the log give it back.
/// </summary>
/// <param name="metrics">What to look for in its log.</param>
/// <param name="time">The clock.</param>
/// <param name="counts">How many values of a metric were found in what is stored.</param>
/// <param name="milestones">Readings with these ordinals are never thinned out.</param>
/// <param name="fileCounts">The same of its metrics file.</param>
internal sealed class Following(
    IReadOnlyList<MetricDefinition> metrics,
    TimeProvider time,
    IReadOnlyDictionary<string, int>? counts = null,
    IReadOnlySet<int>? milestones = null,
    IReadOnlyDictionary<string, int>? fileCounts = null)
{
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenPositions = TimeSpan.FromSeconds(5);
    private const int MostPending = 2 * MetricThinning.MostOfOnePart;

    private List<MetricReading> _pending = [];
    private readonly MetricLines _file = new(fileCounts);
    private TrainingProgress? _progress;
    private long _storedAt = time.GetTimestamp();
    private bool _hasStoredReadings;
    private bool _hasNews;
    private (long At, TimeSpan Age)? _running;
    private (long At, TimeSpan Age)? _created;

    public MetricScraper Scraper { get; } = new(metrics, time, counts: counts);

    public IReadOnlySet<int> Milestones { get; } = milestones ?? new HashSet<int>();

    /// <summary>Whether a start was ever tried.</summary>
    public bool WasTried { get; set; }

    /// <summary>When the start was admitted whose outcome is not known yet.</summary>
    public TimeSpan? AdmittedAt { get; set; }

    /// <summary>How often in a row the executor failed to do what it was asked.</summary>
    public int Failures { get; set; }

    /// <summary>The metrics that were told to be switched off.</summary>
    public HashSet<string> ToldSwitchedOff { get; } = new(StringComparer.Ordinal);

    /// <summary>Readings that are not stored yet.</summary>
    public IReadOnlyList<MetricReading> Pending => _pending;

    /// <summary>The row, with what was read since and is not stored yet.</summary>
    public TrainingJob Complete(TrainingJob job) => _progress is { } progress
        ? job with { Progress = job.Progress with { LogPosition = progress.LogPosition, MetricsPosition = progress.MetricsPosition, ObjectiveValue = progress.ObjectiveValue } }
        : job;

    /// <summary>The readings in lines of the log and of the metrics file. A metric that the file gives is the file's alone.</summary>
    public Scraped Read(IReadOnlyList<LogLine> log, IReadOnlyList<LogLine> file, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ofFile = _file.Read(file, now);
        var scraped = Scraper.Scrape(log, now, cancellationToken);
        return scraped with { Readings = [.. scraped.Readings.Where(reading => !_file.Gives(reading.Metric)), .. ofFile] };
    }

    /// <summary>How long the program has run, by a clock that nobody sets from the moment on at which this driver first saw it.</summary>
    public TimeSpan RunningFor(TrainingJob job, ExecutionReport report)
    {
        if (_running is null)
        {
            var now = time.GetUtcNow();
            var age = now - (job.Progress.AttemptStartTime ?? report.StartedAt ?? now);
            _running = (time.GetTimestamp(), age > TimeSpan.Zero ? age : TimeSpan.Zero);
        }

        return _running.Value.Age + time.GetElapsedTime(_running.Value.At);
    }

    /// <summary>How long ago the training job was created, by a clock that nobody sets from the moment on at which this driver first saw it.</summary>
    public TimeSpan SinceCreation(TrainingJob job)
    {
        if (_created is null)
        {
            var age = time.GetUtcNow() - job.CreationTime;
            _created = (time.GetTimestamp(), age > TimeSpan.Zero ? age : TimeSpan.Zero);
        }

        return _created.Value.Age + time.GetElapsedTime(_created.Value.At);
    }

    /// <summary>
    /// Takes readings and progress that say nothing but how the log went on. True when it is time to store them: each store is a write to the
    /// disk before which all others wait.
    /// </summary>
    public bool Hold(TrainingProgress stored, TrainingProgress progress, IReadOnlyList<MetricReading> readings)
    {
        Add(readings, progress);
        if (_pending.Count == 0 && ReferenceEquals(stored, progress)) return false;
        // What the log says first is shown at once.
        return _pending.Count >= MostPending
            || (_pending.Count > 0 && !_hasStoredReadings)
            || time.GetElapsedTime(_storedAt) >= (_pending.Count > 0 ? BetweenReadings : BetweenPositions);
    }

    /// <summary>
    /// Takes what is to be stored now, and how far the log was read for it: should storing fail, its lines are not read and counted again.
    /// </summary>
    public void Add(IReadOnlyList<MetricReading> readings, TrainingProgress progress)
    {
        _pending.AddRange(MetricThinning.Thin(readings, milestones: Milestones));
        _progress = progress;
    }

    /// <summary>Whether readings were stored since this was last asked.</summary>
    public bool TakeNews()
    {
        var hasNews = _hasNews;
        _hasNews = false;
        return hasNews;
    }

    /// <summary>All that was held is stored.</summary>
    public void Stored()
    {
        _hasStoredReadings |= _pending.Count > 0;
        _hasNews |= _pending.Count > 0;
        _pending = [];
        _progress = null;
        _storedAt = time.GetTimestamp();
    }
}
