using System.Globalization;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;

namespace Rekindle.Cli.Lineage;

/// <summary>What is said of a tuning job beside its name and status, in every drawing alike.</summary>
internal static class FamilyFacts
{
    public static IEnumerable<string> Of(LineageTuningJob job)
    {
        yield return job.BestValue is { } best
            ? $"{job.Objective?.MetricName} {ShortText.Metric(best)}"
            : "no result";
        yield return string.Create(CultureInfo.InvariantCulture, $"{job.TrainingJobs ?? 0} training job{(job.TrainingJobs == 1 ? "" : "s")}");
        if (job.Imported == true)
        {
            yield return "imported";
        }

        if (job.Deleted == true)
        {
            yield return "deleted";
        }
    }
}
