using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rekindle.Algorithms.Tests.Tabular;

/// <summary>The tree of /opt/ml for one training on a table, and the training.</summary>
internal sealed class TableFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="hyperparameters">As in hyperparameters.json.</param>
    public TableFolder(params (string Name, string Value)[] hyperparameters) =>
        _folder.Write("input/config/hyperparameters.json", JsonSerializer.Serialize(hyperparameters.ToDictionary(pair => pair.Name, pair => pair.Value)));

    public string Path => _folder.Path;

    public string Model => System.IO.Path.Combine(Path, "model");

    /// <summary>Writes a file of a channel; the folders tell which channels there are.</summary>
    public TableFolder With(string channel, string content, string file = "part-0")
    {
        _folder.Write($"input/data/{channel}/{file}", content);
        return this;
    }

    public TableFolder With(string channel, ReadOnlySpan<byte> content)
    {
        _folder.Write($"input/data/{channel}/part-0", content);
        return this;
    }

    /// <summary>The channels, each with its content type.</summary>
    public TableFolder Typed(params (string Channel, string ContentType)[] channels)
    {
        _folder.Write("input/config/inputdataconfig.json", JsonSerializer.Serialize(
            channels.ToDictionary(pair => pair.Channel, pair => new { pair.ContentType, TrainingInputMode = "File" })));
        return this;
    }

    /// <summary>The images of digits as rows: the label, then 64 shades.</summary>
    /// <param name="label">What a digit's label is.</param>
    public TableFolder WithDigits(Func<int, int>? label = null)
    {
        label ??= digit => digit;
        return With("train", Digits("train", "train", label)).With("validation", Digits("validation", "t10k", label));
    }

    /// <summary>Runs a training in this process and gives its log.</summary>
    public string Train(string algorithm, int threads = 1, CancellationToken cancellation = default)
    {
        using var log = new StringWriter();
        TrainingPrograms.Find(algorithm)!(new OptMl(Path), log, threads, cancellation);
        return log.ToString();
    }

    /// <summary>The error that a training ends with.</summary>
    public string Refusal(string algorithm) => Assert.Throws<ClientErrorException>(() => Train(algorithm)).Message;

    /// <summary>All values of a built-in metric, as the server finds them in a log.</summary>
    public static IReadOnlyList<double> Metric(string log, string algorithm, string name)
    {
        var regex = BuiltInAlgorithms.ForImage(algorithm)!.Metrics.Single(metric => metric.Name == name).Regex;
        return [.. from line in log.Split('\n')
                   let match = Regex.Match(line, regex)
                   where match.Success
                   select match.Groups[1].Value == "nan" ? double.NaN : double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)];
    }

    public void Dispose() => _folder.Dispose();

    private static string Digits(string folder, string prefix, Func<int, int> label)
    {
        const int Cells = 64;
        var images = Read($"{prefix}-images-idx3-ubyte.gz")[16..];
        var labels = Read($"{prefix}-labels-idx1-ubyte.gz")[8..];
        var text = new StringBuilder();
        for (var row = 0; row < labels.Length; row++)
            text.Append(label(labels[row])).Append(',').AppendJoin(',', images.AsSpan(row * Cells, Cells).ToArray()).Append('\n');
        return text.ToString();

        byte[] Read(string name)
        {
            using var file = new GZipStream(File.OpenRead(System.IO.Path.Combine(AppContext.BaseDirectory, "digits", folder, name)), CompressionMode.Decompress);
            using var content = new MemoryStream();
            file.CopyTo(content);
            return content.ToArray();
        }
    }
}
