using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rekindle.Cli.Output;

/// <summary>An error for people, and for programs that asked for JSON.</summary>
internal static partial class ErrorText
{
    /// <summary>Characters of a list of allowed values that are shown; instance types alone are kilobytes.</summary>
    private const int LongestList = 160;

    private const string Detected = " detected:";

    /// <summary>
    /// <c>error: Code: message</c>. Several violations, which come as <c>3 validation errors detected: a; b; c</c>, get a line each.
    /// </summary>
    public static string Plain(string code, string message)
    {
        var parts = Violations(message);
        return parts.Length < 2
            ? $"error: {code}: {Shortened(message)}"
            : $"error: {code}: {message[..(message.IndexOf(Detected, StringComparison.Ordinal) + Detected.Length)]}"
                + string.Concat(parts.Select(part => $"{Environment.NewLine}  - {Shortened(part)}"));
    }

    /// <summary>One line: <c>{"error":{"code":…,"message":…,"exitCode":…}}</c>.</summary>
    public static string Json(string code, string message, int exitCode)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Api.ApiJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteNumber("exitCode", exitCode);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>The violations of a message that counts them; none when the count can't be made out in the text.</summary>
    private static string[] Violations(string message)
    {
        if (Several().Match(message) is not { Success: true } match)
        {
            return [];
        }

        // A violation may hold the separator itself, as part of a value: then the text stays as it came.
        var parts = message[match.Length..].Split("; ");
        return int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) == parts.Length ? parts : [];
    }

    private static string Shortened(string text) => ValueSet().Replace(text, match =>
    {
        var values = match.Groups[1].Value.Split(", ");
        var (shown, length) = (0, 0);
        while (shown < values.Length && length + values[shown].Length <= LongestList)
        {
            length += values[shown++].Length + 2;
        }

        return shown == values.Length || shown == 0
            ? match.Value
            : string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", values.Take(shown))} and {values.Length - shown} more]");
    });

    [GeneratedRegex(@"^(\d{1,4}) validation errors detected: ", RegexOptions.NonBacktracking)]
    private static partial Regex Several();

    [GeneratedRegex(@"\[([A-Za-z0-9_.-]+(?:, [A-Za-z0-9_.-]+)+)\]", RegexOptions.NonBacktracking)]
    private static partial Regex ValueSet();
}
