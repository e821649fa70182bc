using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekindle.Api;

/// <summary>Numbers that round-trip to the last bit and are never NaN or infinite, which JSON does not have.</summary>
internal sealed class FiniteNumberConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        // A literal beyond double's range reads as infinity.
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new WireFormException();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
