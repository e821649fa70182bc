using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;

namespace Rekindle.Cli.Watching;

/// <summary>A training job as a watcher sees it.</summary>
/// <param name="Summary">What its tuning job says of it.</param>
/// <param name="Current">The objective metric as last emitted; null before the first.</param>
/// <param name="Epoch">Completed epochs; null when its log does not tell.</param>
internal sealed record TrainingView(HyperParameterTrainingJobSummary Summary, double? Current, int? Epoch)
{
    /// <summary>How it ended in SageMaker's finer words, such as <c>MaxRuntimeExceeded</c>; null when it was not asked.</summary>
    public string? SecondaryStatus { get; init; }

    public string Name => Summary.TrainingJobName!;

    public bool HasEnded => StatusStyle.IsTerminal(Summary.TrainingJobStatus);

    /// <summary>The objective that counts; null while it runs and after a failure.</summary>
    public double? Final => Summary.FinalHyperParameterTuningJobObjectiveMetric?.Value;
}

/// <summary>A tuning job and its training jobs at one moment, as the API tells.</summary>
internal sealed record TuningPicture(DescribeHyperParameterTuningJobResponse Job, IReadOnlyList<TrainingView> TrainingJobs)
{
    public string Name => Job.HyperParameterTuningJobName!;

    public bool HasEnded => StatusStyle.IsTerminal(Job.HyperParameterTuningJobStatus);

    public HyperParameterTuningJobObjective? Objective =>
        Job.HyperParameterTuningJobConfig?.HyperParameterTuningJobObjective ?? Definition?.TuningObjective;

    public string Metric => Objective?.MetricName ?? "objective";

    public bool Maximize => Objective?.Type != "Minimize";

    public int? MaxTrainingJobs => Job.HyperParameterTuningJobConfig?.ResourceLimits?.MaxNumberOfTrainingJobs;

    /// <summary>Epochs a training is to run, when the request says so.</summary>
    public int? Epochs => int.TryParse(
        Definition?.StaticHyperParameters?.GetValueOrDefault("epochs"), System.Globalization.CultureInfo.InvariantCulture, out var epochs)
        ? epochs
        : null;

    /// <summary>The training job with the best objective so far.</summary>
    public TrainingView? Best
    {
        get
        {
            var succeeded = TrainingJobs.Where(job => job.Final is not null);
            return Maximize ? succeeded.MaxBy(job => job.Final) : succeeded.MinBy(job => job.Final);
        }
    }

    /// <summary>Names of the tuned hyperparameters, in the order of the request.</summary>
    public IReadOnlyList<string> TunedNames
    {
        get
        {
            var given = RangeNames(TunableRanges.Of(Job.HyperParameterTuningJobConfig, Definition));
            return given.Count > 0
                ? given
                : [.. TrainingJobs.SelectMany(job => job.Summary.TunedHyperParameters?.Keys ?? []).Distinct().Order(StringComparer.Ordinal)];
        }
    }

    private HyperParameterTrainingJobDefinition? Definition => Job.TrainingJobDefinition ?? (Job.TrainingJobDefinitions is [var first, ..] ? first : null);

    /// <summary>The part of a training job's name that its tuning job's name does not already say.</summary>
    public string ShortName(string trainingJob) =>
        trainingJob.StartsWith(Name + "-", StringComparison.OrdinalIgnoreCase) ? trainingJob[(Name.Length + 1)..] : trainingJob;

    private static List<string> RangeNames(ParameterRanges? ranges) =>
    [
        .. (ranges?.ContinuousParameterRanges ?? []).Select(range => range.Name!),
        .. (ranges?.IntegerParameterRanges ?? []).Select(range => range.Name!),
        .. (ranges?.CategoricalParameterRanges ?? []).Select(range => range.Name!),
    ];
}
