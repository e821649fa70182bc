using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Operations;

/// <summary>Says what a tuning job has of its parents. Rows of deleted parents stay, so it can be asked at any time.</summary>
internal sealed class DescribeWarmStart(IStore store, RuleLimits limits, WarmStartOptions warmStartOptions)
    : Operation<DescribeWarmStartRequest, DescribeWarmStartResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    public override string Target => OperationTable.ExtensionPrefix + nameof(DescribeWarmStart);

    protected override async Task<DescribeWarmStartResponse> HandleAsync(
        DescribeWarmStartRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var job = await store.FindTuningJobAsync(name, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        var child = job.Definition;
        var parents = await ReadAsync(job, cancellationToken);
        IReadOnlyList<ParentSnapshot> named = [.. parents.Where(parent => parent.Depth == 0)];
        var verdict = child.WarmStart is null ? null : WarmStartRules.Check(new WarmStartRequest(
            job.Name, child, [.. named.Select(parent => new NamedParent(parent.Job.Name, parent.Job, parent.TrainingJobs.Count))], warmStartOptions));
        var ancestors = await AncestorSearch.FindAsync(store, child, [.. named.Select(parent => parent.Job)], warmStartOptions, cancellationToken);
        var uses = child.WarmStart is null ? [] : ParentUse.Of(child, parents);
        return new DescribeWarmStartResponse
        {
            HyperParameterTuningJobName = job.Name,
            WarmStartType = child.WarmStart?.ToString(),
            Warnings = [.. verdict?.Warnings ?? [], .. ancestors.Warnings, .. ParentUse.Warnings(uses)],
            Parents = [.. uses.Select(WarmStartToWire.Parent)],
            Changes = WarmStartToWire.Changes(verdict?.Changes),
            TrainingJobs = new WarmStartTrainingJobs
            {
                Limit = child.WarmStart is null ? limits.MaxTrainingJobsFor(child.Strategy) : warmStartOptions.MaxTrainingJobs,
                Parents = WarmStartToWire.Launched(parents),
                Child = child.MaxTrainingJobs,
            },
        };
    }

    /// <summary>The parents and the ancestors that joined them, with all their training jobs.</summary>
    private async Task<IReadOnlyList<ParentSnapshot>> ReadAsync(TuningJob job, CancellationToken cancellationToken)
    {
        var parents = new List<ParentSnapshot>();
        foreach (var (id, depth, through) in job.Parents.Select(parent => (parent.TuningJobId, 0, (string?)null))
            .Concat(job.Ancestors.Select(ancestor => (ancestor.TuningJobId, ancestor.Depth, (string?)ancestor.Through))))
        {
            if (await store.ReadTuningSnapshotAsync(id, cancellationToken) is { } snapshot)
            {
                parents.Add(new ParentSnapshot(snapshot.Job, snapshot.TrainingJobs) { Depth = depth, Through = through });
            }
        }

        return Ancestry.WithoutRepeats(parents);
    }
}
