using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rekindle.Bench.Serving;

/// <summary>
/// Sends one prepared request over and over on connections that stay open, with as little work of its own as possible: client and server
/// share the machine, and what the client costs the server lacks.
/// </summary>
internal sealed class LoadClient(IPEndPoint server, string operation, string body)
{
    private readonly byte[] _request = Encoding.UTF8.GetBytes(string.Join(
        "\r\n",
        "POST / HTTP/1.1",
        $"Host: {server}",
        "Content-Type: application/x-amz-json-1.1",
        $"X-Amz-Target: SageMaker.{operation}",
        "X-Amz-Date: 20260101T000000Z",
        "Authorization: AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/sagemaker/aws4_request, SignedHeaders=host, Signature=00",
        "Content-Length: " + Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture),
        "",
        body));

    /// <summary>As fast as answers come.</summary>
    /// <param name="connections">How many at once.</param>
    /// <param name="duration">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LoadResult> SaturateAsync(int connections, TimeSpan duration, CancellationToken cancellationToken)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var clock = Stopwatch.StartNew();
        var each = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(
            async () =>
            {
                using var connection = new Connection(server);
                var times = new List<double>();
                do
                {
                    var start = Stopwatch.GetTimestamp();
                    await connection.AskAsync(_request, cancellationToken);
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
                while (Stopwatch.GetTimestamp() < end);

                return times;
            },
            cancellationToken)));
        return LoadResult.Of([.. each.SelectMany(times => times)], clock.Elapsed);
    }

    /// <summary>At a given rate, evenly spread over the connections; times count from when a request was due, not from when it could be sent.</summary>
    /// <param name="connections">How many at once.</param>
    /// <param name="rate">Requests per second of all together.</param>
    /// <param name="duration">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LoadResult> PaceAsync(int connections, double rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var count = Math.Max(1, (int)(rate * duration.TotalSeconds / connections));
        var begin = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10);
        var clock = Stopwatch.StartNew();
        var each = await Task.WhenAll(Enumerable.Range(0, connections).Select(number => Task.Run(
            async () =>
            {
                using var connection = new Connection(server);
                var times = new List<double>(count);
                for (var i = 0; i < count; i++)
                {
                    var due = begin + (long)(((i * connections) + number) / rate * Stopwatch.Frequency);
                    var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                    if (wait > TimeSpan.FromMilliseconds(1)) await Task.Delay(wait, TimeProvider.System, cancellationToken);
                    await connection.AskAsync(_request, cancellationToken);
                    times.Add(Math.Max(0, Stopwatch.GetElapsedTime(due).TotalMilliseconds));
                }

                return times;
            },
            cancellationToken)));
        return LoadResult.Of([.. each.SelectMany(times => times)], clock.Elapsed);
    }

    /// <summary>A connection that is opened anew where the server closes it after an answer.</summary>
    private sealed class Connection(IPEndPoint server) : IDisposable
    {
        private Socket? _socket;
        private byte[] _buffer = new byte[64 << 10];

        public async Task AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
        {
            var socket = _socket ??= await OpenAsync(cancellationToken);
            await socket.SendAsync(request, cancellationToken);
            var (read, total) = (0, -1);
            while (total < 0 || read < total)
            {
                if (read == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
                var more = await socket.ReceiveAsync(_buffer.AsMemory(read), cancellationToken);
                if (more == 0) throw new BenchmarkException("The server closed a connection in the middle of an answer.");
                read += more;
                if (total < 0) total = Length(_buffer.AsSpan(0, read));
            }

            if (!_buffer.AsSpan(9).StartsWith("200"u8))
            {
                throw new BenchmarkException($"The server answered: {Encoding.UTF8.GetString(_buffer.AsSpan(0, Math.Min(read, 600)))}");
            }

            if (_buffer.AsSpan(0, Math.Min(read, 1024)).IndexOf("\r\nConnection: close\r\n"u8) >= 0)
            {
                socket.Dispose();
                _socket = null;
            }
        }

        private async Task<Socket> OpenAsync(CancellationToken cancellationToken)
        {
            var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server, cancellationToken);
            return socket;
        }

        public void Dispose() => _socket?.Dispose();

        // Head and body; -1 while the head is not whole.
        private static int Length(ReadOnlySpan<byte> answer)
        {
            var end = answer.IndexOf("\r\n\r\n"u8);
            if (end < 0) return -1;
            var at = Math.Max(answer[..end].IndexOf("\r\nContent-Length: "u8), answer[..end].IndexOf("\r\ncontent-length: "u8));
            if (at < 0) throw new BenchmarkException("An answer has no Content-Length.");
            return Utf8Parser.TryParse(answer[(at + 18)..], out int length, out _)
                ? end + 4 + length
                : throw new BenchmarkException("An answer's Content-Length is no number.");
        }
    }
}

/// <param name="Requests">Answered.</param>
/// <param name="PerSecond">Answers per second.</param>
/// <param name="Median">Milliseconds.</param>
/// <param name="Percentile99">Milliseconds.</param>
internal sealed record LoadResult(int Requests, double PerSecond, double Median, double Percentile99)
{
    public static LoadResult Of(List<double> times, TimeSpan elapsed)
    {
        times.Sort();
        return times.Count == 0
            ? throw new BenchmarkException("No request was answered.")
            : new LoadResult(times.Count, times.Count / elapsed.TotalSeconds, times[times.Count / 2], times[Math.Min(times.Count - 1, times.Count * 99 / 100)]);
    }
}
