using Rekindle.Api.Shapes;

namespace Rekindle.Api.Client;

public sealed partial class RekindleClient
{
    /// <summary>Says what creating a tuning job would do, and creates nothing.</summary>
    public Task<PreviewWarmStartResponse> PreviewWarmStartAsync(
        CreateHyperParameterTuningJobRequest request, CancellationToken cancellation) =>
        CallAsync<CreateHyperParameterTuningJobRequest, PreviewWarmStartResponse>("Rekindle.PreviewWarmStart", request, cancellation);

    /// <summary>What a tuning job has of its parents.</summary>
    public Task<DescribeWarmStartResponse> DescribeWarmStartAsync(string name, CancellationToken cancellation) =>
        CallAsync<DescribeWarmStartRequest, DescribeWarmStartResponse>(
            "Rekindle.DescribeWarmStart", new() { HyperParameterTuningJobName = name }, cancellation);

    /// <summary>The ancestors and descendants of a tuning job.</summary>
    public Task<DescribeLineageResponse> DescribeLineageAsync(string name, CancellationToken cancellation) =>
        CallAsync<DescribeLineageRequest, DescribeLineageResponse>(
            "Rekindle.DescribeLineage", new() { HyperParameterTuningJobName = name }, cancellation);

    /// <summary>What a warm start was worth.</summary>
    public Task<WarmStartReportResponse> ReportWarmStartAsync(string name, CancellationToken cancellation) =>
        CallAsync<WarmStartReportRequest, WarmStartReportResponse>(
            "Rekindle.WarmStartReport", new() { HyperParameterTuningJobName = name }, cancellation);

    /// <summary>Why a training job was launched with its hyperparameters.</summary>
    public Task<ExplainSuggestionResponse> ExplainSuggestionAsync(string trainingJob, CancellationToken cancellation) =>
        CallAsync<ExplainSuggestionRequest, ExplainSuggestionResponse>(
            "Rekindle.ExplainSuggestion", new() { TrainingJobName = trainingJob }, cancellation);

    /// <summary>Interrupts managed spot training, which is started again when there is room.</summary>
    public Task<InterruptTrainingJobResponse> InterruptTrainingJobAsync(string trainingJob, CancellationToken cancellation) =>
        CallAsync<InterruptTrainingJobRequest, InterruptTrainingJobResponse>(
            "Rekindle.InterruptTrainingJob", new() { TrainingJobName = trainingJob }, cancellation);

    /// <summary>How the training jobs of a tuning job were suggested.</summary>
    public Task<ListSuggestionsResponse> ListSuggestionsAsync(string name, CancellationToken cancellation) =>
        CallAsync<ListSuggestionsRequest, ListSuggestionsResponse>(
            "Rekindle.ListSuggestions", new() { HyperParameterTuningJobName = name }, cancellation);

    /// <summary>Makes suggestions of a tuning job again, as many as a few seconds allow.</summary>
    public Task<ReplayTuningJobResponse> ReplayTuningJobAsync(string name, int fromLaunchIndex, CancellationToken cancellation) =>
        CallAsync<ReplayTuningJobRequest, ReplayTuningJobResponse>(
            "Rekindle.ReplayTuningJob", new() { HyperParameterTuningJobName = name, FromLaunchIndex = fromLaunchIndex }, cancellation);
}
