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
    public override string Target => OperationTable.ExtensionPrefix + nameof(DescribeWarmStart);

    protected override async Task<DescribeWarmStartResponse> HandleAsync(
        DescribeWarmStartRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var job = await store.FindTuningJobAsync(name, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        var child = job.Definition;
        var parents = new List<ParentSnapshot>();
        foreach (var parent in job.Parents)
        {
            if (await store.ReadTuningSnapshotAsync(parent.TuningJobId, cancellationToken) is { } snapshot)
            {
                parents.Add(new ParentSnapshot(snapshot.Job, snapshot.TrainingJobs));
            }
        }

        var verdict = child.WarmStart is null ? null : WarmStartRules.Check(new WarmStartRequest(
            job.Name, child, [.. parents.Select(parent => new NamedParent(parent.Job.Name, parent.Job, parent.TrainingJobs.Count))], warmStartOptions));
        var uses = child.WarmStart is null ? [] : ParentUse.Of(child, parents);
        return new DescribeWarmStartResponse
        {
            HyperParameterTuningJobName = job.Name,
            WarmStartType = child.WarmStart?.ToString(),
            Warnings = [.. verdict?.Warnings ?? [], .. ParentUse.Warnings(uses)],
            Parents = [.. uses.Select(WarmStartToWire.Parent)],
            Changes = WarmStartToWire.Changes(verdict?.Changes),
            TrainingJobs = new WarmStartTrainingJobs
            {
                Limit = child.WarmStart is null ? limits.MaxTrainingJobsFor(child.Strategy) : warmStartOptions.MaxTrainingJobs,
                Parents = parents.Sum(parent => parent.TrainingJobs.Count),
                Child = child.MaxTrainingJobs,
            },
        };
    }
}
