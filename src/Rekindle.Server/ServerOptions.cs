using Microsoft.Extensions.Configuration;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server;

/// <summary>Everything that can be set. The defaults run a server for one person on one machine.</summary>
public sealed record ServerOptions
{
    /// <summary>Where to listen. Port 0 takes a free one. Anything but loopback needs <see cref="AccessKeys"/>.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8970";

    /// <summary>Where everything is kept: the database, training jobs' files, buckets.</summary>
    public string DataFolder { get; init; } = "rekindle-data";

    /// <summary>The AWS account in ARNs: twelve digits.</summary>
    public string Account { get; init; } = "000000000000";

    /// <summary>The region in ARNs of requests that name none.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Keys by their id. Empty: nobody is asked for a signature, and only loopback is served.</summary>
    public IReadOnlyDictionary<string, AccessKey> AccessKeys { get; init; } = new Dictionary<string, AccessKey>();

    /// <summary>Training image pattern (<c>*</c> and <c>?</c> are wild cards) to the command that runs it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Images { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Bucket to folder. A bucket that is not listed is the folder <c>s3/BUCKET</c> in the data folder.</summary>
    public IReadOnlyDictionary<string, string> Buckets { get; init; } = new Dictionary<string, string>();

    /// <summary>Buckets that lie on S3 endpoints elsewhere, by the names that jobs know them by.</summary>
    public IReadOnlyDictionary<string, ForeignBucket> ForeignBuckets { get; init; } = new Dictionary<string, ForeignBucket>();

    /// <summary>What is kept on this machine of buckets elsewhere may take up so many bytes; more only as long as training jobs use it.</summary>
    public long CacheMaxBytes { get; init; } = 20L << 30;

    /// <summary>Folders that <c>file://</c> URIs may lead into, the data folder excepted. Empty: the buckets and the current folder.</summary>
    public IReadOnlyList<string> FileRoots { get; init; } = [];

    /// <summary>How many training programs run at once on this machine; null: as many as it has cores.</summary>
    public int? Slots { get; init; }

    /// <summary>What instance types run on. One that no profile names runs as processes of this machine.</summary>
    public IReadOnlyList<InstanceProfile> Instances { get; init; } = [];

    /// <summary>The GPUs that training jobs may have, by the ids that the NVIDIA driver knows them by; null: all that the server has, divided only where a profile wants some.</summary>
    public IReadOnlyList<string>? Gpus { get; init; }

    /// <summary>The socket of the container engine, such as <c>unix:///run/podman/podman.sock</c>; null: the environment's <c>DOCKER_HOST</c>, else Docker's own.</summary>
    public string? DockerEndpoint { get; init; }

    /// <summary>Who programs are in their containers: <c>server</c>, or a user as the engine takes it; null: as their images say.</summary>
    public string? DockerUser { get; init; }

    /// <summary>Of how many training jobs of a tuning job, the best, the models are kept; null: of all.</summary>
    public int? KeepBestModels { get; init; }

    /// <summary>Whether managed spot training gives way to training jobs without it that wait.</summary>
    public bool SpotPreempt { get; init; } = true;

    /// <summary>How long each program of managed spot training is left alone before it gives way.</summary>
    public int SpotMinimumRunSeconds { get; init; } = 60;

    /// <summary>Bytes of log kept per training job.</summary>
    public long LogCapBytes { get; init; } = 100L * 1024 * 1024;

    /// <summary>Whether training programs run under bubblewrap; null: when it is installed.</summary>
    public bool? Sandbox { get; init; }

    /// <summary>Files that sandboxed programs must not read, such as one with access keys.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Repository name of a built-in algorithm to the command that runs it, without its arguments.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> BuiltIns { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What a warm start does about data or image that differ although the type says identical: <c>warn</c>, <c>enforce</c> or <c>off</c>.</summary>
    public string SameDataAndAlgorithm { get; init; } = "warn";

    /// <summary>Most training jobs of a warm-started tuning job and its parents together.</summary>
    public int WarmStartMaxTrainingJobs { get; init; } = 500;

    /// <summary>
    /// Hyperparameters that a warm start neither compares nor counts; a trailing <c>*</c> stands for any ending. Null: those of SageMaker's
    /// own clients, <c>sagemaker_*</c>.
    /// </summary>
    public IReadOnlyList<string>? WarmStartExemptHyperParameters { get; init; }

    /// <summary>Whether a child that sends no metric definitions gets those of its first parent.</summary>
    public bool WarmStartInheritsMetricDefinitions { get; init; } = true;

    /// <summary>The strategies a child may have. Null: <c>Bayesian</c> and <c>Random</c>.</summary>
    public IReadOnlyList<string>? WarmStartStrategies { get; init; }

    /// <summary>Whether a child's Environment may differ from its parents'; AWS forbids it.</summary>
    public bool WarmStartMayChangeEnvironment { get; init; }

    /// <summary>Most training jobs of a tuning job (10,000 with random search unless set).</summary>
    public int MaxTrainingJobs { get; init; } = 750;

    /// <summary>Whether Ctrl-C and SIGTERM end the server. False: whoever started it says when, and hears the signals first.</summary>
    public bool EndsOnSignal { get; init; } = true;

    /// <summary>The least severe log messages to print: Trace, Debug, Information, Warning, Error.</summary>
    public string LogLevel { get; init; } = "Warning";

    /// <summary>These options with the settings of a configuration on top.</summary>
    /// <exception cref="FormatException">A setting can't be read; the message names it.</exception>
    public ServerOptions With(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Settings.RefuseUnknown(configuration);
        return this with
        {
            Url = configuration["Urls"] ?? Url,
            DataFolder = configuration["Data"] ?? DataFolder,
            Account = Settings.Account(configuration) ?? Account,
            Region = Settings.Region(configuration) ?? Region,
            AccessKeys = AccessSettings.Read(configuration.GetSection("Access:Keys"), configuration.GetSection("Limits:RequestsPerSecond")) is { Count: > 0 } keys ? keys : AccessKeys,
            Images = Settings.Commands(configuration.GetSection("Images")) is { Count: > 0 } images ? images : Images,
            Buckets = Settings.Folders(configuration.GetSection("Buckets")) is { Count: > 0 } buckets ? buckets : Buckets,
            ForeignBuckets = ForeignBucketSettings.Read(configuration.GetSection("Buckets")) is { Count: > 0 } elsewhere ? elsewhere : ForeignBuckets,
            CacheMaxBytes = ForeignBucketSettings.Bytes(configuration.GetSection("Cache:MaxBytes")) ?? CacheMaxBytes,
            FileRoots = configuration.GetSection("FileRoots").GetChildren().Select(root => root.Value!).ToList() is { Count: > 0 } roots ? roots : FileRoots,
            Slots = Number(configuration, "Slots") ?? Slots,
            Instances = InstanceSettings.Read(configuration.GetSection("Instances")) is { Count: > 0 } profiles ? profiles : Instances,
            Gpus = Distinct("Gpus", List(configuration, "Gpus")) ?? Gpus,
            DockerEndpoint = configuration["Docker:Endpoint"] ?? DockerEndpoint,
            DockerUser = configuration["Docker:User"] ?? DockerUser,
            KeepBestModels = Settings.KeptModels(configuration.GetSection("Artifacts:Keep")) ?? KeepBestModels,
            SpotPreempt = Flag(configuration, "Spot:Preempt") ?? SpotPreempt,
            SpotMinimumRunSeconds = Number(configuration, "Spot:MinimumRunSeconds", least: 0) ?? SpotMinimumRunSeconds,
            LogCapBytes = Number(configuration, "LogCapBytes") ?? LogCapBytes,
            Sandbox = Flag(configuration, "Sandbox") ?? Sandbox,
            SameDataAndAlgorithm = configuration["WarmStart:SameDataAndAlgorithm"] ?? SameDataAndAlgorithm,
            WarmStartMaxTrainingJobs = Number(configuration, "WarmStart:MaxTrainingJobs") ?? WarmStartMaxTrainingJobs,
            WarmStartExemptHyperParameters = List(configuration, "WarmStart:ExemptHyperParameters") ?? WarmStartExemptHyperParameters,
            WarmStartInheritsMetricDefinitions = Flag(configuration, "WarmStart:InheritMetricDefinitions") ?? WarmStartInheritsMetricDefinitions,
            WarmStartStrategies = List(configuration, "WarmStart:Strategies") ?? WarmStartStrategies,
            WarmStartMayChangeEnvironment = Flag(configuration, "WarmStart:MayChangeEnvironment") ?? WarmStartMayChangeEnvironment,
            MaxTrainingJobs = Number(configuration, "Limits:MaxTrainingJobs") ?? MaxTrainingJobs,
            LogLevel = configuration["LogLevel"] ?? LogLevel,
        };
    }

    /// <exception cref="ServerRefusedException">A word is none that the setting knows.</exception>
    internal WarmStartOptions WarmStart()
    {
        var standard = new WarmStartOptions();
        return new WarmStartOptions
        {
            SameDataAndAlgorithm = Word<SameDataAndAlgorithmMode>("WarmStart:SameDataAndAlgorithm", SameDataAndAlgorithm),
            MaxTrainingJobs = WarmStartMaxTrainingJobs,
            ExemptHyperParameters = WarmStartExemptHyperParameters ?? standard.ExemptHyperParameters,
            InheritMetricDefinitions = WarmStartInheritsMetricDefinitions,
            Strategies = WarmStartStrategies?.Select(name => Word<StrategyKind>("WarmStart:Strategies", name)).ToList() ?? standard.Strategies,
            MayChangeEnvironment = WarmStartMayChangeEnvironment,
        };
    }

    private static T Word<T>(string key, string text)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0])
            ? value
            : throw new ServerRefusedException($"The setting {key} is '{text}'; it must be one of [{string.Join(", ", Enum.GetNames<T>())}].");

    /// <summary>An array of the file, or one text with commas; an empty text is an empty list.</summary>
    private static IReadOnlyList<string>? List(IConfiguration configuration, string key) =>
        configuration[key] is { } text ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : configuration.GetSection(key).GetChildren().Select(item => item.Value!).ToList() is { Count: > 0 } items ? items
        : null;

    private static IReadOnlyList<string>? Distinct(string key, IReadOnlyList<string>? list) =>
        list?.GroupBy(item => item, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new FormatException($"The setting {key} names '{twice.Key}' twice.")
            : list;

    private static bool? Flag(IConfiguration configuration, string key) =>
        configuration[key] is not { } text ? null
        : bool.TryParse(text, out var flag) ? flag
        : throw new FormatException($"The setting {key} is '{text}'; it must be true or false.");

    private static int? Number(IConfiguration configuration, string key, int least = 1) =>
        configuration[key] is not { } text ? null
        : int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= least ? number
        : throw new FormatException($"The setting {key} is '{text}'; it must be a whole number {(least == 0 ? "of at least 0" : "above 0")}.");
}
