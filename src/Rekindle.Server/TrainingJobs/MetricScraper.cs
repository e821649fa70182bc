using System.Globalization;
using System.Text.RegularExpressions;

namespace Rekindle.Server.TrainingJobs;

/// <summary>Finds metric values in log lines by the regular expressions of the training job.</summary>
internal sealed partial class MetricScraper
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<Metric> _metrics;

    /// <exception cref="ArgumentException">An expression is invalid; <see cref="Problem"/> says so beforehand.</exception>
    public MetricScraper(IReadOnlyList<MetricDefinition> definitions)
    {
        _metrics = [.. definitions.Select(definition => new Metric(definition.Name, PythonRegex.Compile(definition.Regex, MatchTimeout)))];
    }

    /// <summary>How often a metric's expression matched by now while what it captured was no finite number.</summary>
    public int NotNumbers(string metric) => _metrics.Where(candidate => candidate.Name == metric).Sum(candidate => candidate.NotNumbers);

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
    public IEnumerable<MetricReading> Scrape(IEnumerable<LogLine> lines, DateTimeOffset now)
    {
        foreach (var line in lines)
        {
            var text = AnsiSequence().Replace(line.Text, "");
            foreach (var metric in _metrics)
            {
                if (metric.Find(text) is { } value) yield return new MetricReading(metric.Name, line.Offset, value, now);
            }
        }
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

    // Colours, cursor movements, titles of terminals.
    [GeneratedRegex(@"\x1B(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B]*(?:\x07|\x1B\\)|[@-Z\\^_])", RegexOptions.CultureInvariant)]
    private static partial Regex AnsiSequence();

    private sealed class Metric(string name, Regex regex)
    {
        public string Name { get; } = name;

        public int NotNumbers { get; private set; }

        public double? Find(string text)
        {
            var found = FindIn(text);
            // SageMaker's own expressions were written for logs that show a tab as #011.
            return found is null && text.Contains('\t', StringComparison.Ordinal) && regex.ToString().Contains("#011", StringComparison.Ordinal)
                ? FindIn(text.Replace("\t", "#011", StringComparison.Ordinal))
                : found;
        }

        private double? FindIn(string text)
        {
            double? last = null;
            try
            {
                for (var match = regex.Match(text); match.Success; match = match.NextMatch())
                {
                    // Without a group there is no value to take.
                    if (match.Groups.Count < 2) return null;
                    if (ParseNumber(match.Groups[1].ValueSpan) is { } value) last = value;
                    else NotNumbers++;
                }
            }
            catch (RegexMatchTimeoutException)
            {
                NotNumbers++;
            }

            return last;
        }
    }
}
