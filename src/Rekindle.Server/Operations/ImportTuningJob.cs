using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Operations.Import;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>Stores a tuning job that ran elsewhere: it can be read, listed, deleted and be a parent, and nothing ever runs it.</summary>
internal sealed class ImportTuningJob(IStore store, TimeProvider time) : Operation<ImportTuningJobRequest, ImportTuningJobResponse>
{
    public override AccessScope Needs => AccessScope.Admin;

    public override string Target => OperationTable.ExtensionPrefix + nameof(ImportTuningJob);

    protected override async Task<ImportTuningJobResponse> HandleAsync(
        ImportTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var dump = DumpReader.Read(request);
        var import = Importing.Make(dump, request, context, time.GetUtcNow());
        var job = import.Job with { ParentIds = await ParentsHereAsync(dump.TuningJob.Known.WarmStartConfig, import.Job, cancellationToken) };
        if (await store.ImportTuningJobAsync(job, cancellationToken) == CreateOutcome.NameTaken)
        {
            throw Refusal.TuningJobNameTaken(job.Name);
        }

        return new ImportTuningJobResponse
        {
            HyperParameterTuningJobName = job.Name,
            HyperParameterTuningJobArn = job.Arn,
            TrainingJobs = job.TrainingJobs.Count,
            Usable = job.TrainingJobs.Count(training => training.Progress.ObjectiveStatus == ObjectiveStatus.Succeeded),
            OutOfRange = import.OutOfRange,
            Warnings = import.Warnings,
        };
    }

    /// <summary>
    /// Those of its parents that are here too: of that name, region and account, ended, and created before it. What else has the name of a
    /// parent is another tuning job.
    /// </summary>
    private async Task<IReadOnlyList<long>> ParentsHereAsync(
        HyperParameterTuningJobWarmStartConfig? warmStart, ImportedTuningJob job, CancellationToken cancellationToken)
    {
        var parents = new List<long>();
        foreach (var name in (warmStart?.ParentHyperParameterTuningJobs ?? []).Select(parent => parent.HyperParameterTuningJobName).OfType<string>())
        {
            if (await store.FindTuningJobAsync(name, cancellationToken) is { IsTerminal: true } parent
                && parent.CreationTime < job.CreationTime && Owner(parent.Arn) == Owner(job.Arn))
            {
                parents.Add(parent.Id);
            }
        }

        return [.. parents.Distinct()];
    }

    /// <summary>Region and account.</summary>
    private static string Owner(string arn) => arn[..arn.IndexOf('/', StringComparison.Ordinal)];
}
