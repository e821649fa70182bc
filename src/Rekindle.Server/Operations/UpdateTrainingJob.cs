using System.Text;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using TrainingJob = Rekindle.Server.TrainingJobs.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>
/// Changes what AWS lets change of a running training job. None of it has an effect here, where nobody profiles and no machine waits; it is
/// kept and shown.
/// </summary>
internal sealed class UpdateTrainingJob(IStore store) : Operation<UpdateTrainingJobRequest, UpdateTrainingJobResponse>
{
    public override AccessScope Needs => AccessScope.Run;

    protected override async Task<UpdateTrainingJobResponse> HandleAsync(
        UpdateTrainingJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        // Of two updates at once, the one that was second begins again with what the first one left.
        while (true)
        {
            var job = await store.FindTrainingJobAsync(request.TrainingJobName!, cancellationToken) ?? throw Refusal.TrainingJobNotFound();
            if (await TryUpdateAsync(job, request, cancellationToken)) return new UpdateTrainingJobResponse { TrainingJobArn = job.Arn };
        }
    }

    private async Task<bool> TryUpdateAsync(TrainingJob job, UpdateTrainingJobRequest request, CancellationToken cancellationToken)
    {
        if (job.TuningJobId is not null || job.Description is null)
        {
            throw new ApiException(
                ErrorCode.ValidationException,
                $"The training job {job.Name} was launched by a tuning job, which describes it: it cannot be updated alone.");
        }

        if (job.IsTerminal)
        {
            throw new ApiException(
                ErrorCode.ValidationException,
                $"The request was rejected because the training job is in status {job.Progress.Status}. Only a running training job can be updated.");
        }

        var before = ApiJson.Deserialize<DescribeTrainingJobResponse>(Encoding.UTF8.GetBytes(job.Description));
        var after = before with
        {
            ProfilerConfig = request.ProfilerConfig is { } profiler ? Updated(before.ProfilerConfig ?? new ProfilerConfig(), profiler) : before.ProfilerConfig,
            ProfilerRuleConfigurations = request.ProfilerRuleConfigurations ?? before.ProfilerRuleConfigurations,
            ResourceConfig = request.ResourceConfig is { } resources
                ? (before.ResourceConfig ?? new ResourceConfig()) with { KeepAlivePeriodInSeconds = resources.KeepAlivePeriodInSeconds }
                : before.ResourceConfig,
            RemoteDebugConfig = request.RemoteDebugConfig is { } debug
                ? new RemoteDebugConfig { EnableRemoteDebug = debug.EnableRemoteDebug }
                : before.RemoteDebugConfig,
        };
        return await store.ReplaceDescriptionAsync(job.Id, job.Description, Encoding.UTF8.GetString(ApiJson.Serialize(after)), cancellationToken);
    }

    private static ProfilerConfig Updated(ProfilerConfig before, ProfilerConfigForUpdate change) => before with
    {
        S3OutputPath = change.S3OutputPath ?? before.S3OutputPath,
        ProfilingIntervalInMilliseconds = change.ProfilingIntervalInMilliseconds ?? before.ProfilingIntervalInMilliseconds,
        ProfilingParameters = change.ProfilingParameters ?? before.ProfilingParameters,
        DisableProfiler = change.DisableProfiler ?? before.DisableProfiler,
    };
}
