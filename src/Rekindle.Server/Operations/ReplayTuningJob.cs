using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Operations;

/// <summary>Makes a tuning job's suggestions again from what each of them saw. Parents' rows stay, so it can be asked at any time.</summary>
internal sealed class ReplayTuningJob(IStore store, Replaying replaying) : Operation<ReplayTuningJobRequest, ReplayTuningJobResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    public override string Target => OperationTable.ExtensionPrefix + nameof(ReplayTuningJob);

    protected override async Task<ReplayTuningJobResponse> HandleAsync(
        ReplayTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var job = await store.FindTuningJobAsync(name, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        if (job.ImportedAt is not null)
        {
            throw new ApiException(
                ErrorCode.ValidationException,
                $"The tuning job {job.Name} was imported: its suggestions were made elsewhere, and can't be made again here.");
        }

        var snapshot = await store.ReadTuningSnapshotAsync(job.Id, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        var parents = Ancestry.WithoutRepeats(await store.ReadParentsAsync(job.Id, cancellationToken));
        var stretch = await replaying.ReplayAsync(snapshot, parents, request.FromLaunchIndex ?? 1, cancellationToken);
        return new ReplayTuningJobResponse
        {
            HyperParameterTuningJobName = job.Name,
            TrainingJobs = snapshot.TrainingJobs.Count,
            Same = stretch.Same,
            Unknown = stretch.Unknown,
            NextLaunchIndex = stretch.Next,
            Difference = stretch.Difference is { } difference ? ToWire(difference) : null,
            Engine = SeenHistory.Engine,
        };
    }

    private static SuggestionDifference ToWire(ReplayDifference difference) => new()
    {
        TrainingJobName = difference.TrainingJob.Name,
        LaunchIndex = difference.TrainingJob.LaunchIndex,
        Engine = difference.TrainingJob.Explanation?.Engine,
        Facts = [.. difference.Facts.Select(fact => new DifferingFact { Name = fact.Name, Stored = fact.Stored, Again = fact.Again })],
    };
}
