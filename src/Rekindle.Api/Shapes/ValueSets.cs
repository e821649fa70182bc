namespace Rekindle.Api.Shapes;

/// <summary>Closed sets of values that several members share, in the notation of <see cref="OneOfAttribute"/>.</summary>
public static class ValueSets
{
    /// <summary>States of a tuning job.</summary>
    public const string TuningJobStatus = "Completed | InProgress | Failed | Stopped | Stopping | Deleting | DeleteFailed";

    /// <summary>Directions of sorting.</summary>
    public const string SortOrder = "Ascending | Descending";

    /// <summary>Search strategies.</summary>
    public const string Strategy = "Bayesian | Random | Hyperband | Grid";

    /// <summary>States of a training job.</summary>
    public const string TrainingJobStatus = "InProgress | Completed | Failed | Stopping | Stopped | Deleting";

    /// <summary>Directions of an objective.</summary>
    public const string ObjectiveType = "Maximize | Minimize";

    /// <summary>What AWS can search for.</summary>
    public const string SearchedResource =
        "TrainingJob | Experiment | ExperimentTrial | ExperimentTrialComponent | Endpoint | Model | ModelPackage | ModelPackageGroup" +
        " | Pipeline | PipelineExecution | FeatureGroup | FeatureMetadata | Image | ImageVersion | Project | HyperParameterTuningJob" +
        " | ModelCard | PipelineVersion";

    /// <summary>Scales a range can be searched on.</summary>
    public const string ScalingType = "Auto | Linear | Logarithmic | ReverseLogarithmic";

    /// <summary>Ways to present a channel to a program.</summary>
    public const string TrainingInputMode = "Pipe | File | FastFile";

    /// <summary>Phases of a training job.</summary>
    public const string SecondaryStatus =
        "Starting | LaunchingMLInstances | PreparingTrainingStack | Downloading" +
        " | DownloadingTrainingImage | Training | Uploading | Stopping | Stopped" +
        " | MaxRuntimeExceeded | Completed | Failed | Interrupted | MaxWaitTimeExceeded | Updating | Restarting | Pending";

    /// <summary>States of machines kept after a training job.</summary>
    public const string WarmPoolResourceStatus = "Available | Terminated | Reused | InUse";

    /// <summary>Outcomes of a debugging or profiling rule.</summary>
    public const string RuleEvaluationStatus = "InProgress | NoIssuesFound | IssuesFound | Error | Stopping | Stopped";
}
