using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>The parents a tuning job names. Those of an imported one may not be here; then only its document knows them.</summary>
internal static class NamedParents
{
    /// <summary>Names in their order; the row of each that is here.</summary>
    public static IReadOnlyList<(string Name, long? Id)> Of(TuningJob job)
    {
        if (job.ImportedAt is null)
        {
            return [.. job.Parents.Select(parent => (parent.Name, (long?)parent.TuningJobId))];
        }

        return
        [
            .. from parent in TuningDescription.Read(job).WarmStartConfig?.ParentHyperParameterTuningJobs ?? []
               let name = parent.HyperParameterTuningJobName
               where name is not null
               let row = job.Parents.FirstOrDefault(row => string.Equals(row.Name, name, StringComparison.OrdinalIgnoreCase))
               select (row?.Name ?? name, row?.TuningJobId),
        ];
    }
}
