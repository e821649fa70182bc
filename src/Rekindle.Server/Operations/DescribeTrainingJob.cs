using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;

namespace Rekindle.Server.Operations;

/// <summary>Describes a training job as its row stands, with the last reading of each metric.</summary>
internal sealed class DescribeTrainingJob(IStore store) : Operation<DescribeTrainingJobRequest, DescribeTrainingJobResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    public override bool FollowsFromRows => true;

    protected override async Task<DescribeTrainingJobResponse> HandleAsync(
        DescribeTrainingJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var job = await store.FindTrainingJobAsync(request.TrainingJobName!, cancellationToken) ?? throw Refusal.TrainingJobNotFound();
        var tuningJob = job.TuningJobId is { } id ? await store.ReadTuningJobAsync(id, cancellationToken) : null;
        return TrainingDescription.Describe(job, tuningJob, await store.ReadLastMetricsAsync(job.Id, cancellationToken));
    }
}
