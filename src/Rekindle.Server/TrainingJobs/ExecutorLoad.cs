namespace Rekindle.Server.TrainingJobs;

/// <summary>Who has what of the machine, and who waits for what.</summary>
/// <param name="Places">How many there are of each kind of slot, and of GPUs, by a name that means nothing but itself.</param>
/// <param name="Executions">Those that have or want any. Those that wait stand in the order in which they are served.</param>
internal sealed record ExecutorLoad(IReadOnlyDictionary<string, int> Places, IReadOnlyList<ExecutionLoad> Executions)
{
    /// <summary>The GPUs of the machine, which all executors share.</summary>
    public const string Gpus = "gpus";

    public static ExecutorLoad None { get; } = new(new Dictionary<string, int>(), []);

    /// <summary>What two executors share is given by both.</summary>
    public ExecutorLoad With(ExecutorLoad other)
    {
        var places = new Dictionary<string, int>(Places, StringComparer.Ordinal);
        foreach (var (place, count) in other.Places)
        {
            places[place] = count;
        }

        return new(places, [.. Executions, .. other.Executions]);
    }
}

/// <param name="Name">The execution's name, which is its training job's.</param>
/// <param name="Holds">What it has.</param>
/// <param name="WaitsFor">What it still wants before it starts; empty when it runs.</param>
internal sealed record ExecutionLoad(string Name, IReadOnlyDictionary<string, int> Holds, IReadOnlyDictionary<string, int> WaitsFor)
{
    /// <param name="name">The execution.</param>
    /// <param name="slot">The kind of its slot.</param>
    /// <param name="hasSlot">Whether it has one.</param>
    /// <param name="gpus">How many GPUs it has.</param>
    /// <param name="wantedGpus">How many it is to have.</param>
    public static ExecutionLoad Of(string name, string slot, bool hasSlot, int gpus, int wantedGpus)
    {
        Dictionary<string, int> holds = [];
        Dictionary<string, int> waitsFor = [];
        (hasSlot ? holds : waitsFor)[slot] = 1;
        if (gpus > 0) holds[ExecutorLoad.Gpus] = gpus;
        if (wantedGpus > gpus) waitsFor[ExecutorLoad.Gpus] = wantedGpus - gpus;
        return new(name, holds, waitsFor);
    }
}
