using System.Globalization;
using System.Text.RegularExpressions;

namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Finds metric values in log lines by the regular expressions of the training job. Expressions are the user's and may be slow on some
/// log: a call takes at most its budget and a line, and an expression that keeps running into its time limit is switched off.
/// </summary>
internal sealed partial class MetricScraper
{
    // Long enough that a busy machine, or the first match, for which the engine builds its tables, does not run into it.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(750);
    private static readonly TimeSpan DefaultBudget = TimeSpan.FromMilliseconds(200);

    private readonly IReadOnlyList<Metric> _metrics;
    private readonly TimeProvider _time;
    private readonly TimeSpan _budget;

    /// <param name="definitions">Several of one name are alternatives: of those that find a number in a line the last counts.</param>
    /// <param name="time">Measures the budget.</param>
    /// <param name="budget">How long one <see cref="Scrape"/> may go on before it gives back what it has.</param>
    /// <param name="counts">How many values of a metric were found in what is not scraped again; none where it is missing.</param>
    /// <exception cref="ArgumentException">An expression is invalid; <see cref="Problem"/> says so beforehand.</exception>
    public MetricScraper(
        IReadOnlyList<MetricDefinition> definitions, TimeProvider time, TimeSpan? budget = null, IReadOnlyDictionary<string, int>? counts = null)
    {
        _time = time;
        _budget = budget ?? DefaultBudget;
        _metrics =
        [
            .. from definition in definitions
               group new MetricExpression(PythonRegex.Compile(definition.Regex, MatchTimeout), time, MatchTimeout) by definition.Name into metric
               select new Metric(metric.Key, [.. metric], counts?.GetValueOrDefault(metric.Key) ?? 0),
        ];
    }

    /// <summary>How often a metric's expression matched by now while what it captured was no finite number.</summary>
    public int NotNumbers(string metric) => _metrics.Where(m => m.Name == metric).Sum(m => m.Expressions.Sum(e => e.NotNumbers));

    /// <summary>The metrics with an expression that was too slow too often and is no longer tried.</summary>
    public IReadOnlyList<string> SwitchedOff => [.. _metrics.Where(m => m.Expressions.Any(e => e.IsSwitchedOff)).Select(m => m.Name)];

    /// <summary>What a user should know who misses values, in sentences.</summary>
    public IReadOnlyList<string> Remarks =>
    [
        .. SwitchedOff.Select(name => $"The regular expression of the metric \"{name}\" took too long on this log and was switched off."),
        .. _metrics.Where(m => m.Expressions.All(e => !e.HasGroup))
            .Select(m => $"The regular expression of the metric \"{m.Name}\" has no group around its number."),
        .. _metrics.Where(m => NotNumbers(m.Name) > 0 && m.Found == 0 && m.Expressions.Any(e => e.HasGroup) && !m.Expressions.Any(e => e.IsSwitchedOff))
            .Select(m => $"What the metric \"{m.Name}\" captured was no finite number."),
    ];

    /// <summary>Why the expression can't be used, in a sentence for the user; null when it can.</summary>
    public static string? Problem(MetricDefinition definition)
    {
        try
        {
            PythonRegex.Compile(definition.Regex, MatchTimeout);
            return null;
        }
        catch (ArgumentException error)
        {
            return $"The regular expression of the metric \"{definition.Name}\" is invalid: {error.Message}";
        }
    }

    /// <summary>At most one reading a metric and line: of several matches the last that is a finite number counts.</summary>
    /// <param name="lines">Lines in order.</param>
    /// <param name="now">When they were read.</param>
    /// <param name="cancellationToken">Gives up between two matches.</param>
    public Scraped Scrape(IReadOnlyList<LogLine> lines, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var readings = new List<MetricReading>();
        var since = _time.GetTimestamp();
        for (var i = 0; i < lines.Count; i++)
        {
            // The first line is always done, so that every call comes further.
            if (i > 0 && _time.GetElapsedTime(since) >= _budget) return new Scraped(readings, lines[i].Offset);
            var text = WithoutAnsi(lines[i].Text);
            foreach (var metric in _metrics)
            {
                if (metric.Find(text, cancellationToken) is not { } value) continue;
                readings.Add(new MetricReading(metric.Name, lines[i].Offset, value, now) { Ordinal = metric.Found });
            }
        }

        return new Scraped(readings, null);
    }

    /// <summary>Reads a number as programs print them: sign, point, exponent; nothing around it. Null for anything else, NaN and infinities too.</summary>
    public static double? ParseNumber(ReadOnlySpan<char> text) =>
        double.TryParse(
            text.Trim(),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out var value)
        && double.IsFinite(value)
            ? value
            : null;

    /// <summary>A line as a terminal shows it.</summary>
    public static string WithoutAnsi(string line) => AnsiSequence().Replace(line, "");

    // Colours, cursor movements, titles of terminals.
    [GeneratedRegex(@"\x1B(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B]*(?:\x07|\x1B\\)|[@-Z\\^_])", RegexOptions.CultureInvariant)]
    private static partial Regex AnsiSequence();

    private sealed class Metric(string name, IReadOnlyList<MetricExpression> expressions, int found)
    {
        public string Name { get; } = name;

        public IReadOnlyList<MetricExpression> Expressions { get; } = expressions;

        /// <summary>How many lines of the log gave a value.</summary>
        public int Found { get; private set; } = found;

        public double? Find(string text, CancellationToken cancellationToken)
        {
            double? last = null;
            foreach (var expression in Expressions)
            {
                last = expression.Find(text, cancellationToken) ?? last;
            }

            if (last is not null) Found++;
            return last;
        }
    }
}

/// <param name="Readings">What was found.</param>
/// <param name="StoppedAt">Offset of the first line that was not looked at because the time was up; null when all were.</param>
internal sealed record Scraped(IReadOnlyList<MetricReading> Readings, long? StoppedAt);
