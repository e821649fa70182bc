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
    private const int BufferBytes = 32 << 10;

    private readonly MultiplexedStream _stream;
    private readonly OutputEnd _output = new();
    private readonly OutputEnd _error = new();

    public ContainerOutput(MultiplexedStream stream)
    {
        _stream = stream;
        Ended = Task.Run(ReadAsync);
    }

    /// <summary>Stands in a log where more is missing than is known.</summary>
    public static ReadOnlySpan<byte> GapLine => "\nrekindle: the container engine closed the log before all was in it; lines are missing here.\n"u8;

    /// <summary>Completes when there is no more, or no more can be had: with whether all was heard.</summary>
    public Task<bool> Ended { get; }

    /// <summary>What the log lacks at its end: of standard output, then of standard error. To be called when all was heard.</summary>
    /// <param name="logged">What the log has of each.</param>
    public IReadOnlyList<byte[]> Missing(OutputLength logged) => [Missing(_output, logged.Output), Missing(_error, logged.Error)];

    public void Dispose() => _stream.Dispose();

    private static byte[] Missing(OutputEnd end, long logged)
    {
        if (end.After(logged, out var isLineStart) is not { } missing) return [.. GapLine, .. end.LastLines()];
        return isLineStart ? missing : [.. GapLine, .. missing.AsSpan(missing.AsSpan().IndexOf((byte)'\n') + 1)];
    }

    private async Task<bool> ReadAsync()
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await _stream.ReadOutputAsync(buffer, 0, buffer.Length, CancellationToken.None) is { EOF: false } read)
            {
                (read.Target == MultiplexedStream.TargetStream.StandardError ? _error : _output).Add(buffer.AsSpan(0, read.Count));
            }

            _output.Complete();
            _error.Complete();
            return true;
        }
        catch (Exception cut) when (cut is IOException or ObjectDisposedException or OperationCanceledException or HttpRequestException)
        {
            return false;
        }
    }
}
