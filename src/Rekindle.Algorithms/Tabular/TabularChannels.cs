using Rekindle.Algorithms.Images;

namespace Rekindle.Algorithms.Tabular;

/// <summary>The channels of a training on tables.</summary>
/// <param name="algorithm">Its name, for sentences.</param>
/// <param name="folders">The tree of the training job.</param>
/// <param name="cancellation">Ends the reading.</param>
internal sealed class TabularChannels(string algorithm, OptMl folders, CancellationToken cancellation)
{
    private const string Formats = "text/csv, text/libsvm and application/x-recordio-protobuf";

    private readonly IReadOnlyDictionary<string, string?> _channels = folders.ReadChannels(cancellation);
    private readonly HashSet<string> _sparse = [];

    public bool Has(string name) => _channels.ContainsKey(name);

    /// <summary>A tuning job's objective that nobody would print makes every training job vain: better to say so before.</summary>
    public void CheckObjective(IReadOnlyDictionary<string, string> hyperparameters)
    {
        if (!hyperparameters.TryGetValue("_tuning_objective_metric", out var metric)) return;
        foreach (var channel in (string[])["validation", "test"])
        {
            if (metric.StartsWith(channel + ":", StringComparison.Ordinal) && !Has(channel))
                throw new ClientErrorException($"The objective metric {metric} needs the channel '{channel}', which is not given.");
        }
    }

    /// <summary>The channel <c>train</c>, which every training needs, and those of the others that are given, all of one width.</summary>
    /// <param name="weighted">Whether the second column of the training rows in CSV is their weight.</param>
    /// <param name="others">Channels the training may do without.</param>
    public (Table Train, Table?[] Others) Read(bool weighted, params string[] others)
    {
        var train = Read("train", weighted) ?? throw new ClientErrorException("The channel 'train' is required, but not given.");
        Table?[] rest = [.. others.Select(name => Read(name, weighted: false))];
        // Sparse rows end with their last number that is not missing; how wide they are meant to be nobody says.
        var columns = rest.OfType<Table>().Append(train).Max(table => table.Columns);
        return (Widened("train", train), [.. rest.Select((table, i) => table is null ? null : Widened(others[i], table))]);

        Table Widened(string name, Table table) => table.Columns == columns || _sparse.Contains(name)
            ? table.Widened(columns)
            : throw new ClientErrorException($"The channel '{name}' has {table.Columns} features, but another channel has {columns}.");
    }

    private Table? Read(string name, bool weighted)
    {
        if (!_channels.TryGetValue(name, out var contentType)) return null;
        var folder = folders.Channel(name);
        if (!Directory.Exists(folder)) throw new ClientErrorException($"The channel '{name}' has no data: {folder} does not exist.");
        List<string> paths = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsData).Order(StringComparer.Ordinal)];
        if (paths.Count == 0) throw new ClientErrorException($"The channel '{name}' holds no file: {folder}.");
        var table = Read(name, contentType, paths, weighted);
        return table.Rows > 0 ? table : throw new ClientErrorException($"The channel '{name}' holds no row: {folder}.");
    }

    private Table Read(string name, string? contentType, List<string> paths, bool weighted)
    {
        switch (Format(name, contentType, paths))
        {
            case TableFormat.Csv:
                return CsvFiles.Read(paths, weighted, cancellation);
            case TableFormat.Libsvm:
                _sparse.Add(name);
                return LibsvmFiles.Read(paths, cancellation);
            default:
                return ProtobufRecords.Read(paths, cancellation);
        }
    }

    private TableFormat Format(string name, string? contentType, List<string> paths)
    {
        var parts = (contentType ?? "").Split(';', StringSplitOptions.TrimEntries);
        switch (parts[0].ToLowerInvariant())
        {
            case "text/csv" or "csv":
                if (parts.Skip(1).FirstOrDefault(part => part.StartsWith("label_size=", StringComparison.Ordinal)) is { } size && size != "label_size=1")
                    throw new ClientErrorException($"The channel '{name}' has ContentType '{contentType}'; each row has exactly one label here, label_size=1.");
                return TableFormat.Csv;
            case "text/libsvm" or "text/x-libsvm" or "libsvm":
                return TableFormat.Libsvm;
            case "application/x-recordio-protobuf":
                return TableFormat.Protobuf;
            case "":
                return RecordIoFile.Is(paths[0]) ? TableFormat.Protobuf : LibsvmFiles.LooksLike(FirstLine(paths[0])) ? TableFormat.Libsvm : TableFormat.Csv;
            default:
                throw new ClientErrorException($"The channel '{name}' has ContentType '{contentType}'; {algorithm} reads {Formats}.");
        }
    }

    private static string FirstLine(string path) => File.ReadLines(path).FirstOrDefault(line => !string.IsNullOrWhiteSpace(line)) ?? "";

    // What tools leave beside the data: _SUCCESS, .crc files.
    private static bool IsData(string path) => Path.GetFileName(path) is not ['.' or '_', ..];

    private enum TableFormat
    {
        Csv,
        Libsvm,
        Protobuf,
    }
}
