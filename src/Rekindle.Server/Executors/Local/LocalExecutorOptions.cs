using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>How training programs are run on this machine.</summary>
internal sealed record LocalExecutorOptions
{
    /// <summary>The server's data folder. Executions live below it; training programs don't see it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>How many executions run at once; the others wait in order of their submission.</summary>
    public int Slots { get; init; } = Environment.ProcessorCount;

    /// <summary>Instance types with slots of their own; all others share <see cref="Slots"/>.</summary>
    public IReadOnlyList<InstanceProfile> Profiles { get; init; } = [];

    /// <summary>What a log may grow to, in bytes; the rest of the output is read and dropped.</summary>
    public long LogCapBytes { get; init; } = 100L << 20;

    /// <summary>Training images by glob (<c>*</c>, <c>?</c>), in order of their keys, each with the command that stands for the image's entry point.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Images { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Buckets and the folders that stand for them; unlisted ones are <c>s3/BUCKET</c> in the data folder.</summary>
    public IReadOnlyDictionary<string, string> Buckets { get; init; } = new Dictionary<string, string>();

    /// <summary>Buckets that are no folders; null when there are none.</summary>
    public BucketsElsewhere? Elsewhere { get; init; }

    /// <summary>The folders that <c>file://</c> may reach into, the data folder excepted. Empty: the buckets and the current folder.</summary>
    public IReadOnlyList<string> FileRoots { get; init; } = [];

    /// <summary>True: bubblewrap or nothing. False: never. Null: bubblewrap where it works.</summary>
    public bool? Sandbox { get; init; }

    /// <summary>Files that programs must not read, such as one that holds the server's access keys. Only a sandbox can hide them.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The server's home folder, of which programs see only what is no secret as a rule. Only a sandbox can hide the rest.</summary>
    public string? HomeFolder { get; init; } = Environment.GetEnvironmentVariable("HOME");

    /// <summary>Repository names of the built-in algorithms, each with the command that stands for the image's entry point.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> BuiltIns { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How long an ended program's log may stay open (a process it left behind holds it) before the execution counts as ended.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The same for a sandboxed program while the log's writer lives: it leaves no process behind, so only the writer can be late.</summary>
    public TimeSpan WriterTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
