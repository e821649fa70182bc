using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>Who has what, for those who decide who gives way.</summary>
internal sealed partial class LocalExecutor
{
    public ExecutorLoad Load()
    {
        lock (_gate)
        {
            var places = _running.Values.Select(running => running.Pool).Concat(_waiting.Select(waiting => waiting.Pool)).Distinct(StringComparer.Ordinal)
                .ToDictionary(SlotName, SlotsOf, StringComparer.Ordinal);
            places[ExecutorLoad.Gpus] = _gpus.Count;
            return new(places,
            [
                .. _running.Values.Select(running => (running.Name, running.Pool, Gpus: _gpus.CountOf(running.Name)))
                    .Select(running => ExecutionLoad.Of(running.Name, SlotName(running.Pool), true, running.Gpus, running.Gpus)),
                .. _waiting.Select(waiting => ExecutionLoad.Of(waiting.Name, SlotName(waiting.Pool), false, _gpus.CountOf(waiting.Name), waiting.Gpus)),
            ]);
        }
    }

    private static string SlotName(string pool) => $"process slots {pool}";
}
