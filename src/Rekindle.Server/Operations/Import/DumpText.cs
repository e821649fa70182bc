using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekindle.Server.Operations.Import;

/// <summary>
/// The one form in which documents of jobs are kept and given back: members in their order, numbers digit for digit as they came, moments
/// at known places as seconds since 1970. Bringing a text into this form twice changes nothing, so an export of an import is the same text.
/// </summary>
internal static class DumpText
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Isoformat of Python, with T (AWS CLI) or a blank (str of a datetime) between date and time.
    private static readonly string[] TimeForms =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd",
    ];

    public static string Write(JsonNode node) => Encoding.UTF8.GetString(ToBytes(node));

    public static byte[] ToBytes(JsonNode node)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Writing))
        {
            node.WriteTo(json);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Whether every text in it is Unicode and no object has a member twice; else it can't be written again.</summary>
    public static bool IsSound(JsonElement element)
    {
        try
        {
            return IsSoundInside(element);
        }
        catch (InvalidOperationException)
        {
            // The reader's way to complain about half of a surrogate pair.
            return false;
        }
    }

    /// <summary>Turns the moments at these members into numbers. Returns the members that hold something else.</summary>
    public static IReadOnlyList<string> NormalizeTimes(JsonObject document, params ReadOnlySpan<string> members)
    {
        var unreadable = new List<string>();
        foreach (var member in members)
        {
            if (document[member] is not { } value || value.GetValueKind() == JsonValueKind.Number)
            {
                continue;
            }

            if (value.GetValueKind() == JsonValueKind.String && DateTimeOffset.TryParseExact(
                value.GetValue<string>(),
                TimeForms,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var moment))
            {
                document[member] = JsonValue.Create((moment - DateTimeOffset.UnixEpoch).Ticks / (decimal)TimeSpan.TicksPerSecond);
            }
            else
            {
                unreadable.Add(member);
            }
        }

        return unreadable;
    }

    private static bool IsSoundInside(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                return element.EnumerateObject().All(member => names.Add(member.Name) && IsSoundInside(member.Value));
            case JsonValueKind.Array:
                return element.EnumerateArray().All(IsSoundInside);
            case JsonValueKind.String:
                return element.GetString() is not null;
            default:
                return true;
        }
    }
}
