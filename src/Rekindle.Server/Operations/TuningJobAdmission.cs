using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;
using MetricDefinition = Rekindle.Server.TrainingJobs.MetricDefinition;

namespace Rekindle.Server.Operations;

/// <summary>Everything that is checked before a tuning job is created, so that creating and previewing can't differ.</summary>
internal sealed class TuningJobAdmission(
    IStore store, IExecutor executor, BuiltInMetrics builtInMetrics, RuleLimits limits, WarmStartOptions warmStartOptions)
{
    /// <param name="request">A request whose shapes keep their constraints.</param>
    /// <param name="context">Who asks, and where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Admission> CheckAsync(
        CreateHyperParameterTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var form = TuningDefinitionReader.CheckForm(request);
        var parents = await FindParentsAsync(request, cancellationToken);
        if (!TuningDefinitionReader.IsReadable(request))
        {
            return TuningDefinitionReader.WithAnyObjective(request) is { } readable
                ? await WithoutObjectiveAsync(readable, form, context, cancellationToken)
                : new Admission(form, null, parents, null);
        }

        var definition = Read(request, parents, 0);
        IReadOnlyList<TuningJob> found = [.. parents.Where(parent => parent.Job is not null).Select(parent => parent.Job!)];
        var ancestors = definition.AlgorithmCount == 1
            ? await AncestorSearch.FindAsync(store, definition, found, warmStartOptions, cancellationToken)
            : FoundAncestors.None;
        var launchedByAncestors = 0;
        if (ancestors.Joined.Count > 0)
        {
            launchedByAncestors = await CountAsync(found, ancestors.Joined, cancellationToken);
            definition = Read(request, parents, launchedByAncestors);
        }

        // Several definitions are refused as such beside parents; no rule about one of them would say anything of the others.
        var isSearched = definition.AlgorithmCount == 1 || definition.WarmStart is null;
        IReadOnlyList<Violation> own = isSearched ? TuningJobRules.Check(definition, limits, MetricScraper.Problem) : [];
        if (warmStartOptions.InheritMetricDefinitions && definition.Training.MetricDefinitions.Count == 0 && parents is [{ Job: null }, ..])
        {
            // They would have come from that parent, and its absence is reported.
            own = [.. own.Where(violation => violation.Rule != TuningJobRules.MetricRule)];
        }

        var warmStart = definition.WarmStart is null
            ? null
            : WarmStartRules.Check(new WarmStartRequest(request.HyperParameterTuningJobName!, definition, parents, warmStartOptions)
            {
                AncestorTrainingJobs = launchedByAncestors,
            });
        IEnumerable<Violation> refused = isSearched && form.All(violation => violation.Rule != TuningDefinitionReader.ImageRule)
            ? RefusedByExecutor(request, definition, context)
            : [];
        return new Admission(
            [.. form, .. own.Concat(warmStart?.Violations ?? []).Select(violation => TuningDefinitionReader.Locate(request, violation)), .. refused],
            definition,
            parents,
            warmStart)
        {
            Ancestors = ancestors,
            HasSoundRanges = definition.AlgorithmCount == 1 && !own.Any(TuningJobRules.IsAboutOneRange),
        };
    }

    private IEnumerable<Violation> RefusedByExecutor(
        CreateHyperParameterTuningJobRequest request, TuningJobDefinition definition, RequestContext context)
    {
        for (var index = 0; index <= definition.Further.Count; index++)
        {
            var algorithm = definition.Of(index);
            if (executor.Refuse(algorithm.Training, algorithm.StaticHyperParameters, context.Region) is { } problem)
            {
                yield return new Violation("TrainingJobDefinition", TuningDefinitionReader.Place(request, index), problem);
            }
        }
    }

    /// <summary>Whether the name of a tuning job is taken. Two may ask at once, so storing it has the last word.</summary>
    public async Task<IReadOnlyList<Violation>> CheckNameAsync(string name, CancellationToken cancellationToken) =>
        await store.FindTuningJobAsync(name, cancellationToken) is null
            ? []
            : [new Violation("UniqueName", "hyperParameterTuningJobName", Refusal.TuningJobNameTaken(name).Message)];

    /// <summary>What else is wrong with a request that lacks an objective.</summary>
    private async Task<Admission> WithoutObjectiveAsync(
        CreateHyperParameterTuningJobRequest readable, IReadOnlyList<Violation> form, RequestContext context, CancellationToken cancellationToken)
    {
        var admitted = await CheckAsync(readable, context, cancellationToken);
        return admitted with
        {
            Violations =
            [
                .. form,
                .. admitted.Violations.Where(violation => !form.Contains(violation) && !TuningDefinitionReader.IsAboutObjective(violation)),
            ],
        };
    }

    /// <summary>How many training jobs the ancestors launched that neither a parent nor a nearer ancestor did.</summary>
    private async Task<int> CountAsync(IReadOnlyList<TuningJob> named, IReadOnlyList<JoinedAncestor> joined, CancellationToken cancellationToken)
    {
        var parents = new List<ParentSnapshot>();
        foreach (var job in named.DistinctBy(parent => parent.Id))
        {
            if (await store.ReadTuningSnapshotAsync(job.Id, cancellationToken) is { } snapshot)
            {
                parents.Add(new ParentSnapshot(snapshot.Job, snapshot.TrainingJobs));
            }
        }

        return AncestorSearch.With(parents, joined).Where(parent => parent.Depth > 0).Sum(parent => parent.TrainingJobs.Count + parent.Job.Unlisted.Launched);
    }

    private TuningJobDefinition Read(CreateHyperParameterTuningJobRequest request, IReadOnlyList<NamedParent> parents, int launchedByAncestors)
    {
        IReadOnlyList<MetricDefinition> inherited =
            warmStartOptions.InheritMetricDefinitions && parents is [{ Job: { } first }, ..] ? first.Definition.Training.MetricDefinitions : [];
        var strategy = Enum.Parse<StrategyKind>(request.HyperParameterTuningJobConfig!.Strategy!);
        var limit = limits.MaxTrainingJobsFor(strategy);
        // What parents launched counts towards the limit of a warm start.
        var left = request.WarmStartConfig is null ? limit : warmStartOptions.MaxTrainingJobs - launchedByAncestors - parents.Sum(parent => parent.LaunchedTrainingJobs);
        return TuningDefinitionReader.Read(request, builtInMetrics.For, inherited, Math.Min(limit, left));
    }

    private async Task<IReadOnlyList<NamedParent>> FindParentsAsync(CreateHyperParameterTuningJobRequest request, CancellationToken cancellationToken)
    {
        var parents = new List<NamedParent>();
        foreach (var parent in request.WarmStartConfig?.ParentHyperParameterTuningJobs ?? [])
        {
            var name = parent.HyperParameterTuningJobName;
            var job = name is null ? null : await store.FindTuningJobAsync(name, cancellationToken);
            var launched = job is null ? 0 : (await store.CountTrainingJobsAsync(job.Id, cancellationToken)).Launched;
            parents.Add(new NamedParent(name, job, launched));
        }

        return parents;
    }
}

/// <summary>Whether a tuning job is let in.</summary>
/// <param name="Violations">Every rule it breaks; none when it is let in.</param>
/// <param name="Definition">What was read; null when the request lacks too much to be read.</param>
/// <param name="Parents">The parents it names, as far as they exist.</param>
/// <param name="WarmStart">What the rules of the warm start say; null without one.</param>
internal sealed record Admission(
    IReadOnlyList<Violation> Violations, TuningJobDefinition? Definition, IReadOnlyList<NamedParent> Parents, WarmStartVerdict? WarmStart)
{
    public bool IsAccepted => Violations.Count == 0;

    /// <summary>The ancestors that join the parents.</summary>
    public FoundAncestors Ancestors { get; init; } = FoundAncestors.None;

    /// <summary>Whether parents' values can be measured in the ranges.</summary>
    public bool HasSoundRanges { get; init; }
}
