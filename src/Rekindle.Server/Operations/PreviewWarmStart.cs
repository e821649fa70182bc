using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Operations;

/// <summary>Says whether a tuning job would be created, why not, what it would have of its parents and what it would try first. Creates nothing.</summary>
internal sealed class PreviewWarmStart(
    TuningJobAdmission admission, IStore store, Suggesting suggesting, RuleLimits limits, WarmStartOptions warmStartOptions)
    : Operation<CreateHyperParameterTuningJobRequest, PreviewWarmStartResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    private const int MostSuggestions = 5;

    public override string Target => OperationTable.ExtensionPrefix + nameof(PreviewWarmStart);

    protected override IReadOnlyList<string> ShapeViolations(CreateHyperParameterTuningJobRequest request) =>
        ParentList.ShapeViolations(request, base.ShapeViolations);

    protected override async Task<PreviewWarmStartResponse> HandleAsync(
        CreateHyperParameterTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var admitted = await admission.CheckAsync(request, context, cancellationToken);
        List<Violation> violations = [.. admitted.Violations, .. await admission.CheckNameAsync(request.HyperParameterTuningJobName!, cancellationToken)];
        var parents = AncestorSearch.With(await ReadAsync(admitted.Parents, cancellationToken), admitted.Ancestors.Joined);
        var uses = ParentUse.Of(admitted.HasSoundRanges ? admitted.Definition : null, parents);
        return new PreviewWarmStartResponse
        {
            Accepted = violations.Count == 0,
            Violations = [.. violations.Select(WarmStartToWire.Violation)],
            Warnings = [.. admitted.WarmStart?.Warnings ?? [], .. admitted.Ancestors.Warnings, .. ParentUse.Warnings(uses)],
            Parents = [.. uses.Select(WarmStartToWire.Parent)],
            Changes = WarmStartToWire.Changes(admitted.WarmStart?.Changes),
            TrainingJobs = new WarmStartTrainingJobs
            {
                Limit = admitted switch
                {
                    { Definition: { WarmStart: null } cold } => limits.MaxTrainingJobsFor(cold.Strategy),
                    _ => warmStartOptions.MaxTrainingJobs,
                },
                Parents = WarmStartToWire.Launched(parents),
                Child = admitted.Definition?.MaxTrainingJobs ?? request.HyperParameterTuningJobConfig!.ResourceLimits!.MaxNumberOfTrainingJobs,
            },
            FirstSuggestions = violations.Count == 0 ? await PlanAsync(admitted.Definition!, parents, cancellationToken) : [],
            SeedIsDrawn = request.HyperParameterTuningJobConfig!.RandomSeed is null,
        };
    }

    /// <summary>The parents that exist, each once, with all their training jobs.</summary>
    private async Task<IReadOnlyList<ParentSnapshot>> ReadAsync(IReadOnlyList<NamedParent> named, CancellationToken cancellationToken)
    {
        var parents = new List<ParentSnapshot>();
        foreach (var id in named.Where(parent => parent.Job is not null).Select(parent => parent.Job!.Id).Distinct())
        {
            if (await store.ReadTuningSnapshotAsync(id, cancellationToken) is { } snapshot)
            {
                parents.Add(new ParentSnapshot(snapshot.Job, snapshot.TrainingJobs));
            }
        }

        return parents;
    }

    private async Task<IReadOnlyList<FirstSuggestion>> PlanAsync(
        TuningJobDefinition definition, IReadOnlyList<ParentSnapshot> parents, CancellationToken cancellationToken)
    {
        var count = Math.Min(MostSuggestions, definition.MaxTrainingJobs);
        var planned = await suggesting.PlanAsync(definition, parents, count, cancellationToken);
        return [.. planned.Select(WarmStartToWire.Suggestion)];
    }
}
