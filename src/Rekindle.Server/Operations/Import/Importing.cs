using System.Globalization;
using System.Text.Json.Nodes;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations.Import;

/// <summary>Makes rows out of a document, and says what they are worth.</summary>
internal static class Importing
{
    private const string Status = nameof(DescribeHyperParameterTuningJobResponse.HyperParameterTuningJobStatus);
    private const string EndTime = nameof(DescribeHyperParameterTuningJobResponse.HyperParameterTuningEndTime);
    private const string TrainingStatus = nameof(HyperParameterTrainingJobSummary.TrainingJobStatus);
    private const string TuningJobName = nameof(HyperParameterTrainingJobSummary.TuningJobName);

    /// <exception cref="Api.ApiException">The tuning job has not ended, or its ranges are none.</exception>
    public static JobToImport Make(Dump dump, ImportTuningJobRequest request, RequestContext context, DateTimeOffset now)
    {
        var (document, known) = dump.TuningJob;
        var warnings = dump.Warnings.ToList();
        var ended = ImportedProgress.StatusOf(known);
        var running = dump.TrainingJobs.Where(job => ImportedProgress.StatusOf(job.Known) is null).ToList();
        var counted = ImportedCounters.Of(known);
        var problems = new List<string>();
        var stopped = ended is null || running.Count > 0 || known.TrainingJobStatusCounters?.InProgress > 0;
        if (stopped && request.StopRunning != true)
        {
            problems.Add(StillRunning(known, running));
        }

        if (counted is not null && ImportedCounters.AreTooLarge(counted))
        {
            problems.Add("TrainingJobStatusCounters or ObjectiveStatusCounters count more than a million training jobs.");
        }

        var definition = ImportedDefinition.Read(known, dump.TrainingJobs.Count);
        problems.AddRange(TuningJobRules.CheckRanges(definition).Select(violation => violation.Message));
        DumpReader.Demand(problems);

        var givenName = known.HyperParameterTuningJobName!;
        var name = request.HyperParameterTuningJobName ?? givenName;
        var arn = ImportedArn.OfTuningJob(known.HyperParameterTuningJobArn, givenName, name, context);
        Rename(document, givenName, name, arn);
        var trainingJobs = TrainingJobs(dump, arn, counted);
        var listed = TuningJobCounters.Of(trainingJobs.Select(job => job.Progress));
        var unlisted = ImportedCounters.Unlisted(listed, counted, warnings);
        if (stopped)
        {
            document[Status] = (ended ?? TuningJobStatus.Stopped).ToString();
            document[EndTime] ??= (document["LastModifiedTime"] ?? document["CreationTime"])!.DeepClone();
            ImportedCounters.Write(document, listed.Plus(unlisted));
        }

        if (definition is { AlgorithmCount: 1, Ranges.Count: 0 })
        {
            warnings.Add("The tuning job has no range of any hyperparameter: as a parent, all of its training jobs stand at one point.");
        }

        if (BestProblem(known, definition.Objective, dump.TrainingJobs, trainingJobs) is { } problem)
        {
            warnings.Add(problem);
        }

        var creation = known.CreationTime!.Value;
        var end = known.HyperParameterTuningEndTime ?? known.LastModifiedTime
            ?? trainingJobs.Max(job => job.Progress.TrainingEndTime) ?? creation;
        var job = new ImportedTuningJob
        {
            Name = name,
            Arn = arn,
            Definition = definition,
            Description = DumpText.Write(document),
            Status = ended ?? TuningJobStatus.Stopped,
            CreationTime = creation,
            LastModifiedTime = known.LastModifiedTime ?? end,
            EndTime = end,
            FailureReason = known.FailureReason,
            ConvergenceDetectedTime = known.TuningJobCompletionDetails?.ConvergenceDetectedTime,
            ImportedAt = now,
            Unlisted = unlisted,
            Tags = Tags(request, now),
            TrainingJobs = trainingJobs,
        };
        return new JobToImport(job, OutOfRange(dump, known, definition), warnings);
    }

    private static string StillRunning(
        DescribeHyperParameterTuningJobResponse known, List<Dumped<HyperParameterTrainingJobSummary>> running)
    {
        var unfinished = running.Count == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $", and {running.Count} of its training jobs have not ended ({running[0].Known.TrainingJobName} is in status "
            + $"{running[0].Known.TrainingJobStatus})");
        return $"The tuning job {known.HyperParameterTuningJobName} is in status {known.HyperParameterTuningJobStatus}{unfinished}. Only a tuning "
            + "job that has ended can be imported. Wait for its end and read it again, or set StopRunning (--stop-running) to take it and its "
            + "unfinished training jobs as stopped.";
    }

    private static List<ImportedTrainingJob> TrainingJobs(Dump dump, string tuningJobArn, TuningJobCounters? counted)
    {
        var created = dump.TuningJob.Known.CreationTime!.Value;
        var progress = ImportedProgress.MarkRetryable(
            [
                .. dump.TrainingJobs.Select(job => ImportedProgress.Of(job.Known, job.Known.CreationTime ?? created)),
            ],
            counted?.RetryableError);
        return [.. dump.TrainingJobs.Zip(progress, (job, end) => TrainingJob(job, end, created, tuningJobArn))];
    }

    private static ImportedTrainingJob TrainingJob(
        Dumped<HyperParameterTrainingJobSummary> job, TrainingProgress progress, DateTimeOffset created, string tuningJobArn)
    {
        var (document, known) = job;
        var arn = ImportedArn.OfTrainingJob(known.TrainingJobArn, known.TrainingJobName!, tuningJobArn);
        document[nameof(known.TrainingJobArn)] = arn;
        if (ImportedProgress.StatusOf(known) is null)
        {
            document[TrainingStatus] = progress.Status.ToString();
            document[nameof(known.ObjectiveStatus)] = progress.ObjectiveStatus.ToString();
            document.Remove(nameof(known.FinalHyperParameterTuningJobObjectiveMetric));
        }

        return new ImportedTrainingJob
        {
            Name = known.TrainingJobName!,
            Arn = arn,
            TunedHyperParameters = known.TunedHyperParameters!,
            Description = DumpText.Write(document),
            CreationTime = known.CreationTime ?? created,
            Progress = progress,
        };
    }

    private static void Rename(JsonObject document, string givenName, string name, string arn)
    {
        document[nameof(DescribeHyperParameterTuningJobResponse.HyperParameterTuningJobName)] = name;
        document[nameof(DescribeHyperParameterTuningJobResponse.HyperParameterTuningJobArn)] = arn;
        if (document["OverallBestTrainingJob"] is JsonObject best && best[TuningJobName]?.GetValue<string>() is { } owner
            && string.Equals(owner, givenName, StringComparison.OrdinalIgnoreCase))
        {
            best[TuningJobName] = name;
        }
    }

    /// <summary>The tags it had, without the mark of an earlier import, and the mark of this one.</summary>
    private static IReadOnlyList<Storage.Tag> Tags(ImportTuningJobRequest request, DateTimeOffset now) =>
    [
        .. ToWire.Tags(request.Tags).Where(tag => tag.Key != ImportMark.Key),
        new(ImportMark.Key, ImportMark.ValueAt(now)),
    ];

    private static int OutOfRange(Dump dump, DescribeHyperParameterTuningJobResponse known, TuningJobDefinition definition) =>
        dump.TrainingJobs.Count(job => !RangeFit.Fits(ImportedDefinition.RangesOf(job.Known, known, definition), job.Known.TunedHyperParameters!));

    /// <summary>Where the document's best training job is not the best of those listed.</summary>
    private static string? BestProblem(
        DescribeHyperParameterTuningJobResponse known,
        ObjectiveMetric objective,
        IReadOnlyList<Dumped<HyperParameterTrainingJobSummary>> dumped,
        List<ImportedTrainingJob> trainingJobs)
    {
        var best = trainingJobs
            .Where(job => job.Progress is { ObjectiveStatus: ObjectiveStatus.Succeeded })
            .Aggregate((ImportedTrainingJob?)null, (incumbent, job) =>
                incumbent is null || objective.IsBetter(job.Progress.ObjectiveValue!.Value, incumbent.Progress.ObjectiveValue!.Value) ? job : incumbent);
        var said = known.BestTrainingJob?.TrainingJobName;
        var saidValue = dumped.FirstOrDefault(job => string.Equals(job.Known.TrainingJobName, said, StringComparison.OrdinalIgnoreCase))
            ?.Known.FinalHyperParameterTuningJobObjectiveMetric?.Value;
        // Of several with the same value either may be the best.
        return (said is null && best is null) || string.Equals(said, best?.Name, StringComparison.OrdinalIgnoreCase)
            || (saidValue is not null && saidValue == best?.Progress.ObjectiveValue)
            ? null
            : $"The document says that {said ?? "none"} is the best training job; of the training jobs listed, {best?.Name ?? "none"} is.";
    }
}

/// <summary>An import that may be stored.</summary>
/// <param name="Job">The rows.</param>
/// <param name="OutOfRange">How many training jobs do not lie in the tuning job's ranges.</param>
/// <param name="Warnings">What was odd about the document.</param>
internal sealed record JobToImport(ImportedTuningJob Job, int OutOfRange, IReadOnlyList<string> Warnings);
