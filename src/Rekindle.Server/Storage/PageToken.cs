using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Rekindle.Server.Storage;

/// <summary>
/// The sort key of the last row of a page, not its number: rows may come and go between two pages and no other row is left out or
/// given twice. Exactly one of Text, Number and Real holds the key.
/// </summary>
internal sealed record PageToken
{
    private const int MaxLength = 4096;

    /// <summary>Fingerprint of the query that made the token.</summary>
    public required string Query { get; init; }

    public required string Name { get; init; }

    public required long Id { get; init; }

    public string? Text { get; init; }

    public long? Number { get; init; }

    public double? Real { get; init; }

    public string Write() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this, StorageJson.Default.PageToken));

    /// <exception cref="InvalidTokenException">It is no token, or one of another query.</exception>
    public static PageToken Read(string token, string query)
    {
        if (token.Length > MaxLength || !Base64Url.IsValid(token))
            throw new InvalidTokenException();
        try
        {
            var read = JsonSerializer.Deserialize(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)), StorageJson.Default.PageToken);
            return read is { Name: not null } && read.Query == query ? read : throw new InvalidTokenException();
        }
        catch (Exception problem) when (problem is JsonException or FormatException)
        {
            throw new InvalidTokenException();
        }
    }
}
