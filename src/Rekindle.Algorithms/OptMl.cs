using System.Text;
using System.Text.Json;

namespace Rekindle.Algorithms;

/// <summary>The folder tree that SageMaker gives to a training container, and its small files.</summary>
/// <param name="root"><c>/opt/ml</c>, or what the environment variable <c>REKINDLE_OPT_ML</c> names.</param>
internal sealed class OptMl(string root)
{
    private const int FailureLength = 1024;

    public string Model => Path.Combine(root, "model");

    public string Checkpoints => Path.Combine(root, "checkpoints");

    private string FailureFile => Path.Combine(root, "output", "failure");

    public string Channel(string name) => Path.Combine(root, "input", "data", name);

    /// <summary>The hyperparameters as given: name to text.</summary>
    public IReadOnlyDictionary<string, string> ReadHyperparameters(CancellationToken cancellation)
    {
        var path = Path.Combine(root, "input", "config", "hyperparameters.json");
        using var document = ReadJson(path, cancellation) ?? throw new ClientErrorException($"{path} does not exist.");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            values[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
                _ => throw new ClientErrorException($"{path}: the value of '{member.Name}' must be a text, not {Kind(member.Value)}."),
            };
        }

        return values;
    }

    /// <summary>Channel name to content type; null where the channel came without one.</summary>
    public IReadOnlyDictionary<string, string?> ReadChannels(CancellationToken cancellation)
    {
        var path = Path.Combine(root, "input", "config", "inputdataconfig.json");
        var channels = new Dictionary<string, string?>(StringComparer.Ordinal);
        using var document = ReadJson(path, cancellation);
        if (document is null)
        {
            // A tree laid out by hand has the folders only.
            var data = Path.Combine(root, "input", "data");
            if (!Directory.Exists(data)) return channels;
            foreach (var folder in Directory.EnumerateDirectories(data)) channels[Path.GetFileName(folder)] = null;
            return channels;
        }

        foreach (var member in document.RootElement.EnumerateObject())
        {
            var (name, channel) = (member.Name, member.Value);
            if (channel.ValueKind != JsonValueKind.Object)
                throw new ClientErrorException($"{path}: the channel '{name}' must be an object, not {Kind(channel)}.");
            if (Text(channel, "TrainingInputMode") == "Pipe")
            {
                throw new ClientErrorException(
                    $"The channel '{name}' uses TrainingInputMode 'Pipe'; this program reads 'File' and 'FastFile'.");
            }

            channels[name] = Text(channel, "ContentType");
        }

        return channels;
    }

    /// <summary>Leaves the reason for a failure where the platform looks for it.</summary>
    public void WriteFailure(string reason)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FailureFile)!);
        File.WriteAllText(FailureFile, reason.Length <= FailureLength ? reason : reason[..FailureLength], new UTF8Encoding(false));
    }

    private static string? Text(JsonElement value, string member) =>
        value.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static string Kind(JsonElement value) => value.ValueKind.ToString().ToLowerInvariant();

    private static JsonDocument? ReadJson(string path, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            throw new ClientErrorException($"{path} must hold a JSON object.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException error)
        {
            throw new ClientErrorException($"{path} is not JSON: {error.Message}", error);
        }
    }
}
