using System.Text;

namespace Rekindle.Feeder;

/// <summary>One channel in the input mode Pipe.</summary>
internal record FedChannel
{
    public required string Name { get; init; }

    /// <summary>Whether objects are gzip files, to be decompressed on the way.</summary>
    public bool Gunzip { get; init; }

    /// <summary>Whether each object, and each text, becomes a record.</summary>
    public bool Wrap { get; init; }

    /// <summary>Of the shuffling of each epoch; null for the given order.</summary>
    public long? Seed { get; init; }

    /// <summary>How many pieces belong together and are shuffled as one: the attributes of a manifest's line.</summary>
    public int GroupSize { get; init; } = 1;
}

/// <summary>An object or a text to stream.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Path">The object's file, without links in its path; null for a text.</param>
/// <param name="Text">The text; empty for an object.</param>
internal sealed record FedPiece(string Name, string? Path, byte[] Text);

/// <summary>
/// A file with channels and their pieces, which may be millions: pieces, then a directory with the place of each, then the place of the
/// directory. They are read one by one when their turn comes.
/// </summary>
internal static class FeedPlan
{
    private const byte ObjectKind = 0;
    private const byte TextKind = 1;

    /// <summary>Writes a plan.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="channels">The channels with their pieces, in order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static void Write(string path, IEnumerable<(FedChannel Channel, IReadOnlyList<FedPiece> Pieces)> channels, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        using var writer = new BinaryWriter(file, Encoding.UTF8);
        using var directory = new MemoryStream();
        using var entries = new BinaryWriter(directory, Encoding.UTF8);
        foreach (var (channel, pieces) in channels)
        {
            entries.Write(channel.Name);
            entries.Write(channel.Gunzip);
            entries.Write(channel.Wrap);
            entries.Write(channel.Seed is not null);
            entries.Write(channel.Seed ?? 0);
            entries.Write(channel.GroupSize);
            entries.Write(pieces.Count);
            foreach (var piece in pieces)
            {
                cancellationToken.ThrowIfCancellationRequested();
                writer.Flush();
                entries.Write(file.Position);
                writer.Write(piece.Path is null ? TextKind : ObjectKind);
                writer.Write(piece.Name);
                if (piece.Path is not null) writer.Write(piece.Path);
                else WriteText(writer, piece.Text);
            }
        }

        writer.Flush();
        var place = file.Position;
        entries.Flush();
        writer.Write(directory.ToArray());
        writer.Write(place);
    }

    /// <summary>The channels of a plan.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static IReadOnlyList<StoredChannel> Read(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new BinaryReader(file, Encoding.UTF8);
        file.Seek(-sizeof(long), SeekOrigin.End);
        var end = file.Position;
        file.Seek(reader.ReadInt64(), SeekOrigin.Begin);
        var channels = new List<StoredChannel>();
        while (file.Position < end)
        {
            var channel = new StoredChannel(path)
            {
                Name = reader.ReadString(),
                Gunzip = reader.ReadBoolean(),
                Wrap = reader.ReadBoolean(),
                Seed = reader.ReadBoolean() ? reader.ReadInt64() : Skip(reader),
                GroupSize = reader.ReadInt32(),
                Places = new long[reader.ReadInt32()],
            };
            for (var i = 0; i < channel.Places.Length; i++)
            {
                channel.Places[i] = reader.ReadInt64();
            }

            channels.Add(channel);
        }

        return channels;
    }

    internal static FedPiece ReadPiece(BinaryReader reader)
    {
        var kind = reader.ReadByte();
        var name = reader.ReadString();
        return kind == ObjectKind ? new FedPiece(name, reader.ReadString(), []) : new FedPiece(name, null, reader.ReadBytes(reader.ReadInt32()));
    }

    private static void WriteText(BinaryWriter writer, byte[] text)
    {
        writer.Write(text.Length);
        writer.Write(text);
    }

    private static long? Skip(BinaryReader reader)
    {
        _ = reader.ReadInt64();
        return null;
    }
}

/// <summary>A channel of a plan, and where in the plan its pieces are.</summary>
internal sealed record StoredChannel(string Plan) : FedChannel
{
    public required long[] Places { get; init; }

    public int Groups => Places.Length / GroupSize;

    /// <summary>The pieces of one epoch, in its order.</summary>
    public IEnumerable<FedPiece> PiecesOf(long epoch)
    {
        using var file = new FileStream(Plan, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        using var reader = new BinaryReader(file, Encoding.UTF8);
        var order = Seed is { } seed ? EpochOrder.Of(seed, epoch, Groups) : null;
        for (var i = 0; i < Groups; i++)
        {
            var group = order is null ? i : order[i];
            for (var member = 0; member < GroupSize; member++)
            {
                file.Seek(Places[(group * GroupSize) + member], SeekOrigin.Begin);
                yield return FeedPlan.ReadPiece(reader);
            }
        }
    }
}
