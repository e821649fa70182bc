namespace Rekindle.Feeder;

/// <summary>Feeds one channel: a FIFO for each epoch, without end. A FIFO is there before the one before it can end.</summary>
internal sealed class ChannelFeed(StoredChannel channel, FifoFolder fifos)
{
    private readonly byte[] _buffer = new byte[1 << 20];

    /// <summary>Never returns. What it throws leaves the FIFO open, so that its reader waits and does not take the failure for the end.</summary>
    /// <exception cref="FeedException">The data can't be fed; the sentence names the channel.</exception>
    /// <exception cref="IOException">The machine is in trouble.</exception>
    public void Run()
    {
        fifos.Make(FeedFiles.FifoOf(channel.Name, 0));
        for (var epoch = 0L; ; epoch++)
        {
            fifos.Make(FeedFiles.FifoOf(channel.Name, epoch + 1));
            var name = FeedFiles.FifoOf(channel.Name, epoch);
            var end = fifos.OpenForWriting(name);
            try
            {
                Feed(epoch, end);
                end.Flush();
            }
            catch (ReaderGoneException)
            {
                // It has read as much of this epoch as it wants.
            }

            // The name first: who comes late finds nothing rather than a FIFO that nobody will ever write to.
            fifos.Remove(name);
            end.Close();
        }
    }

    /// <summary>Writes one epoch.</summary>
    public void Feed(long epoch, Stream output)
    {
        var framing = channel.Wrap ? new RecordFraming(output) : null;
        foreach (var piece in channel.PiecesOf(epoch))
        {
            try
            {
                if (piece.Path is null)
                {
                    if (framing is null) output.Write(piece.Text);
                    else framing.Wrap(piece.Text);
                }
                else if (framing is null)
                {
                    using var content = Open(piece);
                    for (int read; (read = content.Read(_buffer)) > 0;)
                    {
                        output.Write(_buffer.AsSpan(0, read));
                    }
                }
                else
                {
                    framing.Wrap(() => Open(piece));
                }
            }
            catch (FeedException problem)
            {
                throw new FeedException($"Channel \"{channel.Name}\": {piece.Name} {problem.Message}");
            }
            catch (InvalidDataException problem)
            {
                throw new FeedException($"Channel \"{channel.Name}\": {piece.Name} is no whole gzip file: {problem.Message.TrimEnd('.')}.");
            }
        }
    }

    private Stream Open(FedPiece piece)
    {
        var file = ObjectFile.Open(piece.Path!);
        return channel.Gunzip ? new GzipObject(file) : file;
    }
}
