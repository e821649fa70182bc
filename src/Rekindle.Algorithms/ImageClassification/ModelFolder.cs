using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Rekindle.Algorithms.Images;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.ImageClassification;

/// <summary>The trained model as files: <c>model.json</c> describes it and names the file of its weights.</summary>
/// <remarks>
/// A weights file <c>image-classification-NNNN.params</c> (NNNN = epochs trained) is all parameters in the order that
/// <c>model.json</c> lists, as little-endian 32-bit floats without gaps.
/// </remarks>
internal sealed class ModelFolder(string path, Hyperparameters hyperparameters, Network network, Normalization normalization)
{
    public const string Description = "model.json";
    private string? _best;

    /// <summary>Makes the network's present weights the model, in place of the one before.</summary>
    /// <param name="epochs">Epochs trained so far.</param>
    /// <param name="accuracy">Its validation accuracy; null when it was not measured.</param>
    public void SaveBest(int epochs, double? accuracy)
    {
        var file = SaveCheckpoint(epochs);
        Write(Description, stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            Describe(json, epochs, accuracy, file);
        });
        if (_best is not null && _best != file && !IsCheckpoint(_best)) File.Delete(Path.Combine(path, _best));
        _best = file;
    }

    /// <summary>Keeps the present weights beside the model.</summary>
    public string SaveCheckpoint(int epochs)
    {
        var file = FileName(epochs);
        Write(file, stream =>
        {
            foreach (var parameter in network.Parameters)
            {
                var bytes = new byte[4 * parameter.Values.Length];
                for (var i = 0; i < parameter.Values.Length; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), parameter.Values[i]);
                stream.Write(bytes);
            }
        });
        return file;
    }

    private static string FileName(int epochs) => string.Create(CultureInfo.InvariantCulture, $"image-classification-{epochs:D4}.params");

    private bool IsCheckpoint(string file) => hyperparameters.CheckpointFrequency is { } every
        && Enumerable.Range(1, hyperparameters.Epochs / every).Any(i => FileName(i * every) == file);

    private void Describe(Utf8JsonWriter json, int epochs, double? accuracy, string file)
    {
        json.WriteStartObject();
        json.WriteString("algorithm", BuiltInAlgorithms.ImageClassification.RepositoryName);
        json.WriteString("image_shape", network.Input.ToString());
        json.WriteNumber("num_classes", network.Classes);
        json.WriteNumber("num_layers", hyperparameters.NumLayers);
        json.WriteNumber("epochs", epochs);
        if (accuracy is { } value) json.WriteNumber("validation_accuracy", value);
        WriteNumbers("pixel_means", normalization.Means);
        WriteNumbers("pixel_scales", normalization.Scales);
        json.WriteString("weights", file);
        json.WriteStartArray("parameters");
        foreach (var parameter in network.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            json.WriteNumber("count", parameter.Values.Length);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        void WriteNumbers(string name, float[] numbers)
        {
            json.WriteStartArray(name);
            foreach (var number in numbers) json.WriteNumberValue(number);
            json.WriteEndArray();
        }
    }

    // A kill in the middle leaves the file of before, never half a file.
    private void Write(string file, Action<Stream> write)
    {
        Directory.CreateDirectory(path);
        var target = Path.Combine(path, file);
        var draft = target + ".part";
        using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write)) write(stream);
        File.Move(draft, target, overwrite: true);
    }
}
