using System.Collections.Frozen;
using Rekindle.Api.Shapes;

namespace Rekindle.Api;

/// <summary>An operation of the API.</summary>
/// <param name="Name">Its name without prefix, such as <c>CreateTrainingJob</c>.</param>
/// <param name="Request">The record a request is read into.</param>
/// <param name="Response">The record an answer is written from.</param>
public sealed record Operation(string Name, Type Request, Type Response);

/// <summary>The operations this service offers, by the value of the <c>X-Amz-Target</c> header.</summary>
public static class OperationTable
{
    /// <summary>Prefix of the operations of the AWS API.</summary>
    public const string AwsPrefix = "SageMaker.";

    /// <summary>Prefix of this service's own operations.</summary>
    public const string ExtensionPrefix = "Rekindle.";

    /// <summary>Every operation of the AWS API by target, such as <c>SageMaker.CreateTrainingJob</c>.</summary>
    public static FrozenDictionary<string, Operation> ByTarget { get; } = new[]
    {
        Of<CreateHyperParameterTuningJobRequest, CreateHyperParameterTuningJobResponse>("CreateHyperParameterTuningJob"),
        Of<DescribeHyperParameterTuningJobRequest, DescribeHyperParameterTuningJobResponse>("DescribeHyperParameterTuningJob"),
        Of<ListHyperParameterTuningJobsRequest, ListHyperParameterTuningJobsResponse>("ListHyperParameterTuningJobs"),
        Of<StopHyperParameterTuningJobRequest, StopHyperParameterTuningJobResponse>("StopHyperParameterTuningJob"),
        Of<DeleteHyperParameterTuningJobRequest, DeleteHyperParameterTuningJobResponse>("DeleteHyperParameterTuningJob"),
        Of<ListTrainingJobsForHyperParameterTuningJobRequest, ListTrainingJobsForHyperParameterTuningJobResponse>(
            "ListTrainingJobsForHyperParameterTuningJob"),
        Of<CreateTrainingJobRequest, CreateTrainingJobResponse>("CreateTrainingJob"),
        Of<DescribeTrainingJobRequest, DescribeTrainingJobResponse>("DescribeTrainingJob"),
        Of<ListTrainingJobsRequest, ListTrainingJobsResponse>("ListTrainingJobs"),
        Of<StopTrainingJobRequest, StopTrainingJobResponse>("StopTrainingJob"),
        Of<DeleteTrainingJobRequest, DeleteTrainingJobResponse>("DeleteTrainingJob"),
        Of<UpdateTrainingJobRequest, UpdateTrainingJobResponse>("UpdateTrainingJob"),
        Of<SearchRequest, SearchResponse>("Search"),
        Of<GetSearchSuggestionsRequest, GetSearchSuggestionsResponse>("GetSearchSuggestions"),
        Of<AddTagsRequest, AddTagsResponse>("AddTags"),
        Of<ListTagsRequest, ListTagsResponse>("ListTags"),
        Of<DeleteTagsRequest, DeleteTagsResponse>("DeleteTags"),
    }.ToFrozenDictionary(operation => AwsPrefix + operation.Name, StringComparer.Ordinal);

    /// <summary>This service's own operations by target, such as <c>Rekindle.PreviewWarmStart</c>. AWS knows neither them nor their shapes.</summary>
    public static FrozenDictionary<string, Operation> ExtensionsByTarget { get; } = new[]
    {
        Of<CreateHyperParameterTuningJobRequest, PreviewWarmStartResponse>("PreviewWarmStart"),
        Of<DescribeWarmStartRequest, DescribeWarmStartResponse>("DescribeWarmStart"),
        Of<DescribeLineageRequest, DescribeLineageResponse>("DescribeLineage"),
        Of<WarmStartReportRequest, WarmStartReportResponse>("WarmStartReport"),
        Of<ExplainSuggestionRequest, ExplainSuggestionResponse>("ExplainSuggestion"),
        Of<InterruptTrainingJobRequest, InterruptTrainingJobResponse>("InterruptTrainingJob"),
        Of<ListSuggestionsRequest, ListSuggestionsResponse>("ListSuggestions"),
        Of<ReplayTuningJobRequest, ReplayTuningJobResponse>("ReplayTuningJob"),
        Of<ImportTuningJobRequest, ImportTuningJobResponse>("ImportTuningJob"),
        Of<ExportTuningJobRequest, ExportTuningJobResponse>("ExportTuningJob"),
    }.ToFrozenDictionary(operation => ExtensionPrefix + operation.Name, StringComparer.Ordinal);

    private static Operation Of<TRequest, TResponse>(string name) => new(name, typeof(TRequest), typeof(TResponse));
}
