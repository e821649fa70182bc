using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Rekindle.Api;

/// <summary>
/// The bodies of AWS JSON 1.1. Reading is strict about forms (a number is no text, a member comes once, the top is an object) and
/// lenient about members it does not know. Writing leaves out what is absent and never emits NaN or infinity.
/// </summary>
public static class ApiJson
{
    /// <summary>Deepest nesting that is read; the API's own shapes need eight.</summary>
    public const int MaxDepth = 32;

    /// <summary>The content type of requests and answers.</summary>
    public const string ContentType = "application/x-amz-json-1.1";

    /// <summary>Settings to give a source-generated context for further shapes the same manners.</summary>
    public static JsonSerializerOptions Options { get; } = Settings(indented: false);

    private static JsonSerializerOptions Indented { get; } = Settings(indented: true);

    /// <summary>Reads a body.</summary>
    /// <exception cref="ApiJsonException">The text is no JSON of the form of <typeparamref name="T"/>.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> utf8) => (T)Deserialize(utf8, typeof(T));

    /// <summary>Reads a body into a record chosen at run time.</summary>
    /// <exception cref="ApiJsonException">The text is no JSON of the form of <paramref name="type"/>.</exception>
    public static object Deserialize(ReadOnlySpan<byte> utf8, Type type) => Deserialize(utf8, Options.GetTypeInfo(type));

    /// <summary>Reads a body with the metadata of another context, made with <see cref="Options"/>.</summary>
    /// <exception cref="ApiJsonException">The text is no JSON of the form of <paramref name="type"/>.</exception>
    public static object Deserialize(ReadOnlySpan<byte> utf8, JsonTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        try
        {
            Demand(utf8);
            return JsonSerializer.Deserialize(utf8, type) ?? throw new ApiJsonException("The body must be a JSON object.");
        }
        catch (JsonException failure)
        {
            throw JsonFailure.Explain(failure, type.Type, utf8);
        }
        catch (Exception failure) when (failure is InvalidOperationException or FormatException or NotSupportedException)
        {
            // The reader's way to complain about text that is no Unicode, such as half of a surrogate pair.
            throw new ApiJsonException("The body holds text that is not valid Unicode.", failure);
        }
    }

    /// <summary>Writes a body as UTF-8.</summary>
    public static byte[] Serialize<T>(T value)
        where T : notnull => JsonSerializer.SerializeToUtf8Bytes(value, Options.GetTypeInfo(value.GetType()));

    /// <summary>Writes a text for people to read.</summary>
    public static string SerializeIndented<T>(T value)
        where T : notnull => JsonSerializer.Serialize(value, Indented.GetTypeInfo(value.GetType()));

    /// <summary>What a serializer would pass over or say in other words.</summary>
    private static void Demand(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            throw new ApiJsonException("The body is not valid UTF-8.");
        if (utf8.Trim(" \t\r\n"u8).IsEmpty)
            throw new ApiJsonException("The body is empty.");
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new ApiJsonException("The body must be a JSON object.");
    }

    private static JsonSerializerOptions Settings(bool indented)
    {
        JsonSerializerOptions options = new(ApiJsonContext.Default.Options)
        {
            WriteIndented = indented,
            // Bodies are never put into HTML; names and reasons stay readable.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = ApiJsonContext.Default.WithAddedModifier(LeaveOutNonFinite),
        };
        options.MakeReadOnly();
        return options;
    }

    private static void LeaveOutNonFinite(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType == typeof(double?))
                property.ShouldSerialize = (_, value) => value is double number && double.IsFinite(number);
        }
    }
}
