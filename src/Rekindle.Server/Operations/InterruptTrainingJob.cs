using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Driving;
using Rekindle.Server.Storage;

namespace Rekindle.Server.Operations;

/// <summary>Interrupts managed spot training as a lack of room would, to see whether its program resumes.</summary>
internal sealed class InterruptTrainingJob(IStore store, DriverSignal signal, TimeProvider time)
    : Operation<InterruptTrainingJobRequest, InterruptTrainingJobResponse>
{
    public override AccessScope Needs => AccessScope.Run;

    public override string Target => OperationTable.ExtensionPrefix + nameof(InterruptTrainingJob);

    protected override async Task<InterruptTrainingJobResponse> HandleAsync(
        InterruptTrainingJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var job = await store.FindTrainingJobAsync(request.TrainingJobName!, cancellationToken) ?? throw Refusal.TrainingJobNotFound();
        if (job.IsTerminal) throw Refusal.AlreadyEnded(job.Progress.Status);
        if (!job.Definition.ManagedSpot)
        {
            throw new ApiException(
                ErrorCode.ValidationException,
                $"The training job {job.Name} is not managed spot training (EnableManagedSpotTraining): it is never interrupted.");
        }

        if (!await store.RequestInterruptionAsync(job.Id, "The managed spot training was interrupted on request", time.GetUtcNow(), cancellationToken))
        {
            throw new ApiException(
                ErrorCode.ValidationException,
                $"The training job {job.Name} has the secondary status {job.Progress.Secondary}: only one that is Training can be interrupted.");
        }

        signal.Raise();
        return new InterruptTrainingJobResponse { TrainingJobName = job.Name, HasCheckpoints = job.Definition.CheckpointS3Uri is not null };
    }
}
