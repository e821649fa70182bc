using Rekindle.Api;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>The errors several operations share, in AWS's sentences.</summary>
internal static class Refusal
{
    public static ApiException TuningJobNotFound(string name) => new(
        ErrorCode.ResourceNotFound, $"Amazon SageMaker can't find a tuning job called {name}. Type another name.");

    public static ApiException TrainingJobNotFound() => new(ErrorCode.ValidationException, "Requested resource not found.");

    public static ApiException TuningJobNameTaken(string name) => new(
        ErrorCode.ResourceInUse, $"A hyperparameter tuning job with the name, {name}, already exists. Choose a different name.");

    public static ApiException TrainingJobNameTaken(string arn) => new(
        ErrorCode.ResourceInUse, $"Training job names must be unique within an AWS account and region, and a training job with this name already exists ({arn})");

    public static ApiException AlreadyEnded(TuningJobStatus status) => new(
        ErrorCode.ValidationException, $"The request was rejected because the hyperparameter tuning job is already in status {status}.");

    public static ApiException AlreadyEnded(TrainingJobStatus status) => new(
        ErrorCode.ValidationException, $"The request was rejected because the training job is in status {status}.");

    public static ApiException InvalidToken() => new(
        ErrorCode.ValidationException, "The NextToken is not one that this request returned with the same sorting and filters.");

    /// <summary>One sentence alone as it is; several, and constraints of the shape, as AWS lists them.</summary>
    public static ApiException Of(IReadOnlyList<Violation> violations)
    {
        var code = violations.All(v => v.Kind == ViolationKind.ResourceLimit) ? ErrorCode.ResourceLimitExceeded : ErrorCode.ValidationException;
        var messages = violations.Select(v => v.Message).Distinct().ToList();
        return new ApiException(
            code, messages is [var only] && !only.StartsWith("Value ", StringComparison.Ordinal) ? only : ShapeCheck.Message(messages));
    }
}
