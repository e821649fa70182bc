using System.Text.Json;

namespace Rekindle.Algorithms.Tests;

/// <summary>The tree of /opt/ml for one training of the digits.</summary>
internal sealed class TrainingFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TrainingFolder(params (string Name, string? Value)[] changes)
    {
        var values = new Dictionary<string, string>
        {
            ["num_layers"] = "18",
            ["image_shape"] = "1,8,8",
            ["num_classes"] = "10",
            ["num_training_samples"] = "1297",
            ["epochs"] = "4",
            ["mini_batch_size"] = "32",
            ["learning_rate"] = "0.01",
            ["momentum"] = "0.9",
        };
        foreach (var (name, value) in changes)
        {
            if (value is null) values.Remove(name);
            else values[name] = value;
        }

        _folder.Write("input/config/hyperparameters.json", JsonSerializer.Serialize(values));
        WriteChannels("""{"train":{"TrainingInputMode":"File"},"validation":{"TrainingInputMode":"File"}}""");
        var digits = System.IO.Path.Combine(AppContext.BaseDirectory, "digits");
        foreach (var file in Directory.GetFiles(digits, "*", SearchOption.AllDirectories))
            _folder.Write(System.IO.Path.Combine("input/data", System.IO.Path.GetRelativePath(digits, file)), File.ReadAllBytes(file));
    }

    public string Path => _folder.Path;

    public string Failure => System.IO.Path.Combine(Path, "output", "failure");

    public string Model => System.IO.Path.Combine(Path, "model");

    public string Write(string name, ReadOnlySpan<byte> content) => _folder.Write(name, content);

    public void WriteChannels(string json) => _folder.Write("input/config/inputdataconfig.json", json);

    public void Dispose() => _folder.Dispose();
}
