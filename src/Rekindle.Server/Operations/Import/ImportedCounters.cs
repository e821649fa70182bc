using System.Globalization;
using System.Text.Json.Nodes;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;

namespace Rekindle.Server.Operations.Import;

/// <summary>The counters of a document against its list of training jobs.</summary>
internal static class ImportedCounters
{
    private const int MostTrainingJobs = 1_000_000;

    /// <summary>What the document counts; null when it has no counters. Nothing runs any more: what did counts as stopped, and as failed.</summary>
    public static TuningJobCounters? Of(DescribeHyperParameterTuningJobResponse known) => known switch
    {
        { TrainingJobStatusCounters: null, ObjectiveStatusCounters: null } => null,
        _ => new TuningJobCounters
        {
            Completed = known.TrainingJobStatusCounters?.Completed ?? 0,
            RetryableError = known.TrainingJobStatusCounters?.RetryableError ?? 0,
            NonRetryableError = known.TrainingJobStatusCounters?.NonRetryableError ?? 0,
            Stopped = Sum(known.TrainingJobStatusCounters?.Stopped, known.TrainingJobStatusCounters?.InProgress),
            ObjectiveSucceeded = known.ObjectiveStatusCounters?.Succeeded ?? 0,
            ObjectiveFailed = Sum(known.ObjectiveStatusCounters?.Failed, known.ObjectiveStatusCounters?.Pending),
        },
    };

    public static bool AreTooLarge(TuningJobCounters counters) => new[]
    {
        counters.Completed, counters.RetryableError, counters.NonRetryableError, counters.Stopped, counters.ObjectiveSucceeded, counters.ObjectiveFailed,
    }.Any(count => count > MostTrainingJobs);

    /// <summary>What the counters count beyond the list.</summary>
    public static TuningJobCounters Unlisted(TuningJobCounters listed, TuningJobCounters? counted, List<string> warnings)
    {
        if (counted is null || counted.Launched == listed.Launched)
        {
            if (counted is not null && counted != listed)
            {
                warnings.Add("TrainingJobStatusCounters or ObjectiveStatusCounters do not agree with the list of training jobs; the list is counted.");
            }

            return new TuningJobCounters();
        }

        if (counted.Launched < listed.Launched)
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"TrainingJobStatusCounters count {counted.Launched} training jobs, and {listed.Launched} are listed; the list is counted."));
            return new TuningJobCounters();
        }

        warnings.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"TrainingJobStatusCounters count {counted.Launched} training jobs, and only {listed.Launched} are listed: were all pages read?"));
        // Where the list has more of one kind than is counted, the kinds alone would add up to more than the whole.
        var more = new Excess(counted, listed, c => c.Launched);
        var withObjective = new Excess(counted, listed, c => c.ObjectiveSucceeded + c.ObjectiveFailed);
        return new TuningJobCounters
        {
            Completed = more.Take(c => c.Completed),
            RetryableError = more.Take(c => c.RetryableError),
            NonRetryableError = more.Take(c => c.NonRetryableError),
            Stopped = more.Take(c => c.Stopped),
            ObjectiveSucceeded = withObjective.Take(c => c.ObjectiveSucceeded),
            ObjectiveFailed = withObjective.Take(c => c.ObjectiveFailed),
        };
    }

    public static void Write(JsonObject document, TuningJobCounters counters)
    {
        document["TrainingJobStatusCounters"] = new JsonObject
        {
            ["Completed"] = counters.Completed,
            ["InProgress"] = counters.InProgress,
            ["RetryableError"] = counters.RetryableError,
            ["NonRetryableError"] = counters.NonRetryableError,
            ["Stopped"] = counters.Stopped,
        };
        document["ObjectiveStatusCounters"] = new JsonObject
        {
            ["Succeeded"] = counters.ObjectiveSucceeded,
            ["Pending"] = counters.ObjectivePending,
            ["Failed"] = counters.ObjectiveFailed,
        };
    }

    /// <summary>By how much more is counted than listed in all, given out to the kinds that have more, the first ones first.</summary>
    private sealed class Excess(TuningJobCounters counted, TuningJobCounters listed, Func<TuningJobCounters, int> whole)
    {
        private int _left = Math.Max(0, whole(counted) - whole(listed));

        public int Take(Func<TuningJobCounters, int> kind)
        {
            var taken = Math.Min(_left, Math.Max(0, kind(counted) - kind(listed)));
            _left -= taken;
            return taken;
        }
    }

    private static int Sum(int? a, int? b) => (int)Math.Min(int.MaxValue, (long)(a ?? 0) + (b ?? 0));
}
