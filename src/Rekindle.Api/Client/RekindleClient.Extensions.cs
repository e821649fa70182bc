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
}
