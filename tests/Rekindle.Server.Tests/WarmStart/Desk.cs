using System.Text.Json.Nodes;
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
    private readonly DescribeHyperParameterTuningJob _describeJob;
    private readonly DeleteHyperParameterTuningJob _delete;
    private readonly ImportTuningJob _import;
    private readonly DescribeLineage _lineage;
    private readonly WarmStartReport _report;

    public Desk(WarmStartOptions? options = null, Func<IStore, IStore>? watching = null)
    {
        options ??= new WarmStartOptions();
        var limits = new RuleLimits();
        Store = SqlStore.Open(Path.Combine(_folder, "rekindle.db"), TimeProvider.System, NullLogger.Instance);
        Seeding = new Seeding(Store);
        var executor = new SimulatedExecutor(_ => new SimulatedExecutor.Outcome(""));
        var store = watching?.Invoke(Store) ?? Store;
        var admission = new TuningJobAdmission(store, executor, new BuiltInMetrics(), limits, options);
        _create = new CreateHyperParameterTuningJob(store, admission, new DriverSignal(), TimeProvider.System);
        _preview = new PreviewWarmStart(admission, store, _suggesting, limits, options);
        _describe = new DescribeWarmStart(store, limits, options);
        _describeJob = new DescribeHyperParameterTuningJob(Store, TimeProvider.System);
        _delete = new DeleteHyperParameterTuningJob(Store, TimeProvider.System);
        _import = new ImportTuningJob(Store, TimeProvider.System);
        _lineage = new DescribeLineage(Store);
        _report = new WarmStartReport(Store, options);
    }

    public SqlStore Store { get; }

    public Seeding Seeding { get; }

    public static async Task<Desk> OpenAsync(WarmStartOptions? options = null, Func<IStore, IStore>? watching = null)
    {
        var desk = new Desk(options, watching);
        await desk.Store.MigrateAsync(TestContext.Current.CancellationToken);
        return desk;
    }

    public Task<CreateHyperParameterTuningJobResponse> CreateAsync(CreateHyperParameterTuningJobRequest request) =>
        AskAsync<CreateHyperParameterTuningJobRequest, CreateHyperParameterTuningJobResponse>(_create, request);

    public Task<PreviewWarmStartResponse> PreviewAsync(CreateHyperParameterTuningJobRequest request) =>
        AskAsync<CreateHyperParameterTuningJobRequest, PreviewWarmStartResponse>(_preview, request);

    public Task<DescribeWarmStartResponse> DescribeAsync(string name) =>
        AskAsync<DescribeWarmStartRequest, DescribeWarmStartResponse>(_describe, new DescribeWarmStartRequest { HyperParameterTuningJobName = name });

    public Task<DescribeHyperParameterTuningJobResponse> DescribeJobAsync(string name) =>
        AskAsync<DescribeHyperParameterTuningJobRequest, DescribeHyperParameterTuningJobResponse>(_describeJob, new() { HyperParameterTuningJobName = name });

    public Task<DeleteHyperParameterTuningJobResponse> DeleteAsync(string name) =>
        AskAsync<DeleteHyperParameterTuningJobRequest, DeleteHyperParameterTuningJobResponse>(_delete, new() { HyperParameterTuningJobName = name });

    public async Task<ImportTuningJobResponse> ImportAsync(JsonNode dump) => ApiJson.Deserialize<ImportTuningJobResponse>(
        await _import.InvokeAsync(System.Text.Encoding.UTF8.GetBytes(dump.ToJsonString()), Context, TestContext.Current.CancellationToken));

    public Task<DescribeLineageResponse> LineageAsync(string name) =>
        AskAsync<DescribeLineageRequest, DescribeLineageResponse>(_lineage, new() { HyperParameterTuningJobName = name });

    public Task<WarmStartReportResponse> ReportAsync(string name) =>
        AskAsync<WarmStartReportRequest, WarmStartReportResponse>(_report, new() { HyperParameterTuningJobName = name });

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
