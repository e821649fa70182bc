using System.Globalization;
using System.Text.Json;

namespace Rekindle.Api.Client;

/// <summary>Reads the body of an error: its code from <c>__type</c>, its sentence from <c>message</c> or <c>Message</c>.</summary>
internal static class ErrorAnswer
{
    public static ApiException Read(int status, ReadOnlyMemory<byte> body)
    {
        var (type, text) = Parse(body);
        if (ErrorCodes.TryParse(type, out var code))
            return new(code, text ?? type!);
        var about = string.Create(CultureInfo.InvariantCulture, $"The server answered with HTTP status {status}");
        return new(ErrorCode.InternalFailure, (type, text) switch
        {
            (null, null) => $"{about}.",
            (null, _) => $"{about}: {text}",
            _ => $"{about}, {type}: {text}",
        });
    }

    private static (string? Type, string? Text) Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? (TextOf(root, "__type") ?? TextOf(root, "code"), TextOf(root, "message") ?? TextOf(root, "Message"))
                : default;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Not our server, or something in between: the status is all there is.
            return default;
        }
    }

    private static string? TextOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
