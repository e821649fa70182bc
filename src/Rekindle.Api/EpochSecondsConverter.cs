using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekindle.Api;

/// <summary>
/// Moments as AWS JSON 1.1 has them: seconds since 1970 as a number, written with milliseconds at most. Whole, fractional and
/// scientific numbers are read, and ISO 8601 texts.
/// </summary>
internal sealed class EpochSecondsConverter : JsonConverter<DateTimeOffset>
{
    private static readonly string[] IsoForms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    private static readonly decimal Earliest = DateTimeOffset.MinValue.ToUnixTimeSeconds();

    private static readonly decimal Latest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var seconds) && seconds >= Earliest && seconds <= Latest)
            return DateTimeOffset.UnixEpoch.AddTicks((long)decimal.Round(seconds * TimeSpan.TicksPerSecond));
        if (reader.TokenType == JsonTokenType.String && DateTimeOffset.TryParseExact(
                reader.GetString(),
                IsoForms,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var moment))
        {
            return moment;
        }
        throw new WireFormException();
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.ToUnixTimeMilliseconds() / 1000m);
}
