using Rekindle.Api.Shapes;

namespace Rekindle.Server.Operations.Import;

/// <summary>What stands in for members that a document lacks and that nobody will act upon, since an imported job never runs.</summary>
internal static class WireDefaults
{
    /// <summary>Of the form of a training job's ARN, for a summary without one.</summary>
    private const string SomeArn = "arn:aws:sagemaker:us-east-1:000000000000:training-job/a";

    public static ResourceLimits Complete(ResourceLimits? limits) =>
        (limits ?? new ResourceLimits()) with { MaxParallelTrainingJobs = limits?.MaxParallelTrainingJobs ?? 1 };

    public static HyperParameterTrainingJobSummary Complete(HyperParameterTrainingJobSummary summary) => summary with
    {
        TrainingJobArn = summary.TrainingJobArn ?? SomeArn,
        CreationTime = summary.CreationTime ?? DateTimeOffset.UnixEpoch,
    };

    public static HyperParameterTrainingJobDefinition Complete(HyperParameterTrainingJobDefinition definition) => definition with
    {
        AlgorithmSpecification = (definition.AlgorithmSpecification ?? new HyperParameterAlgorithmSpecification()) with
        {
            TrainingInputMode = definition.AlgorithmSpecification?.TrainingInputMode ?? "File",
        },
        RoleArn = definition.RoleArn ?? "",
        OutputDataConfig = (definition.OutputDataConfig ?? new OutputDataConfig()) with { S3OutputPath = definition.OutputDataConfig?.S3OutputPath ?? "" },
        StoppingCondition = definition.StoppingCondition ?? new StoppingCondition(),
    };
}
