using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>Removes the entry of a tuning job that has ended; its training jobs and their artifacts stay.</summary>
internal sealed class DeleteHyperParameterTuningJob(IStore store, TimeProvider time)
    : Operation<DeleteHyperParameterTuningJobRequest, DeleteHyperParameterTuningJobResponse>
{
    public override AccessScope Needs => AccessScope.Admin;

    protected override async Task<DeleteHyperParameterTuningJobResponse> HandleAsync(
        DeleteHyperParameterTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var found = await store.DeleteTuningJobAsync(name, time.GetUtcNow(), cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        return found is TuningJobStatus.InProgress or TuningJobStatus.Stopping
            ? throw new ApiException(
                ErrorCode.ValidationException,
                $"The hyperparameter tuning job {name} is not in a terminal state: its status is {found}. Stop it before deleting it.")
            : new DeleteHyperParameterTuningJobResponse();
    }
}
