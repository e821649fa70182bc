using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rekindle.Server.Driving;
using Rekindle.Server.Executors;
using Rekindle.Server.Executors.Docker;
using Rekindle.Server.Executors.Local;
using Rekindle.Server.ForeignStorage;
using Rekindle.Server.ObjectStorage;
using Rekindle.Server.Operations;
using Rekindle.Server.Protocol;
using Rekindle.Server.Protocol.Query;
using Rekindle.Server.Protocol.S3;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server;

/// <summary>A running server: the API on a port, and the drivers that carry out what it accepted.</summary>
public sealed partial class RekindleServer : IAsyncDisposable
{
    private const int MostCounted = 100;

    private readonly WebApplication _application;
    private readonly DataFolder _folder;

    private RekindleServer(WebApplication application, DataFolder folder)
    {
        _application = application;
        _folder = folder;
    }

    /// <summary>Where the API answers, with the port that was taken.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Starts a server; when this returns, it answers.</summary>
    /// <exception cref="ServerRefusedException">The options are unsafe or impossible; the message says why.</exception>
    /// <exception cref="DataFolderException">The data folder can't be used.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<RekindleServer> StartAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var url = CheckUrl(options);
        var folder = DataFolder.Open(options.DataFolder);
        WebApplication? application = null;
        var started = false;
        try
        {
            // Why a start failed is the caller's to say, in a sentence; the host would print its stack trace as well.
            application = Build(options, folder, url, logHost: () => started);
            await application.Services.GetRequiredService<IStore>().MigrateAsync(cancellationToken);
            application.Services.GetRequiredService<Buckets>().ClearStaging();
            application.Services.GetRequiredService<MultipartUploads>().ClearAbandoned();
            await application.StartAsync(cancellationToken);
            started = true;
            var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
            return new RekindleServer(application, folder) { Url = new Uri(addresses.First()) };
        }
        catch
        {
            if (application is not null)
            {
                // The drivers may have begun before the address turned out to be taken; they end before their store does.
                await application.StopAsync(CancellationToken.None);
                await application.DisposeAsync();
            }

            folder.Dispose();
            throw;
        }
    }

    /// <summary>Completes when the process was asked to end (Ctrl-C, SIGTERM) and the server has stopped. Running trainings go on.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _application.WaitForShutdownAsync(cancellationToken);

    /// <summary>How many training jobs have not ended, a hundred at most.</summary>
    public async Task<int> CountUnendedAsync(CancellationToken cancellationToken)
    {
        var store = _application.Services.GetRequiredService<IStore>();
        var inProgress = await store.ListTrainingJobsAsync(new TrainingJobQuery { Status = TrainingJobStatus.InProgress, MaxResults = MostCounted }, cancellationToken);
        var stopping = await store.ListTrainingJobsAsync(new TrainingJobQuery { Status = TrainingJobStatus.Stopping, MaxResults = MostCounted }, cancellationToken);
        return Math.Min(MostCounted, inProgress.Items.Count + stopping.Items.Count);
    }

    /// <summary>Stops the server. Running trainings go on; the next server with this data folder takes them up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        _folder.Dispose();
    }

    private static Uri CheckUrl(ServerOptions options)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp)
        {
            throw new ServerRefusedException($"'{options.Url}' is no address to listen on; give one such as http://127.0.0.1:8970.");
        }

        if (options.AccessKeys.Count == 0 && !LoopbackGuard.IsLoopback(url.Host))
        {
            throw new ServerRefusedException(
                $"Refusing to listen on {url.Host} without access keys: whoever reaches this port can run programs on this machine. "
                + "Listen on 127.0.0.1, or configure keys (Access:Keys:<AccessKeyId> = <secret> in the file given with --config).");
        }

        if (!LoopbackGuard.IsLoopback(url.Host)
            && options.AccessKeys.FirstOrDefault(key => key.Value.Secret.Length < AccessSettings.LeastSecretLength) is { Key: { } weak })
        {
            throw new ServerRefusedException(
                $"Refusing to listen on {url.Host} while the secret of Access:Keys:{weak} is shorter than {AccessSettings.LeastSecretLength} characters: "
                + "whoever sees one request could guess it.");
        }

        return url;
    }

    /// <summary>Secrets that every user of this machine can read are worth a word, and no reason to stop.</summary>
    private static void WarnOfOpenSecrets(ServerOptions options, ILogger<RekindleServer> log)
    {
        var files = options.AccessKeys.Select(key => (key.Key, key.Value.SecretFile))
            .Concat(options.ForeignBuckets.Values.Select(bucket => (bucket.AccessKeyId ?? "", bucket.SecretFile)));
        foreach (var (id, secret) in files)
        {
            if (secret is not { } file || OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & UnixFileMode.OtherRead) == 0) continue;
            OpenSecret(log, file, id);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File}, which holds the secret of the access key {Id}, can be read by everybody on this machine: chmod o-r it")]
    private static partial void OpenSecret(ILogger logger, string file, string id);

    private static WebApplication Build(ServerOptions options, DataFolder folder, Uri url, Func<bool> logHost)
    {
        // Left to itself the host would watch all that happens below the current folder, where the data may lie.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "rekindle",
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
            ContentRootPath = AppContext.BaseDirectory,
        });
        // It would also open every address that a file or a variable of the environment names, past the checks of the options.
        ((IConfigurationBuilder)builder.Configuration).Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        // Standard output carries the line that says where the server listens; whoever reads it is not to wade through a log.
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (!Enum.TryParse<LogLevel>(options.LogLevel, ignoreCase: true, out var leastLevel) || !Enum.IsDefined(leastLevel))
        {
            throw new ServerRefusedException($"The setting LogLevel is '{options.LogLevel}'; it must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}.");
        }

        builder.Logging.SetMinimumLevel(leastLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= leastLevel && logHost());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AwsJsonEndpoint.MaxRequestBytes;
            kestrel.Listen(ListenAddress(url), url.Port);
        });
        AddServices(builder.Services, options, folder);
        if (!options.EndsOnSignal)
        {
            builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        }

        var application = builder.Build();
        WarnOfOpenSecrets(options, application.Services.GetRequiredService<ILogger<RekindleServer>>());
        application.MapGet("/healthz", () => Results.Text("ok\n"));
        // Clients are free in the path; the target header says what is asked for.
        application.MapFallback("{**path}", http => http.RequestServices.GetRequiredService<AwsJsonEndpoint>().HandleAsync(http));
        if (options.AccessKeys.Count == 0)
        {
            application.Use(async (http, next) =>
            {
                if (LoopbackGuard.Refuse(http.Request) is { } reason)
                {
                    http.Response.StatusCode = StatusCodes.Status403Forbidden;
                    await http.Response.WriteAsync(reason + "\n", http.RequestAborted);
                    return;
                }

                await next(http);
            });
        }

        // Behind the guard, before the paths of our own: one that is a bucket's at its host name is not ours.
        application.Use((http, next) => Doors.For(http.Request) switch
        {
            Door.ObjectStorage => http.RequestServices.GetRequiredService<S3Endpoint>().HandleAsync(http),
            Door.Query => http.RequestServices.GetRequiredService<QueryEndpoint>().HandleAsync(http),
            _ => next(http),
        });
        return application;
    }

    private static void AddServices(IServiceCollection services, ServerOptions options, DataFolder folder)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(DrivingOptions.Default);
        services.AddSingleton(new RuleLimits { MaxTrainingJobs = options.MaxTrainingJobs });
        services.AddSingleton(options.WarmStart());
        services.AddSingleton<IStore>(provider => SqlStore.Open(
            folder.DatabasePath, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SqlStore>>()));
        var elsewhere = services.AddForeignStorage(options, folder.Path);
        services.AddSingleton(new LocalExecutorOptions
        {
            DataFolder = folder.Path,
            Slots = options.Slots ?? Environment.ProcessorCount,
            Profiles = options.Instances,
            LogCapBytes = options.LogCapBytes,
            Images = options.Images,
            Buckets = options.Buckets,
            Elsewhere = elsewhere,
            FileRoots = options.FileRoots,
            Secrets = [.. options.Secrets, .. SecretFiles(options)],
            Sandbox = options.Sandbox,
            BuiltIns = options.BuiltIns,
        });
        services.AddSingleton(new DockerExecutorOptions
        {
            DataFolder = folder.Path,
            Endpoint = DockerExecutorOptions.EndpointOf(options.DockerEndpoint),
            Profiles = options.Instances,
            Slots = options.Slots ?? Environment.ProcessorCount,
            LogCapBytes = options.LogCapBytes,
            Buckets = options.Buckets,
            Elsewhere = elsewhere,
            FileRoots = options.FileRoots,
            User = options.DockerUser,
        });
        services.AddSingleton(GpuPool.Of(options.Gpus, options.Instances, GpuPool.FindDevices));
        services.AddSingleton<LocalExecutor>();
        services.AddSingleton<DockerExecutor>();
        // Containers that were started under other settings are still looked after.
        var hasContainers = options.Instances.Any(profile => profile.Executor == InstanceProfile.Docker)
            || Directory.Exists(Path.Combine(folder.Path, DockerExecutor.FolderName));
        if (hasContainers && ContainerEngine.Refuse(DockerExecutorOptions.EndpointOf(options.DockerEndpoint)) is { } problem) throw new ServerRefusedException(problem);
        services.AddSingleton<IExecutor>(provider => ForeignStorageSetup.Around(provider, hasContainers
            ? new ExecutorsByInstanceType(provider.GetRequiredService<LocalExecutor>(), provider.GetRequiredService<DockerExecutor>(), options.Instances)
            : provider.GetRequiredService<LocalExecutor>()));
        services.AddSingleton<BuiltInMetrics>();
        services.AddSingleton<TuningJobAdmission>();
        services.AddSingleton<Suggesting>();
        services.AddSingleton<Replaying>();
        services.AddSingleton<DriverSignal>();
        services.AddSingleton(provider => new CircuitBreakers(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TrainingDriver>();
        services.AddSingleton<TuningDriver>();
        services.AddHostedService<JobDrivers>();
        services.AddHostedService<FinishedWork>();
        services.AddSingleton(new SpotOptions(options.SpotPreempt, TimeSpan.FromSeconds(options.SpotMinimumRunSeconds)));
        services.AddHostedService<SpotInterruptions>();
        if (options.KeepBestModels is { } keep)
        {
            services.AddHostedService(provider => new ModelCleaning(
                provider.GetRequiredService<IStore>(),
                new ModelArtifacts(new StorageRoots(
                    folder.Path, options.Buckets, options.FileRoots.Count > 0 ? options.FileRoots : [Path.Combine(folder.Path, "s3"), Environment.CurrentDirectory])),
                keep,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ModelCleaning>>()));
        }

        services.AddSingleton<LogTimes>();
        services.AddSingleton<RequestIdentity>();
        services.AddSingleton<RequestRates>();
        services.AddSingleton(provider => new AnswerCache(
            () => provider.GetRequiredService<IStore>().Revision, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AwsJsonEndpoint>();
        services.AddSingleton<QueryEndpoint>();
        services.AddObjectStorage(options, folder.Path);
        foreach (var operation in typeof(IOperation).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IOperation)) && !type.IsAbstract))
        {
            services.AddSingleton(typeof(IOperation), operation);
        }
    }

    private static IEnumerable<string> SecretFiles(ServerOptions options) => options.AccessKeys.Values.Select(key => key.SecretFile)
        .Concat(options.ForeignBuckets.Values.Select(bucket => bucket.SecretFile))
        .OfType<string>();

    private static IPAddress ListenAddress(Uri url) =>
        IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) ? address
        : LoopbackGuard.IsLoopback(url.Host) ? IPAddress.Loopback
        : IPAddress.Any;
}

/// <summary>Leaves the signals of the process to whoever started the server.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The server does not start with these options; the message says why.</summary>
public sealed class ServerRefusedException(string message) : Exception(message);
