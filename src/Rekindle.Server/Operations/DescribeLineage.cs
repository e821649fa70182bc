using System.Globalization;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;

namespace Rekindle.Server.Operations;

/// <summary>Says which tuning jobs one learned from, and which learned from it, over any number of steps.</summary>
internal sealed class DescribeLineage(IStore store) : Operation<DescribeLineageRequest, DescribeLineageResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    public override string Target => OperationTable.ExtensionPrefix + nameof(DescribeLineage);

    protected override async Task<DescribeLineageResponse> HandleAsync(
        DescribeLineageRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var self = await store.FindTuningJobAsync(name, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        var members = await store.ReadLineageAsync(self.Id, cancellationToken);
        var numbers = members.Index().ToDictionary(
            entry => entry.Item.Job.Id, entry => (entry.Index + 1).ToString(CultureInfo.InvariantCulture));
        var ancestors = AncestorsOf(self.Id, members);
        return new DescribeLineageResponse
        {
            HyperParameterTuningJobName = self.Name,
            TuningJobs = [.. members.Select(member => ToWire(member, self.Id, ancestors, numbers))],
        };
    }

    private static LineageTuningJob ToWire(
        LineageMember member, long self, HashSet<long> ancestors, Dictionary<long, string> numbers)
    {
        var job = member.Job;
        return new LineageTuningJob
        {
            Id = numbers[job.Id],
            HyperParameterTuningJobName = job.Name,
            Relation = job.Id == self ? "Self" : ancestors.Contains(job.Id) ? "Ancestor" : "Descendant",
            WarmStartType = job.Definition.WarmStart?.ToString(),
            Parents =
            [
                .. NamedParents.Of(job).Select(parent => new LineageParent
                {
                    HyperParameterTuningJobName = parent.Name,
                    Id = parent.Id is { } id ? numbers.GetValueOrDefault(id) : null,
                }),
            ],
            HyperParameterTuningJobStatus = job.Status.ToString(),
            CreationTime = job.CreationTime,
            Objective = new HyperParameterTuningJobObjective
            {
                Type = job.Definition.Objective.Goal.ToString(),
                MetricName = job.Definition.Objective.MetricName,
            },
            BestValue = member.BestValue,
            TrainingJobs = member.Launched,
            Deleted = job.DeletedAt is not null,
            Imported = job.ImportedAt is not null,
        };
    }

    /// <summary>Children come behind their parents, so one way back through the list finds them all.</summary>
    private static HashSet<long> AncestorsOf(long self, IReadOnlyList<LineageMember> members)
    {
        var found = new HashSet<long> { self };
        foreach (var member in members.Reverse().Where(member => found.Contains(member.Job.Id)))
        {
            found.UnionWith(member.Job.Parents.Select(parent => parent.TuningJobId));
        }

        found.Remove(self);
        return found;
    }
}
