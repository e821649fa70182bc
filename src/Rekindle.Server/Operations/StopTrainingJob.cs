using Rekindle.Api.Shapes;
using Rekindle.Server.Driving;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>Asks a training job to stop; asking again while it stops changes nothing.</summary>
internal sealed class StopTrainingJob(IStore store, DriverSignal signal, TimeProvider time)
    : Operation<StopTrainingJobRequest, StopTrainingJobResponse>
{
    public override AccessScope Needs => AccessScope.Run;

    protected override async Task<StopTrainingJobResponse> HandleAsync(
        StopTrainingJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var found = await store.RequestTrainingJobStopAsync(request.TrainingJobName!, time.GetUtcNow(), cancellationToken)
            ?? throw Refusal.TrainingJobNotFound();
        if (found is not (TrainingJobStatus.InProgress or TrainingJobStatus.Stopping))
        {
            throw Refusal.AlreadyEnded(found);
        }

        signal.Raise();
        return new StopTrainingJobResponse();
    }
}
