using Rekindle.Api;
using Rekindle.Api.Shapes;

namespace Rekindle.Server.Operations;

/// <summary>The names under which CloudWatch knows the metrics of training jobs, and how it refuses what lacks a parameter.</summary>
internal static class MetricNames
{
    public const string TargetPrefix = "GraniteServiceVersion20100801.";
    public const string Namespace = "/aws/sagemaker/TrainingJobs";
    public const string TrainingJob = "TrainingJobName";

    // AWS has the dimension Host for what machines use up, which is not measured here.

    /// <summary>The training job whose metric has exactly these dimensions; null when none can have.</summary>
    public static string? TrainingJobOf(IReadOnlyList<MetricDimension>? dimensions) =>
        dimensions is [{ Name: TrainingJob, Value: var name }] ? name : null;

    /// <exception cref="ApiException">The parameter is missing.</exception>
    public static void Demand(object? value, string parameter)
    {
        if (value is null) throw new ApiException(ErrorCode.MissingRequiredParameterException, $"The parameter {parameter} is required.");
    }
}
