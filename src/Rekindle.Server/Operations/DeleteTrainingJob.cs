using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>Removes a training job that has ended, its log and its working files; its name is free again.</summary>
internal sealed class DeleteTrainingJob(IStore store, IExecutor executor, TimeProvider time)
    : Operation<DeleteTrainingJobRequest, DeleteTrainingJobResponse>
{
    protected override async Task<DeleteTrainingJobResponse> HandleAsync(
        DeleteTrainingJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.TrainingJobName!;
        var job = await store.FindTrainingJobAsync(name, cancellationToken)
            ?? throw new ApiException(ErrorCode.ResourceNotFound, "Requested resource not found.");
        if (!job.IsTerminal)
        {
            throw new ApiException(
                ErrorCode.ResourceInUse, $"The training job {job.Name} is in status {job.Progress.Status}. Only a training job that has ended can be deleted.");
        }

        // The files first: a name must not be free while the files of its last bearer are still there.
        await executor.RemoveAsync(job.Name, cancellationToken);
        _ = await store.DeleteTrainingJobAsync(name, time.GetUtcNow(), cancellationToken);
        return new DeleteTrainingJobResponse();
    }
}
