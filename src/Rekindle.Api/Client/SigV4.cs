using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rekindle.Api.Client;

/// <summary>
/// Signature version 4, the same for the client that signs and the server that verifies: canonical request, string to sign, signing
/// key, signature. Rules: "Create a signed AWS API request" in the IAM user guide.
/// </summary>
public static class SigV4
{
    /// <summary>The signing name of the SageMaker API.</summary>
    public const string Service = "sagemaker";

    private const string AmzDateForm = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Hexadecimal SHA-256 of a body.</summary>
    public static string HashOf(ReadOnlySpan<byte> payload) => Convert.ToHexStringLower(SHA256.HashData(payload));

    /// <summary>A moment as the <c>X-Amz-Date</c> header has it.</summary>
    public static string AmzDate(DateTimeOffset moment) => moment.UtcDateTime.ToString(AmzDateForm, CultureInfo.InvariantCulture);

    /// <summary>Reads an <c>X-Amz-Date</c> header.</summary>
    public static bool TryReadAmzDate(string? text, out DateTimeOffset moment) => DateTimeOffset.TryParseExact(
        text, AmzDateForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);

    /// <summary>The canonical form of a request, over which the signature is made.</summary>
    /// <param name="method">HTTP method in upper case.</param>
    /// <param name="path">Path as it stands on the wire.</param>
    /// <param name="query">Query as it stands on the wire, with or without the leading question mark.</param>
    /// <param name="headers">All headers; a name may come several times, its values are joined in the order given.</param>
    /// <param name="signedHeaders">Names of the headers to sign, in any case and order.</param>
    /// <param name="payloadHash">Hexadecimal SHA-256 of the body, or the word that stands for it.</param>
    /// <param name="form">How the path is written.</param>
    public static string CanonicalRequest(
        string method,
        string path,
        string query,
        IEnumerable<KeyValuePair<string, string>> headers,
        IEnumerable<string> signedHeaders,
        string payloadHash,
        SigV4PathForm form = SigV4PathForm.Normalized)
    {
        var names = signedHeaders.Select(LowerCase).Order(StringComparer.Ordinal).ToList();
        var values = headers.ToLookup(header => LowerCase(header.Key), header => SingleSpaced(header.Value), StringComparer.Ordinal);
        StringBuilder text = new();
        text.Append(method).Append('\n').Append(CanonicalPath(path, form)).Append('\n').Append(CanonicalQuery(query)).Append('\n');
        foreach (var name in names)
            text.Append(name).Append(':').AppendJoin(',', values[name]).Append('\n');
        return text.Append('\n').AppendJoin(';', names).Append('\n').Append(payloadHash).ToString();
    }

    /// <summary>The text that is signed.</summary>
    /// <param name="amzDate">The request's <c>X-Amz-Date</c>.</param>
    /// <param name="scope">What the key is good for.</param>
    /// <param name="canonicalRequest">From <see cref="CanonicalRequest"/>.</param>
    public static string StringToSign(string amzDate, SigV4Scope scope, string canonicalRequest) =>
        $"{SigV4Authorization.Algorithm}\n{amzDate}\n{scope}\n{HashOf(Encoding.UTF8.GetBytes(canonicalRequest))}";

    /// <summary>The 32 bytes of the key for one day, region and service.</summary>
    public static byte[] SigningKey(string secretAccessKey, SigV4Scope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var day = Keyed(Encoding.UTF8.GetBytes("AWS4" + secretAccessKey), scope.Date);
        return Keyed(Keyed(Keyed(day, scope.Region), scope.Service), SigV4Scope.Terminator);
    }

    /// <summary>The signature: 64 hexadecimal digits.</summary>
    public static string Signature(ReadOnlySpan<byte> signingKey, string stringToSign) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(signingKey, Encoding.UTF8.GetBytes(stringToSign)));

    /// <summary>Compares two signatures in a time that tells nothing about where they differ.</summary>
    public static bool SameSignature(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));

    /// <summary>Signs a request: adds <c>X-Amz-Date</c>, the session token if there is one, and <c>Authorization</c>.</summary>
    /// <param name="request">The request with its absolute address, its other headers and its content's headers.</param>
    /// <param name="body">The bytes of its content.</param>
    /// <param name="credentials">The key.</param>
    /// <param name="region">Region to sign for.</param>
    /// <param name="now">Moment of signing; a server refuses it 15 minutes later.</param>
    public static void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, Credentials credentials, string region, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(credentials);
        var address = request.RequestUri ?? throw new ArgumentException("The request has no address.", nameof(request));
        var amzDate = AmzDate(now);
        SigV4Scope scope = new(amzDate[..8], region, Service);
        request.Headers.Host = address.Authority;
        request.Headers.TryAddWithoutValidation("X-Amz-Date", amzDate);
        if (credentials.SessionToken is { } token)
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);

        var headers = request.Headers.NonValidated
            .Concat(request.Content?.Headers.NonValidated ?? default)
            .SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value)))
            .ToList();
        string[] signed = [.. headers.Select(header => LowerCase(header.Key)).Where(IsSigned).Distinct().Order(StringComparer.Ordinal)];
        var canonical = CanonicalRequest(request.Method.Method, address.AbsolutePath, address.Query, headers, signed, HashOf(body));
        var signature = Signature(SigningKey(credentials.SecretAccessKey, scope), StringToSign(amzDate, scope, canonical));
        request.Headers.TryAddWithoutValidation(
            "Authorization", new SigV4Authorization(credentials.AccessKeyId, scope, signed, signature).ToString());

        // Other headers may be changed by the way between client and server.
        static bool IsSigned(string name) => name is "host" or "content-type" || name.StartsWith("x-amz-", StringComparison.Ordinal);
    }

    private static byte[] Keyed(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string CanonicalPath(string path, SigV4PathForm form)
    {
        if (form == SigV4PathForm.ObjectKey)
            return string.Join('/', path.Split('/').Select(Reencoded));
        List<string> segments = [];
        foreach (var segment in path.Split('/'))
        {
            if (segment == ".." && segments.Count > 0)
                segments.RemoveAt(segments.Count - 1);
            else if (segment is not ("" or "." or ".."))
                segments.Add(Encoded(segment));
        }
        return $"/{string.Join('/', segments)}{(segments.Count > 0 && path.EndsWith('/') ? "/" : "")}";
    }

    private static string CanonicalQuery(string query)
    {
        // One mark only: a second belongs to the first name, as everybody reads it who carries the request out.
        var pairs = (query.StartsWith('?') ? query[1..] : query).Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals
                ? (Name: OfQuery(pair[..equals]), Value: OfQuery(pair[(equals + 1)..]))
                : (Name: OfQuery(pair), Value: ""))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .ThenBy(pair => pair.Value, StringComparer.Ordinal);
        return string.Join('&', pairs.Select(pair => $"{pair.Name}={pair.Value}"));
    }

    // A plus sign is a space to all who read queries, but not in a path.
    private static string OfQuery(string text) => Reencoded(text.Replace('+', ' '));

    private static string Reencoded(string text) => Encoded(Uri.UnescapeDataString(text));

    /// <summary>Everything but letters, digits and <c>-._~</c> as percent and two digits, byte by byte of the UTF-8 text.</summary>
    private static string Encoded(string text) => Uri.EscapeDataString(text);

    /// <summary>Without outer spaces, inner runs of spaces as one.</summary>
    private static string SingleSpaced(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string LowerCase(string name) => name.ToLowerInvariant();
}
