using System.Globalization;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rekindle.Cli.Commands;

/// <summary>A tuning job in words.</summary>
internal static class JobDescription
{
    /// <summary>The tag of a tuning job that ran elsewhere; its value is when it was imported.</summary>
    internal const string ImportMark = "rekindle:imported";

    /// <param name="job">The tuning job.</param>
    /// <param name="tags">Its tags; one of them marks an imported one.</param>
    /// <param name="warnings">What may mislead it.</param>
    /// <param name="trainingJobs">Its training jobs, when some of them failed; else none are needed.</param>
    /// <param name="suggestions">How its training jobs were suggested and why they were stopped, if that is known.</param>
    /// <param name="now">The time.</param>
    public static IRenderable Render(
        DescribeHyperParameterTuningJobResponse job,
        IReadOnlyList<Tag> tags,
        IReadOnlyList<string> warnings,
        IReadOnlyList<HyperParameterTrainingJobSummary> trainingJobs,
        IReadOnlyList<SuggestedTrainingJob> suggestions,
        DateTimeOffset now)
    {
        var facts = new Facts();
        facts.Add("Tuning job", job.HyperParameterTuningJobName);
        facts.Add("Status", job.HyperParameterTuningJobStatus, StatusStyle.Of(job.HyperParameterTuningJobStatus));
        facts.Add("Imported", tags.FirstOrDefault(tag => tag.Key == ImportMark)?.Value);
        facts.Add("Failure", job.FailureReason);
        AddConfiguration(facts, job);
        AddWarmStart(facts, job.WarmStartConfig);
        foreach (var warning in warnings)
        {
            facts.Add("Warning", warning, new Style(Color.Yellow));
        }

        AddTags(facts, tags.Where(tag => tag.Key != ImportMark));
        AddTimes(facts, job, now);
        AddCounters(facts, job, suggestions);
        foreach (var reason in FailureReasons.Of(trainingJobs, Objective(job)?.MetricName ?? "objective"))
        {
            facts.Add("", reason, new Style(Color.Red));
        }

        facts.Add("Managed spot", Spot(suggestions));
        facts.Add("Suggested by", Origins.Counted(suggestions));
        AddBest(facts, "Best", job.BestTrainingJob);
        AddBest(facts, "Overall best", job.OverallBestTrainingJob);
        return facts.Render();
    }

    /// <summary>How often programs gave way, and how much shorter they ran than their training jobs took; null without managed spot training.</summary>
    private static string? Spot(IReadOnlyList<SuggestedTrainingJob> suggestions)
    {
        var spot = suggestions.Where(suggestion => suggestion.Interruptions is not null).ToList();
        if (spot.Count == 0)
        {
            return null;
        }

        var interruptions = spot.Sum(one => one.Interruptions!.Value);
        var (training, billable) = (spot.Sum(one => one.TrainingTimeInSeconds ?? 0L), spot.Sum(one => one.BillableTimeInSeconds ?? 0L));
        var ran = training > 0 ? string.Create(
            CultureInfo.InvariantCulture, $", ran {billable} of {training} seconds ({100 - (100 * billable / training)}% saved)") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{interruptions} {(interruptions == 1 ? "interruption" : "interruptions")}{ran}");
    }

    private static void AddTags(Facts facts, IEnumerable<Tag> tags)
    {
        var title = "Tags";
        foreach (var tag in tags)
        {
            facts.Add(title, $"{tag.Key} = {tag.Value}");
            title = "";
        }
    }

    /// <summary>A training job: its objective, its name, what was tuned.</summary>
    public static void AddBest(Facts facts, string title, HyperParameterTrainingJobSummary? best)
    {
        if (best is null)
        {
            return;
        }

        var metric = best.FinalHyperParameterTuningJobObjectiveMetric;
        facts.Add(title, metric?.Value is { } value ? $"{metric.MetricName} {ShortText.Metric(value)}" : "", new Style(Color.Green));
        facts.Add("", best.TuningJobName is { } owner ? $"{best.TrainingJobName} of {owner}" : best.TrainingJobName);
        foreach (var (name, text) in best.TunedHyperParameters ?? new Dictionary<string, string>())
        {
            facts.Add("", $"{name} = {text}");
        }
    }

    private static HyperParameterTrainingJobDefinition? Definition(DescribeHyperParameterTuningJobResponse job) =>
        job.TrainingJobDefinition ?? (job.TrainingJobDefinitions is [var first, ..] ? first : null);

    private static HyperParameterTuningJobObjective? Objective(DescribeHyperParameterTuningJobResponse job) =>
        job.HyperParameterTuningJobConfig?.HyperParameterTuningJobObjective ?? Definition(job)?.TuningObjective;

    private static void AddConfiguration(Facts facts, DescribeHyperParameterTuningJobResponse job)
    {
        var config = job.HyperParameterTuningJobConfig;
        var definition = Definition(job);
        var objective = Objective(job);
        facts.Add("Objective", objective is null ? null : $"{objective.Type} {objective.MetricName}");
        facts.Add("Search", Search(config));
        facts.Add("Early stopping", config?.TrainingJobEarlyStoppingType is "Auto" ? "Auto: what is worse than the median of the others is stopped" : null);
        facts.Add("Image", definition?.AlgorithmSpecification?.TrainingImage ?? definition?.AlgorithmSpecification?.AlgorithmName);
        var title = "Tuned";
        foreach (var range in Ranges(TunableRanges.Of(config, definition)))
        {
            facts.Add(title, range);
            title = "";
        }

        var statics = definition?.StaticHyperParameters?
            .Where(pair => !pair.Key.StartsWith('_'))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} = {pair.Value}");
        facts.Add("Static", statics is null ? null : string.Join(", ", statics));
        if (config?.ResourceLimits is { } limits)
        {
            facts.Add("Limits", string.Create(
                CultureInfo.InvariantCulture,
                $"{limits.MaxNumberOfTrainingJobs} training jobs, {limits.MaxParallelTrainingJobs} at a time{(limits.MaxRuntimeInSeconds is { } s ? $", {ShortText.Duration(TimeSpan.FromSeconds(s))}" : "")}"));
        }
    }

    /// <summary>The strategy, and how far it lets training jobs go.</summary>
    private static string? Search(HyperParameterTuningJobConfig? config) =>
        config?.StrategyConfig?.HyperbandStrategyConfig is not { MinResource: { } least, MaxResource: { } most } ? config?.Strategy
        : string.Create(CultureInfo.InvariantCulture, $"{config.Strategy}, MinResource {least}, MaxResource {most}");

    private static IEnumerable<string> Ranges(ParameterRanges? ranges) =>
    [
        .. (ranges?.ContinuousParameterRanges ?? []).Select(range => $"{range.Name} from {range.MinValue} to {range.MaxValue}{Scale(range.ScalingType)}"),
        .. (ranges?.IntegerParameterRanges ?? []).Select(range => $"{range.Name} from {range.MinValue} to {range.MaxValue}, whole numbers{Scale(range.ScalingType)}"),
        .. (ranges?.CategoricalParameterRanges ?? []).Select(range => $"{range.Name} of {string.Join(", ", range.Values ?? [])}"),
    ];

    private static string Scale(string? scaling) => scaling switch
    {
        "Logarithmic" => ", logarithmic",
        "ReverseLogarithmic" => ", reverse logarithmic",
        _ => "",
    };

    private static void AddWarmStart(Facts facts, HyperParameterTuningJobWarmStartConfig? warmStart)
    {
        if (warmStart is not null)
        {
            var parents = (warmStart.ParentHyperParameterTuningJobs ?? []).Select(parent => parent.HyperParameterTuningJobName);
            facts.Add("Warm start", $"{warmStart.WarmStartType} from {string.Join(", ", parents)}");
        }
    }

    private static void AddTimes(Facts facts, DescribeHyperParameterTuningJobResponse job, DateTimeOffset now)
    {
        facts.Add("Created", job.CreationTime is { } created ? $"{ShortText.Moment(created)} UTC" : null);
        if (job.CreationTime is { } start)
        {
            var length = ShortText.Duration((job.HyperParameterTuningEndTime ?? now) - start);
            facts.Add(job.HyperParameterTuningEndTime is null ? "Running for" : "Took", length);
        }
    }

    private static void AddCounters(
        Facts facts, DescribeHyperParameterTuningJobResponse job, IReadOnlyList<SuggestedTrainingJob> suggestions)
    {
        if (job.TrainingJobStatusCounters is not { } counters)
        {
            return;
        }

        (string Word, int? Count)[] all =
        [
            ("completed", counters.Completed),
            ("in progress", counters.InProgress),
            (StoppedFor(suggestions) is { Length: > 0 } reasons ? $"stopped ({reasons})" : "stopped", counters.Stopped),
            ("failed", counters.NonRetryableError),
            ("failed by the service", counters.RetryableError),
        ];
        var some = all.Where(item => item.Count > 0).Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Count} {item.Word}"));
        facts.Add("Training jobs", string.Join(", ", some) is { Length: > 0 } text ? text : "none yet");
    }

    /// <summary>How many were stopped for what they reported, such as <c>3 early, 1 at MaxResource</c>.</summary>
    private static string StoppedFor(IReadOnlyList<SuggestedTrainingJob> suggestions) => string.Join(", ",
        from reason in ((string Name, string Word)[])[("EarlyStopping", "early"), ("MaxResource", "at MaxResource")]
        let count = suggestions.Count(suggestion => suggestion.StopReason == reason.Name)
        where count > 0
        select string.Create(CultureInfo.InvariantCulture, $"{count} {reason.Word}"));
}
