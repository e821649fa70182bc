using System.Text.RegularExpressions;

namespace Rekindle.Server.TrainingJobs;

/// <summary>How channels reach a program, and which of their settings go together: AWS's rules.</summary>
internal static partial class ChannelModes
{
    public const string Pipe = "Pipe";
    public const string AugmentedManifest = "AugmentedManifestFile";

    public static bool IsPipe(Channel channel, TrainingDefinition definition) => (channel.InputMode ?? definition.InputMode) == Pipe;

    /// <summary>Why the way the channel is to be delivered isn't offered; null when it is.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="inputMode">The definition's input mode, for a channel that names none.</param>
    public static string? Refuse(Channel channel, string inputMode)
    {
        if (channel.Name.Length == 0 || channel.Name is "." or ".." || channel.Name.AsSpan().IndexOfAny('/', '\0') >= 0)
        {
            return $"The channel name \"{channel.Name}\" is no file name.";
        }

        if (channel.S3Uri.Length == 0)
        {
            return $"Channel \"{channel.Name}\" needs a DataSource with an S3DataSource; FileSystemDataSource and DatasetSource are not offered.";
        }

        var mode = channel.InputMode ?? inputMode;
        var problem = mode switch
        {
            not ("File" or "FastFile" or Pipe) => $"input modes are File, FastFile and Pipe, not {mode}.",
            Pipe => null,
            _ when channel.CompressionType == "Gzip" => $"CompressionType Gzip needs the input mode Pipe, not {mode}.",
            _ when channel.RecordWrapperType == "RecordIO" => $"RecordWrapperType RecordIO needs the input mode Pipe, not {mode}.",
            _ when channel.S3DataType == AugmentedManifest => $"S3DataType {AugmentedManifest} needs the input mode Pipe, not {mode}.",
            "FastFile" when channel.S3DataType != "S3Prefix" => $"the input mode FastFile needs the S3DataType S3Prefix, not {channel.S3DataType}.",
            _ => null,
        };
        problem ??= channel.S3DataType switch
        {
            "S3Prefix" or "ManifestFile" => null,
            AugmentedManifest when channel.AttributeNames is not { Count: > 0 } =>
                $"S3DataType {AugmentedManifest} needs AttributeNames: the attributes of each line that are to be streamed, in their order.",
            AugmentedManifest => null,
            _ => $"the S3DataType values S3Prefix, ManifestFile and {AugmentedManifest} are offered, not {channel.S3DataType}.",
        };
        return problem is null ? null : $"Channel \"{channel.Name}\": {problem}";
    }

    /// <summary>Why channels can't lie beside each other; null when they can.</summary>
    public static string? RefuseTogether(TrainingDefinition definition)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (definition.Channels.FirstOrDefault(channel => !names.Add(channel.Name)) is { } again)
        {
            return $"The channel name \"{again.Name}\" is given twice; each channel needs a name of its own.";
        }

        foreach (var pipe in definition.Channels.Where(channel => IsPipe(channel, definition)))
        {
            if (names.FirstOrDefault(name => name.StartsWith(pipe.Name + '_', StringComparison.Ordinal) && EpochNumber().IsMatch(name.AsSpan(pipe.Name.Length + 1))) is { } taken)
            {
                return $"The channel name \"{taken}\" is also the name of a FIFO of the channel \"{pipe.Name}\", whose input mode is Pipe; give one of them another name.";
            }
        }

        return null;
    }

    [GeneratedRegex(@"^[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex EpochNumber();
}
