using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Driving;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>Checks a tuning job against every rule and stores it. Running it is the drivers' work.</summary>
internal sealed class CreateHyperParameterTuningJob(IStore store, TuningJobAdmission admission, DriverSignal signal, TimeProvider time)
    : Operation<CreateHyperParameterTuningJobRequest, CreateHyperParameterTuningJobResponse>
{
    public override AccessScope Needs => AccessScope.Run;

    protected override IReadOnlyList<string> ShapeViolations(CreateHyperParameterTuningJobRequest request) =>
        ParentList.ShapeViolations(request, base.ShapeViolations);

    protected override async Task<CreateHyperParameterTuningJobResponse> HandleAsync(
        CreateHyperParameterTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        ResourceTags.RefuseReserved(request.Tags);
        var admitted = await admission.CheckAsync(request, context, cancellationToken);
        if (!admitted.IsAccepted)
        {
            throw Refusal.Of([.. admitted.Violations, .. await admission.CheckNameAsync(request.HyperParameterTuningJobName!, cancellationToken)]);
        }

        var name = request.HyperParameterTuningJobName!;
        var definition = admitted.Definition!;
        var job = new NewTuningJob
        {
            Name = name,
            Arn = Arn.ForTuningJob(context.Region, context.Account, name),
            Definition = definition,
            Description = TuningDescription.Write(request, definition),
            CreationTime = time.GetUtcNow(),
            ParentIds = [.. admitted.Parents.Select(parent => parent.Job!.Id)],
            Ancestors =
            [
                .. admitted.Ancestors.Joined.Select(ancestor => new WarmStartAncestor(
                    ancestor.Snapshot.Job.Id, ancestor.Snapshot.Job.Name, ancestor.Depth, ancestor.Through)),
            ],
            Tags = ToWire.Tags(request.Tags),
        };
        switch (await store.CreateTuningJobAsync(job, cancellationToken))
        {
            case CreateOutcome.NameTaken:
                throw Refusal.TuningJobNameTaken(name);
            case CreateOutcome.ParentUnavailable:
                throw new ApiException(ErrorCode.ValidationException, "A parent tuning job was deleted while this request was checked.");
            default:
                signal.Raise();
                return new CreateHyperParameterTuningJobResponse { HyperParameterTuningJobArn = job.Arn };
        }
    }
}
