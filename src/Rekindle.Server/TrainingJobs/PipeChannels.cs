using System.Text;
using System.Text.Json;
using Rekindle.Feeder;

namespace Rekindle.Server.TrainingJobs;

/// <summary>What channels in the input mode Pipe consist of, piece by piece in the order of an epoch that is not shuffled.</summary>
internal sealed class PipeChannels(StorageRoots roots, InputChannels channels)
{
    /// <summary>Of a longer augmented manifest, only so many lines are looked at before it is to be streamed: somebody waits for the answer.</summary>
    internal const int MostLinesAtFirst = 1_000;

    /// <summary>How long a line of an augmented manifest may be.</summary>
    internal const int LongestLine = 1 << 20;

    private const string ReferenceEnding = "-ref";

    /// <summary>Why the channel can't be given to a program, as far as that shows quickly, in a sentence for the user; null when it can.</summary>
    public string? FindProblem(Channel channel, string inputMode, string region, string? roleArn)
    {
        try
        {
            Resolve(channel, inputMode, region, roleArn, MostLinesAtFirst, CancellationToken.None);
            return null;
        }
        catch (ExecutionRefusedException refused)
        {
            return refused.Message;
        }
    }

    /// <summary>The channel for the feeder, and its pieces.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="inputMode">The definition's input mode, for a channel that names none.</param>
    /// <param name="region">Named in AWS's sentence.</param>
    /// <param name="roleArn">Named in AWS's sentence; may be unknown.</param>
    /// <param name="cancellationToken">Ends the looking through folders and manifests.</param>
    /// <exception cref="ExecutionRefusedException">Something is missing, damaged or not allowed.</exception>
    public (FedChannel Channel, IReadOnlyList<FedPiece> Pieces) Resolve(
        Channel channel, string inputMode, string region, string? roleArn, CancellationToken cancellationToken) =>
        Resolve(channel, inputMode, region, roleArn, int.MaxValue, cancellationToken);

    private (FedChannel Channel, IReadOnlyList<FedPiece> Pieces) Resolve(
        Channel channel, string inputMode, string region, string? roleArn, int mostLines, CancellationToken cancellationToken)
    {
        if (ChannelModes.Refuse(channel, inputMode) is { } problem) throw new ExecutionRefusedException(problem);
        var isAugmented = channel.S3DataType == ChannelModes.AugmentedManifest;
        var fed = new FedChannel
        {
            Name = channel.Name,
            Gunzip = channel.CompressionType == "Gzip",
            Wrap = channel.RecordWrapperType == "RecordIO",
            Seed = channel.ShuffleSeed,
            GroupSize = isAugmented ? channel.AttributeNames!.Count : 1,
        };
        return (fed, isAugmented
            ? FromAugmentedManifest(channel, mostLines, cancellationToken)
            : FromObjects(channel, channels.Resolve(channel, inputMode, region, roleArn, cancellationToken), cancellationToken));
    }

    /// <summary>The file that is the object of a URI in a manifest, its path without links; null when there is none. The one place where such URIs are looked up.</summary>
    /// <exception cref="ExecutionRefusedException">The URI is malformed or not allowed.</exception>
    private string? FindObject(string uri)
    {
        var location = roots.Resolve(uri);
        return FileSystem.RealPath(location.Path) is { } real && FileSystem.KindOf(real) == FileKind.Regular ? real : null;
    }

    private List<FedPiece> FromObjects(Channel channel, ChannelView view, CancellationToken cancellationToken)
    {
        var found = new List<(string Key, string Path, string Name)>();
        foreach (var (target, source) in view.Entries)
        {
            if (FileSystem.RealPath(source) is not { } real) continue;
            if (FileSystem.KindOf(real) == FileKind.Directory) Walk(channel, real, target, found, cancellationToken);
            else if (FileSystem.KindOf(real) == FileKind.Regular) found.Add((real, real, target));
        }

        // In the order of their keys, as a bucket lists them; a manifest has an order of its own.
        if (channel.S3DataType == "S3Prefix") found.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return found.Count > 0
            ? found.ConvertAll(file => new FedPiece($"the object \"{file.Name}\"", file.Path, []))
            : throw new ExecutionRefusedException($"Channel \"{channel.Name}\": no objects found under \"{channel.S3Uri}\".");
    }

    /// <summary>Links to folders are not followed, nor are those that lead out of the bucket; what is no file at all is no object.</summary>
    private void Walk(Channel channel, string folder, string target, List<(string Key, string Path, string Name)> found, CancellationToken cancellationToken)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = target.Length == 0 ? Path.GetFileName(path) : $"{target}/{Path.GetFileName(path)}";
            switch (FileSystem.KindOf(path))
            {
                case FileKind.Directory:
                    Walk(channel, path, name, found, cancellationToken);
                    break;
                case FileKind.Regular:
                    found.Add((path, path, name));
                    break;
                case FileKind.Link when FileSystem.RealPath(path) is { } real && FileSystem.KindOf(real) == FileKind.Regular && IsAllowed(channel, real):
                    found.Add((path, real, name));
                    break;
            }
        }
    }

    private bool IsAllowed(Channel channel, string path)
    {
        try
        {
            roots.Check(roots.Resolve(channel.S3Uri), path);
            return true;
        }
        catch (ExecutionRefusedException)
        {
            return false;
        }
    }

    private List<FedPiece> FromAugmentedManifest(Channel channel, int mostLines, CancellationToken cancellationToken)
    {
        var manifest = FindObject(channel.S3Uri)
            ?? throw new ExecutionRefusedException($"Channel \"{channel.Name}\": the augmented manifest \"{channel.S3Uri}\" was not found.");
        var pieces = new List<FedPiece>();
        var number = 0;
        try
        {
            foreach (var line in BoundedLines.Read(manifest, LongestLine))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (++number > mostLines) return pieces;
                if (line is null) throw At(channel, number, $"is longer than {LongestLine} characters.");
                if (!string.IsNullOrWhiteSpace(line)) pieces.AddRange(PiecesOf(channel, line, number));
            }
        }
        catch (UnauthorizedAccessException)
        {
            throw new ExecutionRefusedException($"Channel \"{channel.Name}\": the augmented manifest \"{channel.S3Uri}\" can't be read by the server.");
        }

        return pieces.Count > 0
            ? pieces
            : throw new ExecutionRefusedException($"Channel \"{channel.Name}\": the augmented manifest \"{channel.S3Uri}\" has no lines.");
    }

    private List<FedPiece> PiecesOf(Channel channel, string line, int number)
    {
        using var document = Parse(channel, line, number);
        var root = document.RootElement;
        return channel.AttributeNames!.ToList().ConvertAll(attribute => PieceOf(channel, root, attribute, number));
    }

    private FedPiece PieceOf(Channel channel, JsonElement line, string attribute, int number)
    {
        string uri;
        try
        {
            if (!line.TryGetProperty(attribute, out var value)) throw At(channel, number, $"has no attribute \"{attribute}\".");
            if (!attribute.EndsWith(ReferenceEnding, StringComparison.Ordinal))
            {
                return new FedPiece(NameOf(attribute, number), null, Encoding.UTF8.GetBytes(value.GetRawText()));
            }

            if (value.ValueKind != JsonValueKind.String) throw At(channel, number, $"the attribute \"{attribute}\" is no text with the URI of an object.");
            uri = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a character, which JSON can say and no text can hold, in the value or in a name.
            throw At(channel, number, $"the attribute \"{attribute}\" can't be read as text.");
        }

        return new FedPiece($"{NameOf(attribute, number)} (\"{uri}\")", PathOf(channel, uri, attribute, number), []);
    }

    private string PathOf(Channel channel, string uri, string attribute, int number)
    {
        string? path;
        try
        {
            path = FindObject(uri);
        }
        catch (ExecutionRefusedException refused)
        {
            throw At(channel, number, $"the attribute \"{attribute}\": {refused.Message}");
        }

        return path ?? throw At(channel, number, $"the attribute \"{attribute}\" names the object \"{uri}\", which was not found.");
    }

    private static string NameOf(string attribute, int number) => $"the attribute \"{attribute}\" of line {number}";

    private static JsonDocument Parse(Channel channel, string line, int number)
    {
        try
        {
            var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            throw At(channel, number, "is no JSON object.");
        }
        catch (JsonException damage)
        {
            throw At(channel, number, $"is no JSON object: {damage.Message}");
        }
    }

    private static ExecutionRefusedException At(Channel channel, int number, string problem) =>
        new($"Channel \"{channel.Name}\": line {number} of the augmented manifest \"{channel.S3Uri}\": {problem}");
}
