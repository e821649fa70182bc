using System.Text.RegularExpressions;

namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// One expression of a metric, and how it fared on the log so far. The engine's time limit holds for a single match; here it holds for
/// all matches of a line together, since even an expression that never backtracks may start anew at each of a line's characters.
/// </summary>
internal sealed class MetricExpression(Regex regex, TimeProvider time, TimeSpan lineTimeout)
{
    private const double StrikesToSwitchOff = 5;

    // A busy machine delays a good expression now and then: one time-out in a hundred lines is forgiven.
    private const double ForgivenPerLine = 0.01;

    private readonly bool _knowsTabsAs011 = regex.ToString().Contains("#011", StringComparison.Ordinal);
    private double _strikes;

    /// <summary>Whether there is something to take a value from.</summary>
    public bool HasGroup { get; } = regex.GetGroupNumbers().Length > 1;

    /// <summary>How often it matched while its group, if it has one, held no finite number.</summary>
    public int NotNumbers { get; private set; }

    public bool IsSwitchedOff { get; private set; }

    public double? Find(string text, CancellationToken cancellationToken)
    {
        if (IsSwitchedOff) return null;
        var since = time.GetTimestamp();
        var found = FindIn(text, since, cancellationToken);
        // SageMaker's own expressions were written for logs that show a tab as #011.
        return found is null && _knowsTabsAs011 && text.Contains('\t', StringComparison.Ordinal)
            ? FindIn(text.Replace("\t", "#011", StringComparison.Ordinal), since, cancellationToken)
            : found;
    }

    private double? FindIn(string text, long since, CancellationToken cancellationToken)
    {
        double? last = null;
        try
        {
            for (var match = regex.Match(text); match.Success; match = match.NextMatch())
            {
                if (MetricScraper.ParseNumber(match.Groups[1].ValueSpan) is { } value) last = value;
                else NotNumbers++;
                cancellationToken.ThrowIfCancellationRequested();
                if (time.GetElapsedTime(since) >= lineTimeout)
                {
                    Strike();
                    return last;
                }
            }

            _strikes = Math.Max(0, _strikes - ForgivenPerLine);
        }
        catch (RegexMatchTimeoutException)
        {
            Strike();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return last;
    }

    private void Strike()
    {
        if (++_strikes >= StrikesToSwitchOff) IsSwitchedOff = true;
    }
}
