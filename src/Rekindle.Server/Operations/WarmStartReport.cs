using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Operations;

/// <summary>Says what a warm start was worth: the child's results held against its parents', running and imported ones too.</summary>
internal sealed class WarmStartReport(IStore store, WarmStartOptions options) : Operation<WarmStartReportRequest, WarmStartReportResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    public override string Target => OperationTable.ExtensionPrefix + nameof(WarmStartReport);

    protected override async Task<WarmStartReportResponse> HandleAsync(
        WarmStartReportRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var job = await store.FindTuningJobAsync(name, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        var snapshot = await store.ReadTuningSnapshotAsync(job.Id, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        IReadOnlyList<ParentSnapshot> parents =
            [.. (await store.ReadParentsAsync(job.Id, cancellationToken)).Where(parent => parent.Depth == 0)];
        var elsewhere = NamedParents.Of(snapshot.Job).Count(parent => parent.Id is null);
        var worth = WarmStartWorth.Of(snapshot, parents, elsewhere, options);
        return new WarmStartReportResponse
        {
            HyperParameterTuningJobName = job.Name,
            WarmStartType = job.Definition.WarmStart?.ToString(),
            Verdict = worth.Verdict.ToString(),
            Sentence = worth.Sentence,
            TrainingJobs = worth.TrainingJobs,
            Results = worth.Results,
            Best = ToWire(worth.Best),
            ParentsBest = ToWire(worth.ParentsBest),
            TrainingJobsToPass = worth.TrainingJobsToPass,
            Origins =
            [
                .. worth.Origins.Select(origin => new OriginShare
                {
                    Origin = WarmStartToWire.Origin(origin.Origin),
                    TrainingJobs = origin.TrainingJobs,
                    Share = (double)origin.TrainingJobs / snapshot.TrainingJobs.Count,
                }),
            ],
            FromParents = worth.FromParents,
            RankCorrelation = worth.RankCorrelation,
            NearPairs = worth.NearPairs,
            NearDistance = WarmStartWorth.NearDistance,
        };
    }

    private static ReportedTrainingJob? ToWire(PlacedTrainingJob? job) => job is null
        ? null
        : new ReportedTrainingJob
        {
            TuningJobName = job.Owner.Name,
            TrainingJobName = job.TrainingJob.Name,
            Value = job.Value,
            LaunchIndex = job.TrainingJob.LaunchIndex,
        };
}
