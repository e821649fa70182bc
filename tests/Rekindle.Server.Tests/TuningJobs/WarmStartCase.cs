using System.Globalization;
using System.Text.Json;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.TuningJobs;

/// <summary>One case of <c>Data/warmstart_cases.json</c> in the domain's words. A field nobody reads is an error: no case is half tested.</summary>
internal sealed record WarmStartCase(string Id, WarmStartRequest Request, string Expect, string? ErrorContains, int? ChangeCount)
{
    private static readonly Lazy<JsonElement> File = new(() =>
    {
        using var stream = typeof(WarmStartCase).Assembly.GetManifestResourceStream("warmstart_cases.json")!;
        return JsonDocument.Parse(stream).RootElement;
    });

    public static IReadOnlyList<string> Ids { get; } =
        [.. File.Value.GetProperty("cases").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];

    /// <summary>A case as the file has it, and the defaults of what it leaves out.</summary>
    public static (JsonElement Case, JsonElement Defaults) Raw(string id) => (
        File.Value.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("id").GetString() == id), File.Value.GetProperty("defaults"));

    /// <summary>The tuning jobs a case finds in the store.</summary>
    public static IReadOnlyList<StoredParent> ParentsOf(string id)
    {
        var (item, defaults) = Raw(id);
        return
        [
            .. item.GetProperty("parents").EnumerateArray().Select(parent =>
            {
                var named = ReadParent(parent, defaults.GetProperty("parent"), 1, evenDeleted: true);
                return new StoredParent(
                    named.Job!,
                    named.LaunchedTrainingJobs,
                    parent.TryGetProperty("failed", out var failed) ? failed.GetInt32() : 0,
                    parent.TryGetProperty("deleted", out var deleted) && deleted.GetBoolean());
            }),
        ];
    }

    public static WarmStartCase Load(string id)
    {
        var (item, defaults) = Raw(id);
        var parents = item.GetProperty("parents").EnumerateArray()
            .Select((parent, index) => ReadParent(parent, defaults.GetProperty("parent"), index + 1))
            .ToList();
        var child = item.GetProperty("child");
        var (definition, name, named) = ReadChild(child, defaults.GetProperty("child"));
        var request = new WarmStartRequest(name, definition, Name(parents, named), new WarmStartOptions());
        return new(
            id,
            request,
            item.GetProperty("expect").GetString()!,
            item.GetProperty("error_contains").GetString(),
            item.TryGetProperty("expected_change_count", out var count) ? count.GetInt32() : null);
    }

    private static List<NamedParent> Name(List<NamedParent> stored, IReadOnlyList<string?>? named) => named is null
        ? stored
        : [.. named.Select(name => stored.Find(parent => parent.Name == name) ?? new NamedParent(name, null, 0))];

    private static NamedParent ReadParent(JsonElement given, JsonElement defaults, long id, bool evenDeleted = false)
    {
        var fields = new Fields(given, defaults);
        var definition = ReadDefinition(fields) with { AlgorithmCount = fields.Has("multi_algorithm") ? 2 : 1 };
        var name = fields.Text("name");
        var job = Given.Job(definition, Enum.Parse<TuningJobStatus>(fields.Text("status"))) with
        {
            Id = id,
            Name = name,
            CreationTime = DateTimeOffset.Parse(fields.Text("creation_time"), CultureInfo.InvariantCulture),
        };
        var deleted = fields.Has("deleted") && !evenDeleted;
        var launched = fields.Number("launched_training_jobs");
        // How the training jobs ended and where a parent came from is not asked by any rule, and the cases say so by their outcome.
        fields.Skip("failed", "warm_started_from", "warm_start_type");
        fields.AssertAllRead();
        return new(name, deleted ? null : job, launched);
    }

    private static (TuningJobDefinition Definition, string Name, IReadOnlyList<string?>? Named) ReadChild(JsonElement given, JsonElement defaults)
    {
        var fields = new Fields(given, defaults);
        var type = fields.Text("type");
        IReadOnlyList<string?>? named = null;
        if (fields.Find("WarmStartConfig") is { } literal)
        {
            type = literal.GetProperty("WarmStartType").GetString()!;
            named = [.. literal.GetProperty("ParentHyperParameterTuningJobs").EnumerateArray()
                .Select(parent => parent.TryGetProperty("HyperParameterTuningJobName", out var name) ? name.GetString() : null)];
        }

        if (fields.Find("parent_names") is { } names)
        {
            named = [.. names.EnumerateArray().Select(name => name.GetString())];
        }

        var definition = ReadDefinition(fields) with
        {
            WarmStart = Enum.Parse<WarmStartKind>(type),
            AlgorithmCount = fields.Find("as_definitions")?.GetInt32() ?? 1,
        };
        if (fields.Find("config") is { } config)
        {
            definition = definition with
            {
                MaxParallelTrainingJobs = config.GetProperty("MaxParallelTrainingJobs").GetInt32(),
                EarlyStopping = config.GetProperty("TrainingJobEarlyStoppingType").GetString() == "Auto",
                RandomSeed = config.GetProperty("RandomSeed").GetInt64(),
            };
        }

        var childName = fields.Text("name");
        fields.AssertAllRead();
        return (definition, childName, named);
    }

    private static TuningJobDefinition ReadDefinition(Fields fields)
    {
        var objective = fields.Get("objective");
        return Given.Definition with
        {
            Strategy = Enum.Parse<StrategyKind>(fields.Text("strategy")),
            Objective = new(
                objective.GetProperty("MetricName").GetString()!, Enum.Parse<ObjectiveGoal>(objective.GetProperty("Type").GetString()!)),
            MaxTrainingJobs = fields.Number("max_jobs"),
            StaticHyperParameters = fields.Get("static").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!),
            Ranges = [.. ReadRanges(fields.Get("ranges"))],
            Training = ReadTraining(fields),
        };
    }

    private static IEnumerable<ParameterRange> ReadRanges(JsonElement ranges) =>
        from kind in Enum.GetValues<ParameterKind>()
        from range in ranges.GetProperty($"{kind}ParameterRanges").EnumerateArray()
        select new ParameterRange
        {
            Name = range.GetProperty("Name").GetString()!,
            Kind = kind,
            MinValue = range.TryGetProperty("MinValue", out var min) ? min.GetString() : null,
            MaxValue = range.TryGetProperty("MaxValue", out var max) ? max.GetString() : null,
            Scaling = range.TryGetProperty("ScalingType", out var scaling) ? Enum.Parse<RangeScaling>(scaling.GetString()!) : RangeScaling.Auto,
            Values = range.TryGetProperty("Values", out var values) ? [.. values.EnumerateArray().Select(value => value.GetString()!)] : [],
        };

    private static TrainingDefinition ReadTraining(Fields fields)
    {
        var training = Given.Training with
        {
            Image = fields.Text("image"),
            Channels = [new() { Name = "train", S3Uri = fields.Text("s3") }],
        };
        foreach (var member in fields.Get("definition").EnumerateObject())
        {
            var value = member.Value;
            training = member.Name switch
            {
                "Environment" => training with { Environment = value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!) },
                "EnableNetworkIsolation" => training with { NetworkIsolation = value.GetBoolean() },
                "OutputDataConfig" => training with { OutputPath = value.GetProperty("S3OutputPath").GetString()! },
                "ResourceConfig" => training with { InstanceType = value.GetProperty("InstanceType").GetString()! },
                "StoppingCondition" => training with { MaxRuntimeInSeconds = value.GetProperty("MaxRuntimeInSeconds").GetInt32() },
                "CheckpointConfig" => training with { CheckpointS3Uri = value.GetProperty("S3Uri").GetString() },
                // Only echoed, so the domain doesn't have them.
                "RoleArn" or "EnableManagedSpotTraining" => training,
                _ => throw new NotSupportedException($"No reading of TrainingJobDefinition.{member.Name}."),
            };
        }

        return training;
    }

    /// <summary>The given fields over the defaults, counting which were read.</summary>
    private sealed class Fields(JsonElement given, JsonElement defaults)
    {
        private readonly HashSet<string> _read = [];

        public JsonElement? Find(string name)
        {
            _read.Add(name);
            return given.TryGetProperty(name, out var value) || defaults.TryGetProperty(name, out value) ? value : null;
        }

        public JsonElement Get(string name) => Find(name) ?? throw new KeyNotFoundException(name);

        public string Text(string name) => Get(name).GetString()!;

        public int Number(string name) => Get(name).GetInt32();

        public bool Has(string name) => Find(name)?.GetBoolean() == true;

        public void Skip(params string[] names) => _read.UnionWith(names);

        public void AssertAllRead() => Assert.Empty(given.EnumerateObject().Select(member => member.Name).Except(_read));
    }
}

/// <param name="Job">The tuning job; its id means nothing.</param>
/// <param name="Launched">How many training jobs it launched.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="IsDeleted">Whether it was deleted.</param>
internal sealed record StoredParent(TuningJob Job, int Launched, int Failed, bool IsDeleted);
