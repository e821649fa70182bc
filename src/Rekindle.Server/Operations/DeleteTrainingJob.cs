using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>
/// Removes a training job that has ended, its log and its working files; its name is free again. The row goes last and keeps the name
/// until then: a new bearer must not find the files of the old one. Two requests for one name come one after the other, so that the
/// second can't meet a new bearer of the name with what it found out about the old one.
/// </summary>
internal sealed class DeleteTrainingJob(IStore store, IExecutor executor, TimeProvider time)
    : Operation<DeleteTrainingJobRequest, DeleteTrainingJobResponse>, IDisposable
{
    public override AccessScope Needs => AccessScope.Admin;

    // Names share them; a few are enough for as many removals at once.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1, 1))];

    protected override async Task<DeleteTrainingJobResponse> HandleAsync(
        DeleteTrainingJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.TrainingJobName!;
        var turn = _turns[(uint)StringComparer.OrdinalIgnoreCase.GetHashCode(name) % _turns.Length];
        await turn.WaitAsync(cancellationToken);
        try
        {
            var job = await store.FindTrainingJobAsync(name, cancellationToken)
                ?? throw new ApiException(ErrorCode.ResourceNotFound, "Requested resource not found.");
            if (!job.IsTerminal)
            {
                throw new ApiException(
                    ErrorCode.ResourceInUse, $"The training job {job.Name} is in status {job.Progress.Status}. Only a training job that has ended can be deleted.");
            }

            await executor.RemoveAsync(job.Name, cancellationToken);
            _ = await store.DeleteTrainingJobAsync(name, time.GetUtcNow(), cancellationToken);
            return new DeleteTrainingJobResponse();
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => Array.ForEach(_turns, turn => turn.Dispose());
}
