using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Driving;
using Rekindle.Server.Operations;
using Rekindle.Server.Storage;
using Rekindle.Server.Tests.Driving;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>The operations about warm starts on a store of their own, without drivers: what is created stays as it is.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private static readonly RequestContext Context = new("us-east-1", "000000000000");

    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-desk-").FullName;
    private readonly Suggesting _suggesting = new();
    private readonly CreateHyperParameterTuningJob _create;
    private readonly PreviewWarmStart _preview;
    private readonly DescribeWarmStart _describe;

    public Desk(WarmStartOptions? options = null)
    {
        options ??= new WarmStartOptions();
        var limits = new RuleLimits();
        Store = SqlStore.Open(Path.Combine(_folder, "rekindle.db"), TimeProvider.System, NullLogger.Instance);
        Seeding = new Seeding(Store);
        var executor = new SimulatedExecutor(_ => new SimulatedExecutor.Outcome(""));
        var admission = new TuningJobAdmission(Store, executor, new BuiltInMetrics(), limits, options);
        _create = new CreateHyperParameterTuningJob(Store, admission, new DriverSignal(), TimeProvider.System);
        _preview = new PreviewWarmStart(admission, Store, _suggesting, limits, options);
        _describe = new DescribeWarmStart(Store, limits, options);
    }

    public SqlStore Store { get; }

    public Seeding Seeding { get; }

    public static async Task<Desk> OpenAsync(WarmStartOptions? options = null)
    {
        var desk = new Desk(options);
        await desk.Store.MigrateAsync(TestContext.Current.CancellationToken);
        return desk;
    }

    public Task<CreateHyperParameterTuningJobResponse> CreateAsync(CreateHyperParameterTuningJobRequest request) =>
        AskAsync<CreateHyperParameterTuningJobRequest, CreateHyperParameterTuningJobResponse>(_create, request);

    public Task<PreviewWarmStartResponse> PreviewAsync(CreateHyperParameterTuningJobRequest request) =>
        AskAsync<CreateHyperParameterTuningJobRequest, PreviewWarmStartResponse>(_preview, request);

    public Task<DescribeWarmStartResponse> DescribeAsync(string name) =>
        AskAsync<DescribeWarmStartRequest, DescribeWarmStartResponse>(_describe, new DescribeWarmStartRequest { HyperParameterTuningJobName = name });

    public async Task<int> CountTuningJobsAsync() =>
        (await Store.ListTuningJobsAsync(new TuningJobQuery { MaxResults = 100 }, TestContext.Current.CancellationToken)).Items.Count;

    public async ValueTask DisposeAsync()
    {
        _suggesting.Dispose();
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<TResponse> AskAsync<TRequest, TResponse>(IOperation operation, TRequest request)
        where TRequest : notnull
        where TResponse : notnull =>
        ApiJson.Deserialize<TResponse>(await operation.InvokeAsync(ApiJson.Serialize(request), Context, TestContext.Current.CancellationToken));
}
