namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>A child and the parents it names, as far as they were found.</summary>
/// <param name="ChildName">The new tuning job's name.</param>
/// <param name="Child">Its definition.</param>
/// <param name="Parents">In the order of the request.</param>
/// <param name="Options">The operator's choices.</param>
internal sealed record WarmStartRequest(
    string ChildName, TuningJobDefinition Child, IReadOnlyList<NamedParent> Parents, WarmStartOptions Options)
{
    /// <summary>What ancestors launched that join the parents, each training job once. They stand under no other rule.</summary>
    public int AncestorTrainingJobs { get; init; }

    /// <summary>What counts towards the limit of changes.</summary>
    public ChangeCount Changes => ChangeCount.Of(Child, Found.Select(parent => parent.Definition), Options);

    /// <summary>The parents that were found, each once, with their positions in the request.</summary>
    public IEnumerable<FoundParent> Found =>
        Parents
            .Select((parent, index) => (parent, index))
            .Where(entry => entry.parent.Job is not null)
            .DistinctBy(entry => entry.parent.Job!.Id)
            .Select(entry => new FoundParent(entry.parent.Job!, entry.parent.LaunchedTrainingJobs, PathOf(entry.index)));

    public const string ParentList = "warmStartConfig.parentHyperParameterTuningJobs";

    public static string PathOf(int index) => $"{ParentList}.{index + 1}.member.hyperParameterTuningJobName";
}

/// <param name="Name">As the request spells it; null when the entry has none.</param>
/// <param name="Job">Null when there is no such tuning job, or none any more.</param>
/// <param name="LaunchedTrainingJobs">How many training jobs it ever launched, however they ended.</param>
internal sealed record NamedParent(string? Name, TuningJob? Job, int LaunchedTrainingJobs);

internal sealed record FoundParent(TuningJob Job, int LaunchedTrainingJobs, string Path)
{
    public string Name => Job.Name;

    public TuningJobDefinition Definition => Job.Definition;
}
