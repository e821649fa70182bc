using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rekindle.Server.TrainingJobs;

/// <summary>The tree that a training program sees as <c>/opt/ml</c>, as a folder of this machine.</summary>
internal sealed class JobFolder(string root)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Root { get; } = root;

    public string Config => Path.Combine(Root, "input", "config");

    public string InputData => Path.Combine(Root, "input", "data");

    public string Model => Path.Combine(Root, "model");

    public string Output => Path.Combine(Root, "output");

    public string OutputData => Path.Combine(Output, "data");

    public string Failure => Path.Combine(Output, "failure");

    public string Checkpoints => Path.Combine(Root, "checkpoints");

    public string Code => Path.Combine(Root, "code");

    /// <summary>Makes the folders and writes the configuration files. Repeating it writes the same again, each file at once.</summary>
    public async Task PrepareAsync(ExecutionSpec spec, CancellationToken cancellationToken)
    {
        foreach (var folder in (string[])[Config, InputData, Model, OutputData, Checkpoints, Code])
        {
            Directory.CreateDirectory(folder);
        }

        await WriteAsync("hyperparameters.json", HyperParameters(spec.HyperParameters), cancellationToken);
        await WriteAsync("inputdataconfig.json", InputDataConfig(spec.Definition), cancellationToken);
        await WriteAsync("resourceconfig.json", ResourceConfig(spec.Definition.InstanceType), cancellationToken);
    }

    /// <summary>A flat object; every value is a string.</summary>
    public static byte[] HyperParameters(IReadOnlyDictionary<string, string> hyperParameters) => Json(writer =>
    {
        writer.WriteStartObject();
        foreach (var (name, value) in hyperParameters.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    });

    public static byte[] InputDataConfig(TrainingDefinition definition) => Json(writer =>
    {
        writer.WriteStartObject();
        foreach (var channel in definition.Channels.OrderBy(channel => channel.Name, StringComparer.Ordinal))
        {
            writer.WriteStartObject(channel.Name);
            if (channel.ContentType is not null) writer.WriteString("ContentType", channel.ContentType);
            writer.WriteString("TrainingInputMode", channel.InputMode ?? definition.InputMode);
            writer.WriteString("S3DistributionType", channel.Distribution);
            writer.WriteString("RecordWrapperType", channel.RecordWrapperType);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    });

    public static byte[] ResourceConfig(string instanceType) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("current_host", "algo-1");
        writer.WriteString("current_instance_type", instanceType);
        writer.WriteString("current_group_name", "homogeneousCluster");
        WriteHosts(writer);
        writer.WriteStartArray("instance_groups");
        writer.WriteStartObject();
        writer.WriteString("instance_group_name", "homogeneousCluster");
        writer.WriteString("instance_type", instanceType);
        WriteHosts(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("network_interface_name", "eth0");
        writer.WriteEndObject();
    });

    private static void WriteHosts(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("hosts");
        writer.WriteStringValue("algo-1");
        writer.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            write(writer);
        }

        return buffer.ToArray();
    }

    private async Task WriteAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        // Beside the tree, not in it: what a killed server leaves there is nothing a program sees.
        var temporary = $"{Root}.{name}.{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(temporary, content, cancellationToken);
        File.Move(temporary, Path.Combine(Config, name), overwrite: true);
    }
}
