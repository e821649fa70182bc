using System.Globalization;
using Rekindle.Api.Shapes;

namespace Rekindle.Cli.Output;

/// <summary>Why training jobs of a tuning job brought nothing: each reason once, the most frequent first.</summary>
internal static class FailureReasons
{
    private const int MostReasons = 5;

    /// <summary>Lines such as <c>4 failed: AlgorithmError: …, exit code: 1 (003 and 3 more)</c>.</summary>
    public static IEnumerable<string> Of(IEnumerable<HyperParameterTrainingJobSummary> trainingJobs, string metric)
    {
        var groups = trainingJobs
            .Select(job => (Name: job.TrainingJobName ?? "", Reason: Reason(job, metric)))
            .Where(job => job.Reason.Length > 0)
            .GroupBy(job => job.Reason, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .ToList();
        foreach (var group in groups.Take(MostReasons))
        {
            var first = group.First().Name;
            var others = group.Count() > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {group.Count() - 1} more") : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key} ({first}{others})");
        }

        if (groups.Count > MostReasons)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{groups.Skip(MostReasons).Sum(group => group.Count())} more, for other reasons; see --json");
        }
    }

    private static string Reason(HyperParameterTrainingJobSummary job, string metric) => (job.TrainingJobStatus, job.FailureReason) switch
    {
        ("Failed", { Length: > 0 } reason) => $"failed: {OneLine(reason)}",
        ("Failed", _) => "failed, for no stated reason",
        ("Completed", _) when job.FinalHyperParameterTuningJobObjectiveMetric is null => $"completed without {metric}",
        _ => "",
    };

    private static string OneLine(string reason) => reason.ReplaceLineEndings(" ").Trim();
}
