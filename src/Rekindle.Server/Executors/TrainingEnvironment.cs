using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors;

/// <summary>The environment variables of a training program: SageMaker's, its script toolkit's, and a few of the machine's; no others of the server's.</summary>
internal static class TrainingEnvironment
{
    /// <summary>Where the program finds the tree of <c>/opt/ml</c>.</summary>
    public const string OptMlVariable = "REKINDLE_OPT_ML";

    // The kernel takes at most 128 KiB in one variable and starts no program that has a longer one.
    private const int MaxValueBytes = 120_000;

    private static readonly string[] PassedThrough =
    [
        "PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "DOTNET_ROOT", "PYTHONPATH", "VIRTUAL_ENV", "CUDA_VISIBLE_DEVICES",
    ];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a program of this machine needs from the server's environment.</summary>
    public static Dictionary<string, string> OfMachine()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in PassedThrough)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value) variables[name] = value;
        }

        variables.TryAdd("PATH", "/usr/local/bin:/usr/bin:/bin");
        return variables;
    }

    /// <summary>What tells a program which GPUs are its own, where training jobs have such; it wins over all other variables.</summary>
    /// <param name="devices">Their ids on this machine.</param>
    /// <param name="inContainer">Whether the program sees no others: there they are counted anew.</param>
    public static Dictionary<string, string> OfGpus(IReadOnlyList<string> devices, bool inContainer)
    {
        var visible = inContainer ? Enumerable.Range(0, devices.Count).Select(index => index.ToString(CultureInfo.InvariantCulture)) : devices;
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CUDA_VISIBLE_DEVICES"] = string.Join(',', visible),
            // Otherwise CUDA counts the fastest first, and other programs in the order of the bus.
            ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID",
            // Images of CUDA ask for all of them unless they are told otherwise.
            ["NVIDIA_VISIBLE_DEVICES"] = devices.Count == 0 ? "void" : string.Join(',', devices),
            ["SM_NUM_GPUS"] = devices.Count.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <param name="spec">The execution.</param>
    /// <param name="optMl"><c>/opt/ml</c> where the program sees it there, else the folder itself.</param>
    /// <param name="machine">What the program's machine adds; the user's own variables win over it.</param>
    /// <param name="script">The user's script, where it is run without its framework's image.</param>
    /// <param name="processors">How many the program may use.</param>
    public static Dictionary<string, string> Of(
        ExecutionSpec spec, string optMl, IReadOnlyDictionary<string, string> machine, ScriptMode? script, int processors)
    {
        var variables = machine.ToDictionary(StringComparer.Ordinal);
        // Python holds back what it prints into a pipe; metrics are to be seen while it runs.
        variables["PYTHONUNBUFFERED"] = "1";
        foreach (var (name, value) in spec.Definition.Environment)
        {
            variables[name] = value;
        }

        variables["TRAINING_JOB_NAME"] = spec.Name;
        variables["TRAINING_JOB_ARN"] = spec.TrainingJobArn;
        variables["AWS_REGION"] = spec.Region;
        variables["AWS_DEFAULT_REGION"] = spec.Region;
        variables[OptMlVariable] = optMl;
        AddToolkit(variables, spec, optMl, processors);
        if (script is not null) ScriptEnvironment.Add(variables, spec, script, optMl);
        return variables.Where(pair => IsPassable(pair.Key, pair.Value)).ToDictionary(StringComparer.Ordinal);
    }

    private static void AddToolkit(Dictionary<string, string> variables, ExecutionSpec spec, string optMl, int processors)
    {
        var own = ScriptMode.OwnHyperParameters(spec.HyperParameters).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        variables["SM_MODEL_DIR"] = $"{optMl}/model";
        variables["SM_INPUT_DIR"] = $"{optMl}/input";
        variables["SM_INPUT_CONFIG_DIR"] = $"{optMl}/input/config";
        variables["SM_OUTPUT_DIR"] = $"{optMl}/output";
        variables["SM_OUTPUT_DATA_DIR"] = $"{optMl}/output/data";
        variables["SM_OUTPUT_INTERMEDIATE_DIR"] = $"{optMl}/output/intermediate";
        variables["SM_CHANNELS"] = Json(spec.Definition.Channels.Select(channel => channel.Name).Order(StringComparer.Ordinal));
        foreach (var channel in spec.Definition.Channels)
        {
            variables[$"SM_CHANNEL_{channel.Name.ToUpperInvariant()}"] = $"{optMl}/input/data/{channel.Name}";
        }

        variables["SM_HPS"] = Decoded(own);
        foreach (var (name, value) in own)
        {
            variables[$"SM_HP_{name.ToUpperInvariant()}"] = PythonText.OfJson(value);
        }

        variables["SM_HOSTS"] = """["algo-1"]""";
        variables["SM_CURRENT_HOST"] = "algo-1";
        variables["SM_CURRENT_INSTANCE_TYPE"] = spec.Definition.InstanceType;
        variables["SM_NETWORK_INTERFACE_NAME"] = "eth0";
        variables["SM_NUM_CPUS"] = processors.ToString(CultureInfo.InvariantCulture);
        variables["SM_NUM_GPUS"] = "0";
        variables["SM_LOG_LEVEL"] = "20";
        variables["SM_RESOURCE_CONFIG"] = Encoding.UTF8.GetString(JobFolder.ResourceConfig(spec.Definition.InstanceType));
        variables["SM_INPUT_DATA_CONFIG"] = Encoding.UTF8.GetString(JobFolder.InputDataConfig(spec.Definition));
    }

    private static string Decoded(IEnumerable<KeyValuePair<string, string>> hyperParameters)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Plain.Encoder }))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in hyperParameters)
            {
                writer.WritePropertyName(name);
                WriteDecoded(writer, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteDecoded(Utf8JsonWriter writer, string value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            document.RootElement.WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(value);
        }
    }

    private static string Json(IEnumerable<string> values) => JsonSerializer.Serialize(values, Plain);

    private static bool IsPassable(string name, string value) =>
        name.Length > 0
        && !name.AsSpan().ContainsAny('=', '\0')
        && !value.Contains('\0', StringComparison.Ordinal)
        && Encoding.UTF8.GetByteCount(value) <= MaxValueBytes;
}
