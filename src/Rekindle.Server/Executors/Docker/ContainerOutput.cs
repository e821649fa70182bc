using Docker.DotNet;

namespace Rekindle.Server.Executors.Docker;

/// <summary>How many bytes a program has written to standard output and to standard error.</summary>
/// <param name="Output">Bytes.</param>
/// <param name="Error">Bytes.</param>
internal readonly record struct OutputLength(long Output, long Error)
{
    public OutputLength And(bool isError, int count) => isError ? this with { Error = Error + count } : this with { Output = Output + count };

    public static OutputLength Larger(OutputLength one, OutputLength other) => new(Math.Max(one.Output, other.Output), Math.Max(one.Error, other.Error));
}

/// <summary>
/// What a program printed last, heard from itself and not from its log. Docker gives its log two seconds after the program's end and then
/// closes it, written or not; on a busy machine that takes away as much as the daemon buffers, a megabyte, and with it the last metrics.
/// </summary>
internal sealed class ContainerOutput : IDisposable
{
    /// <summary>More than the daemon buffers of either stream.</summary>
    private const int Kept = 2 << 20;

    private const int BufferBytes = 32 << 10;

    private readonly MultiplexedStream _stream;
    private readonly Queue<byte[]>[] _last = [new(), new()];
    private readonly int[] _held = new int[2];
    private readonly bool[] _isKeptWhole = [true, true];
    private OutputLength _length;
    private bool _isWhole;

    public ContainerOutput(MultiplexedStream stream)
    {
        _stream = stream;
        Ended = Task.Run(ReadAsync);
    }

    /// <summary>Completes when there is no more, or no more can be had.</summary>
    public Task Ended { get; }

    /// <summary>What the log lacks at its end: of standard output, then of standard error. To be called when <see cref="Ended"/> has completed.</summary>
    /// <param name="logged">What the log has of each.</param>
    public IReadOnlyList<byte[]> Missing(OutputLength logged) =>
        _isWhole ? [.. new[] { End(0, _length.Output - logged.Output), End(1, _length.Error - logged.Error) }.Where(end => end.Length > 0)] : [];

    /// <summary>The line that stands where more is missing than is known.</summary>
    private static ReadOnlySpan<byte> GapLine => "rekindle: the container engine closed the log before all was in it; lines are missing here.\n"u8;

    public void Dispose() => _stream.Dispose();

    private async Task ReadAsync()
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await _stream.ReadOutputAsync(buffer, 0, buffer.Length, CancellationToken.None) is { EOF: false } read)
            {
                var isError = read.Target == MultiplexedStream.TargetStream.StandardError;
                Keep(isError ? 1 : 0, buffer.AsSpan(0, read.Count).ToArray());
                _length = _length.And(isError, read.Count);
            }

            _isWhole = true;
        }
        catch (Exception cut) when (cut is IOException or ObjectDisposedException or OperationCanceledException or HttpRequestException)
        {
            // The log alone counts then.
        }
    }

    private void Keep(int stream, byte[] bytes)
    {
        _last[stream].Enqueue(bytes);
        _held[stream] += bytes.Length;
        while (_held[stream] - _last[stream].Peek().Length >= Kept)
        {
            _held[stream] -= _last[stream].Dequeue().Length;
            _isKeptWhole[stream] = false;
        }
    }

    /// <summary>The log holds whole lines. It may be longer than what was printed, where that was no UTF-8; half a number is a wrong one.</summary>
    private byte[] End(int stream, long count)
    {
        if (count <= 0) return [];
        byte[] all = [.. _last[stream].SelectMany(bytes => bytes)];
        var start = all.Length - count;
        if (start > 0 && all[start - 1] == '\n' || (start == 0 && _isKeptWhole[stream])) return all[(int)start..];
        var line = all.AsSpan((int)Math.Max(0, start)).IndexOf((byte)'\n');
        return line < 0 ? [] : [.. GapLine, .. all.AsSpan((int)Math.Max(0, start) + line + 1)];
    }
}
