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
}
