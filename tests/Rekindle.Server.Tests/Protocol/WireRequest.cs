using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>A request as it goes over the wire, byte by byte: no client mends what somebody changed in it.</summary>
internal sealed class WireRequest
{
    public required string Method { get; set; }

    public required string Target { get; set; }

    public required List<(string Name, string Value)> Headers { get; init; }

    /// <summary>One character a byte.</summary>
    public required string Body { get; set; }

    public void InTarget(string from, string to) => Target = Replaced(Target, from, to);

    public void InBody(string from, string to) => Body = Replaced(Body, from, to);

    public void InHeader(string name, string from, string to)
    {
        var at = IndexOf(name);
        Headers[at] = (Headers[at].Name, Replaced(Headers[at].Value, from, to));
    }

    public void Add(string name, string value) => Headers.Add((name, value));

    public void Remove(string name) => Headers.RemoveAt(IndexOf(name));

    /// <summary>The same header once more.</summary>
    public void Repeat(string name, string? value = null) => Headers.Insert(IndexOf(name) + 1, (name, value ?? Headers[IndexOf(name)].Value));

    /// <summary>Two headers of the name, each with a part of the value.</summary>
    public void Split(string name, char at)
    {
        var index = IndexOf(name);
        var parts = Headers[index].Value.Split(at, 2);
        Headers[index] = (name, parts[0]);
        Headers.Insert(index + 1, (name, parts[1]));
    }

    public async Task<(int Status, string Text)> SendAsync(Uri server, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, cancellationToken);
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}");
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(head.ToString()), cancellationToken);
        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadToEndAsync(cancellationToken);
        return (int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture), answer);
    }

    private int IndexOf(string name)
    {
        var at = Headers.FindIndex(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        Assert.True(at >= 0, name);
        return at;
    }

    private static string Replaced(string text, string from, string to)
    {
        var at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"'{from}' in '{text}'");
        return $"{text[..at]}{to}{text[(at + from.Length)..]}";
    }
}
