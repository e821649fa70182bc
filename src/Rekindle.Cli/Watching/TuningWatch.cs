using System.Globalization;
using System.Text.RegularExpressions;
using Rekindle.Api;
using Rekindle.Api.Shapes;

namespace Rekindle.Cli.Watching;

/// <summary>Looks at a tuning job again and again.</summary>
internal sealed partial class TuningWatch(Connection connection, string tuningJob)
{
    private readonly Dictionary<string, TrainingView> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _logTokens = new(StringComparer.Ordinal);

    public async Task<TuningPicture> LookAsync(CancellationToken cancellationToken)
    {
        // The job first: if it has ended, its training jobs read after it have ended too.
        var job = await connection.DescribeTuningJobAsync(tuningJob, cancellationToken);
        var picture = new TuningPicture(job, []);
        var views = new List<TrainingView>();
        foreach (var summary in await connection.ListTrainingJobsAsync(tuningJob, cancellationToken))
        {
            var view = await LookAtAsync(summary, picture.Metric, cancellationToken);
            _seen[view.Name] = view;
            views.Add(view);
        }

        return picture with { TrainingJobs = views };
    }

    private async Task<TrainingView> LookAtAsync(
        HyperParameterTrainingJobSummary summary, string metric, CancellationToken cancellationToken)
    {
        var before = _seen.GetValueOrDefault(summary.TrainingJobName!);
        var view = new TrainingView(summary, before?.Current, before?.Epoch);
        // What ended before the watch began is told by its summary; a long list of it is not worth a question each.
        if (before is { HasEnded: true } || (before is null && view.HasEnded))
        {
            return view with { Current = view.Final ?? view.Current };
        }

        var described = await connection.DescribeTrainingJobAsync(view.Name, cancellationToken);
        var current = described.FinalMetricDataList?.FirstOrDefault(reading => reading.MetricName == metric)?.Value;
        return view with
        {
            Current = view.Final ?? current ?? view.Current,
            Epoch = await EpochAsync(view.Name, cancellationToken) ?? view.Epoch,
            SecondaryStatus = described.SecondaryStatus,
        };
    }

    private async Task<int?> EpochAsync(string trainingJob, CancellationToken cancellationToken)
    {
        try
        {
            var page = await connection.ReadLogAsync(trainingJob, _logTokens.GetValueOrDefault(trainingJob), cancellationToken);
            _logTokens[trainingJob] = page.NextForwardToken;
            return LastEpoch((page.Events ?? []).Select(line => line.Message ?? ""));
        }
        catch (ApiException)
        {
            // No log yet, or a server that keeps none: the epoch is a nicety.
            return null;
        }
    }

    /// <summary>How many epochs the lines of SageMaker's image classification say are over; null when they don't say.</summary>
    public static int? LastEpoch(IEnumerable<string> lines)
    {
        int? epochs = null;
        foreach (var line in lines)
        {
            if (ValidationLine().Match(line) is { Success: true } match
                && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
            {
                epochs = epoch + 1;
            }
        }

        return epochs;
    }

    [GeneratedRegex(@"Epoch\[(\d{1,8})\] Validation-accuracy=", RegexOptions.NonBacktracking)]
    private static partial Regex ValidationLine();
}
