using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Operations.Import;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>Stores a tuning job that ran elsewhere: it can be read, listed, deleted and be a parent, and nothing ever runs it.</summary>
internal sealed class ImportTuningJob(IStore store, TimeProvider time) : Operation<ImportTuningJobRequest, ImportTuningJobResponse>
{
    public override string Target => OperationTable.ExtensionPrefix + nameof(ImportTuningJob);

    protected override async Task<ImportTuningJobResponse> HandleAsync(
        ImportTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var import = Importing.Make(DumpReader.Read(request), request, context, time.GetUtcNow());
        var job = import.Job;
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
}
