using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>Describes a tuning job as its rows stand: definition, counters, best training jobs, completion details.</summary>
internal sealed class DescribeHyperParameterTuningJob(IStore store, TimeProvider time)
    : Operation<DescribeHyperParameterTuningJobRequest, DescribeHyperParameterTuningJobResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    public override bool FollowsFromRows => true;

    protected override async Task<DescribeHyperParameterTuningJobResponse> HandleAsync(
        DescribeHyperParameterTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var job = await store.FindTuningJobAsync(name, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        // One reading of job and training jobs, so that status, counters and best agree with each other.
        var snapshot = await store.ReadTuningSnapshotAsync(job.Id, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        return await DescribeAsync(snapshot, exact: false, cancellationToken);
    }

    /// <param name="snapshot">Its rows.</param>
    /// <param name="exact">Whether metric values keep the precision that AWS's model has no room for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<DescribeHyperParameterTuningJobResponse> DescribeAsync(
        TuningSnapshot snapshot, bool exact, CancellationToken cancellationToken)
    {
        var job = snapshot.Job;
        var counters = TuningJobCounters.Of(snapshot);
        var description = TuningDescription.Read(job);
        // What an imported tuning job brought along: its parents are not here, and how long it ran is not told by the clock.
        var imported = job.ImportedAt is null ? null : description;
        return description with
        {
            HyperParameterTuningJobName = job.Name,
            HyperParameterTuningJobArn = job.Arn,
            HyperParameterTuningJobStatus = job.Status.ToString(),
            CreationTime = job.CreationTime,
            HyperParameterTuningEndTime = job.EndTime,
            LastModifiedTime = job.LastModifiedTime,
            TrainingJobStatusCounters = ToWire.StatusCounters(counters),
            ObjectiveStatusCounters = ToWire.ObjectiveCounters(counters),
            BestTrainingJob = await BestAsync([job.Id], job, description, withTuningJobName: false, exact, cancellationToken),
            OverallBestTrainingJob = imported is not null ? (exact ? imported.OverallBestTrainingJob : OnWire(imported.OverallBestTrainingJob))
                : job.Definition.WarmStart == WarmStartKind.IdenticalDataAndAlgorithm
                ? await BestAsync([job.Id, .. job.Parents.Select(p => p.TuningJobId)], job, description, withTuningJobName: true, exact, cancellationToken)
                : null,
            FailureReason = job.FailureReason,
            TuningJobCompletionDetails = new HyperParameterTuningJobCompletionDetails
            {
                NumberOfTrainingJobsObjectiveNotImproving =
                    imported?.TuningJobCompletionDetails?.NumberOfTrainingJobsObjectiveNotImproving ?? CompletionProgress.CountNotImproving(snapshot),
                ConvergenceDetectedTime = job.ConvergenceDetectedTime,
            },
            ConsumedResources = imported?.ConsumedResources ?? new HyperParameterTuningJobConsumedResources
            {
                RuntimeInSeconds = (int)Math.Max(0, ((job.EndTime ?? time.GetUtcNow()) - job.CreationTime).TotalSeconds),
            },
        };
    }

    private static HyperParameterTrainingJobSummary? OnWire(HyperParameterTrainingJobSummary? summary) =>
        summary?.FinalHyperParameterTuningJobObjectiveMetric is { Value: { } value } metric
            ? summary with { FinalHyperParameterTuningJobObjectiveMetric = metric with { Value = MetricValue.ToWire(value) } }
            : summary;

    private async Task<HyperParameterTrainingJobSummary?> BestAsync(
        IReadOnlyList<long> tuningJobs,
        TuningJob job,
        DescribeHyperParameterTuningJobResponse description,
        bool withTuningJobName,
        bool exact,
        CancellationToken cancellationToken)
    {
        if (await store.FindBestTrainingJobAsync(tuningJobs, job.Definition.Objective.Goal, cancellationToken) is not { } best)
        {
            return null;
        }

        var owner = best.TrainingJob.TuningJobId is { } id && id != job.Id ? await store.ReadTuningJobAsync(id, cancellationToken) : job;
        var definitionName = owner is null
            ? null
            : TuningDescription.DefinitionName(owner == job ? description : TuningDescription.Read(owner), best.TrainingJob);
        var objective = (owner ?? job).Definition.Of(best.TrainingJob.Algorithm).Objective;
        var summary = ToWire.Summary(best.TrainingJob, objective, definitionName, withTuningJobName ? best.TuningJobName : null, exact);
        return summary with
        {
            // The real service leaves the type out here, though not in the list of training jobs.
            FinalHyperParameterTuningJobObjectiveMetric = summary.FinalHyperParameterTuningJobObjectiveMetric! with { Type = null },
        };
    }
}
