using Rekindle.Api;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>
/// The names under which CloudWatch Logs knows logs: one group for all training jobs, and one stream for each that has begun to run.
/// </summary>
internal static class LogNames
{
    public const string Group = "/aws/sagemaker/TrainingJobs";
    public const string TargetPrefix = "Logs_20140328.";

    // A training job runs on one instance here.
    private const string Host = "/algo-1";

    /// <exception cref="ApiException">There is no such group.</exception>
    public static void DemandGroup(string? group)
    {
        if (group != Group) throw new ApiException(ErrorCode.ResourceNotFoundException, "The specified log group does not exist.");
    }

    /// <summary>As SageMaker names it: the training job, the host, and when its log began.</summary>
    public static string Stream(TrainingJob job) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{job.Name}{Host}-{job.CreationTime.ToUnixTimeSeconds()}");

    /// <summary>The stream's ARN, of the training job's region and account.</summary>
    public static string Arn(TrainingJob job)
    {
        var parts = job.Arn.Split(':');
        return $"arn:aws:logs:{parts[3]}:{parts[4]}:log-group:{Group}:log-stream:{Stream(job)}";
    }

    /// <summary>The group in an ARN, or the name that stands for one; ARNs of groups may end with <c>:*</c>.</summary>
    public static string? GroupOf(string? identifier) => identifier is null ? null
        : identifier.EndsWith(":*", StringComparison.Ordinal) ? GroupOf(identifier[..^2])
        : identifier[(identifier.LastIndexOf(':') + 1)..];

    /// <summary>When a log begins: no line is older.</summary>
    public static long Time(TrainingJob job) => (job.Progress.TrainingStartTime ?? job.CreationTime).ToUnixTimeMilliseconds();

    /// <summary>The training job of a stream, whose name may be given without the time at its end.</summary>
    /// <exception cref="ApiException">There is no such stream.</exception>
    public static async Task<TrainingJob> FindJobAsync(IStore store, string stream, CancellationToken cancellationToken)
    {
        var slash = stream.IndexOf('/', StringComparison.Ordinal);
        var job = slash > 0 ? await store.FindTrainingJobAsync(stream[..slash], cancellationToken) : null;
        return job is not null && (stream[slash..] == Host || stream[(slash + 1)..] == Stream(job)[(job.Name.Length + 1)..])
            ? job
            : throw new ApiException(ErrorCode.ResourceNotFoundException, "The specified log stream does not exist.");
    }
}
