using System.Text.Json.Nodes;
using Rekindle.Api.Shapes;

namespace Rekindle.Server.Operations.Import;

/// <summary>A document of a tuning job that ran elsewhere, read but not yet judged.</summary>
/// <param name="TuningJob">What is known of the tuning job.</param>
/// <param name="TrainingJobs">Its training jobs in the order of the document, each name once.</param>
/// <param name="Warnings">What was odd and has been mended.</param>
internal sealed record Dump(
    Dumped<DescribeHyperParameterTuningJobResponse> TuningJob,
    IReadOnlyList<Dumped<HyperParameterTrainingJobSummary>> TrainingJobs,
    IReadOnlyList<string> Warnings);

/// <summary>One job of a document.</summary>
/// <param name="Document">Every member it came with, in the form of <see cref="DumpText"/>.</param>
/// <param name="Known">The members this service knows.</param>
internal sealed record Dumped<T>(JsonObject Document, T Known);
