using System.Text.Json.Serialization;
using Rekindle.Api.Shapes;

namespace Rekindle.Api;

/// <summary>Source-generated readers and writers of every request and answer; nested shapes come along.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth,
    Converters = [typeof(EpochSecondsConverter), typeof(FiniteNumberConverter)])]
[JsonSerializable(typeof(CreateHyperParameterTuningJobRequest))]
[JsonSerializable(typeof(CreateHyperParameterTuningJobResponse))]
[JsonSerializable(typeof(DescribeHyperParameterTuningJobRequest))]
[JsonSerializable(typeof(DescribeHyperParameterTuningJobResponse))]
[JsonSerializable(typeof(ListHyperParameterTuningJobsRequest))]
[JsonSerializable(typeof(ListHyperParameterTuningJobsResponse))]
[JsonSerializable(typeof(StopHyperParameterTuningJobRequest))]
[JsonSerializable(typeof(StopHyperParameterTuningJobResponse))]
[JsonSerializable(typeof(DeleteHyperParameterTuningJobRequest))]
[JsonSerializable(typeof(DeleteHyperParameterTuningJobResponse))]
[JsonSerializable(typeof(ListTrainingJobsForHyperParameterTuningJobRequest))]
[JsonSerializable(typeof(ListTrainingJobsForHyperParameterTuningJobResponse))]
[JsonSerializable(typeof(CreateTrainingJobRequest))]
[JsonSerializable(typeof(CreateTrainingJobResponse))]
[JsonSerializable(typeof(DescribeTrainingJobRequest))]
[JsonSerializable(typeof(DescribeTrainingJobResponse))]
[JsonSerializable(typeof(ListTrainingJobsRequest))]
[JsonSerializable(typeof(ListTrainingJobsResponse))]
[JsonSerializable(typeof(StopTrainingJobRequest))]
[JsonSerializable(typeof(StopTrainingJobResponse))]
[JsonSerializable(typeof(DeleteTrainingJobRequest))]
[JsonSerializable(typeof(DeleteTrainingJobResponse))]
[JsonSerializable(typeof(AddTagsRequest))]
[JsonSerializable(typeof(AddTagsResponse))]
[JsonSerializable(typeof(ListTagsRequest))]
[JsonSerializable(typeof(ListTagsResponse))]
[JsonSerializable(typeof(DeleteTagsRequest))]
[JsonSerializable(typeof(DeleteTagsResponse))]
[JsonSerializable(typeof(GetLogEventsRequest))]
[JsonSerializable(typeof(GetLogEventsResponse))]
[JsonSerializable(typeof(PreviewWarmStartResponse))]
[JsonSerializable(typeof(DescribeWarmStartRequest))]
[JsonSerializable(typeof(DescribeWarmStartResponse))]
[JsonSerializable(typeof(DescribeLineageRequest))]
[JsonSerializable(typeof(DescribeLineageResponse))]
[JsonSerializable(typeof(WarmStartReportRequest))]
[JsonSerializable(typeof(WarmStartReportResponse))]
[JsonSerializable(typeof(ImportTuningJobRequest))]
[JsonSerializable(typeof(ImportTuningJobResponse))]
[JsonSerializable(typeof(ExportTuningJobRequest))]
[JsonSerializable(typeof(ExportTuningJobResponse))]
[JsonSerializable(typeof(HyperParameterTrainingJobSummary))]
[JsonSerializable(typeof(DescribeLogStreamsRequest))]
[JsonSerializable(typeof(DescribeLogStreamsResponse))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
