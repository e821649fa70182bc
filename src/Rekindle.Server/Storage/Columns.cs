using System.Data.Common;

namespace Rekindle.Server.Storage;

/// <summary>How values of the domain stand in columns: times as UTC milliseconds since 1970, enums by name.</summary>
internal static class Columns
{
    public static long ToColumn(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static object? ToColumn(this DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    public static string ToColumn<T>(this T value)
        where T : struct, Enum => value.ToString();

    public static string? ToColumn<T>(this T? value)
        where T : struct, Enum => value?.ToString();

    /// <summary>Refuses what is not a number before it can reach a row.</summary>
    public static double ToColumn(this double value) =>
        double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite values are stored.");

    /// <summary>Names are compared in this form.</summary>
    public static string Fold(string name) => name.ToLowerInvariant();

    public static string? TextAt(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? NumberAt(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <exception cref="FormatException">It is not finite, as nothing that was written is.</exception>
    public static double? RealAt(this DbDataReader row, int column) => row.IsDBNull(column) ? null
        : row.GetDouble(column) is var number && double.IsFinite(number) ? number
        : throw new FormatException("A number in it is not finite.");

    public static DateTimeOffset TimeAt(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? OptionalTimeAt(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.TimeAt(column);

    public static T EnumAt<T>(this DbDataReader row, int column)
        where T : struct, Enum => Enum.Parse<T>(row.GetString(column));

    public static T? OptionalEnumAt<T>(this DbDataReader row, int column)
        where T : struct, Enum => row.IsDBNull(column) ? null : row.EnumAt<T>(column);
}
