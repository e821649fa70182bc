using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using Rekindle.Server.Protocol.S3;

namespace Rekindle.Server.Protocol.Query;

/// <summary>CloudWatch's forms as the JSON that its operations read, and what they answer as XML.</summary>
internal static class MetricForms
{
    public const string Namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/";

    private const string Item = "member";

    /// <summary>A form as an object: <c>Dimensions.member.1.Name</c> is the name of the first item of a list.</summary>
    /// <exception cref="QueryRefusal">It has no such form.</exception>
    public static byte[] Read(Dictionary<string, string> form)
    {
        var root = new JsonObject();
        // Items come in the order of their numbers, whatever order the form has.
        foreach (var (name, text) in form.Where(pair => pair.Key is not ("Action" or "Version")).OrderBy(pair => Sorted(pair.Key), StringComparer.Ordinal))
        {
            Put(root, name, text);
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>An answer's members as elements.</summary>
    public static void Write(XmlWriter xml, byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        foreach (var member in json.RootElement.EnumerateObject()) Write(xml, member.Name, member.Value);
    }

    private static void Put(JsonObject root, string name, string text)
    {
        var parts = name.Split('.');
        var value = Value(parts[^1], text);
        switch (parts)
        {
            case [var member]:
                root[member] = value;
                break;
            case [var list, Item, _]:
                ListOf(root, list).Add(value);
                break;
            case [var list, Item, var number, var member]:
                var items = ListOf(root, list);
                if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var place) || place < 1 || place > items.Count + 1) throw Malformed(name);
                if (place == items.Count + 1) items.Add(new JsonObject());
                if (items[place - 1] is not JsonObject item) throw Malformed(name);
                item[member] = value;
                break;
            default:
                throw Malformed(name);
        }
    }

    private static JsonArray ListOf(JsonObject root, string name)
    {
        if (!root.ContainsKey(name)) root[name] = new JsonArray();
        return root[name] as JsonArray ?? throw Malformed(name);
    }

    // A form has only text: what is no text in JSON is known by its name.
    private static JsonNode Value(string member, string text) => member switch
    {
        "Period" => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Malformed(member),
        "IncludeLinkedAccounts" => bool.TryParse(text, out var flag) ? flag : throw Malformed(member),
        _ => text,
    };

    private static string Sorted(string name) =>
        string.Join('.', name.Split('.').Select(part => part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit) ? part.PadLeft(10, '0') : part));

    private static void Write(XmlWriter xml, string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                xml.Add(name, inner =>
                {
                    foreach (var member in value.EnumerateObject()) Write(inner, member.Name, member.Value);
                });
                break;
            case JsonValueKind.Array:
                xml.Add(name, inner =>
                {
                    foreach (var item in value.EnumerateArray()) Write(inner, Item, item);
                });
                break;
            case JsonValueKind.Number when name == "Timestamp":
                xml.Add(name, DateTimeOffset.FromUnixTimeMilliseconds((long)(value.GetDecimal() * 1000)));
                break;
            case JsonValueKind.String:
                xml.Add(name, value.GetString());
                break;
            default:
                xml.Add(name, value.GetRawText());
                break;
        }
    }

    private static QueryRefusal Malformed(string name) => new("MalformedInput", $"The parameter {name} has not the form it needs.");
}
