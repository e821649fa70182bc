using Rekindle.Api.Shapes;
using Rekindle.Server.Driving;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>Asks a tuning job to stop; asking again while it stops changes nothing.</summary>
internal sealed class StopHyperParameterTuningJob(IStore store, DriverSignal signal, TimeProvider time)
    : Operation<StopHyperParameterTuningJobRequest, StopHyperParameterTuningJobResponse>
{
    public override AccessScope Needs => AccessScope.Run;

    protected override async Task<StopHyperParameterTuningJobResponse> HandleAsync(
        StopHyperParameterTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var found = await store.RequestTuningJobStopAsync(name, time.GetUtcNow(), cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        if (found is not (TuningJobStatus.InProgress or TuningJobStatus.Stopping))
        {
            throw Refusal.AlreadyEnded(found);
        }

        signal.Raise();
        return new StopHyperParameterTuningJobResponse();
    }
}
