using System.Text;
using System.Text.Json.Nodes;

namespace Rekindle.Conformance.Tests.Fuzz;

/// <summary>Makes bodies nobody should send out of bodies anybody may, the same ones for the same seed.</summary>
internal sealed class Mutations(int seed)
{
    private const string Hole = "@@hole@@";

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "3", "1e999", "-1e999", "1e-999", "2147483647", "2147483648", "9223372036854775808",
        "123456789012345678901234567890", "1.5", "0.1e1", "NaN", "Infinity", "-", "01", "0x10", "''",
        "\"\"", "\" \"", "\"a\"", "\"-\"", "\"nan\"", "\"inf\"", "\"1e400\"", "\"0,5\"", "\"1e-320\"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\u202e\uFFFF\"", "\"a\\u0301\\u200b\"", "\"\u0130\u0131\u00df\"", "\"\\x41\"",
        "\"../../etc/passwd\"", "\"s3://../..\"", "\"file:///etc/passwd\"", "\"<img src=x onerror=alert(1)>\"", "\"'; DROP TABLE tuning_jobs; --\"",
        "\"$(touch /tmp/x)\"", "\"(a+)+$\"", "\"(\"", "\"Bayesian\"", "\"Grid\"", "\"Hyperband\"", "\"Logarithmic\"", "\"ReverseLogarithmic\"",
        "\"InProgress\"", "\"fuzz\"", "\"2024-01-01T00:00:00Z\"",
        "[]", "{}", "[null]", "[[]]", "[{}]", "{\"\":null}", "[\"a\",\"a\"]", "{\"a\":\"b\"}", "[1,2", "{\"a\"}", "{]",
    ];

    private readonly Random _random = new(seed);

    public byte[] Mutate(JsonObject valid)
    {
        var body = valid.DeepClone();
        var text = "";
        for (var change = _random.Next(4) / 3; change >= 0; change--)
        {
            text = _random.Next(8) switch
            {
                0 => Drop(body),
                1 => Double(body),
                2 => AddMember(body),
                _ => Replace(body),
            };
            try
            {
                body = JsonNode.Parse(text);
                // Read through: parsing looks at texts and doubled members only when they are needed.
                _ = body?.ToJsonString();
                _ = Places(body);
            }
            catch (Exception broken) when (broken is System.Text.Json.JsonException or InvalidOperationException or ArgumentException)
            {
                // What is no longer JSON, or no Unicode, or has a member twice, takes no further change.
                break;
            }
        }

        return Bytes(Encoding.UTF8.GetBytes(text));
    }

    private string Fragment() => _random.Next(24) switch
    {
        0 => new string('[', 2000),
        1 => string.Concat(Enumerable.Repeat("{\"a\":", 500)) + "1" + new string('}', 500),
        2 => string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40)),
        3 => $"\"{new string('x', _random.Next(1, 200_000))}\"",
        4 => $"\"{string.Concat(Enumerable.Repeat("\\ud83d\\ude00", _random.Next(1, 2000)))}\"",
        5 => new string('9', _random.Next(1, 5000)),
        6 => $"[{string.Join(',', Enumerable.Repeat("\"v\"", _random.Next(1, 3000)))}]",
        _ => Values[_random.Next(Values.Length)],
    };

    private string Replace(JsonNode? body)
    {
        if (Places(body) is not { Count: > 0 } places)
        {
            return Fragment();
        }

        var (parent, key) = places[_random.Next(places.Count)];
        var fragment = Fragment();
        if (_random.Next(3) > 0 && At(parent, key) is { } old)
        {
            // Mostly something of the same form, or nothing would come past the reading.
            var form = FormOf(old.ToJsonString());
            while (FormOf(fragment) != form)
            {
                fragment = Fragment();
            }
        }

        Put(parent, key, Hole);
        return Fill(body, $"\"{Hole}\"", fragment);
    }

    private string Drop(JsonNode? body)
    {
        if (Places(body) is { Count: > 0 } places)
        {
            var (parent, key) = places[_random.Next(places.Count)];
            if (parent is JsonObject members)
            {
                members.Remove((string)key);
            }
            else
            {
                parent.AsArray().RemoveAt((int)key);
            }
        }

        return Fill(body, "", "");
    }

    private string Double(JsonNode? body)
    {
        var places = Places(body);
        if (places.Count == 0)
        {
            return Fragment();
        }

        var (parent, key) = places[_random.Next(places.Count)];
        if (parent is JsonArray list)
        {
            for (var copies = _random.Next(1, 120); copies > 0; copies--)
            {
                list.Add(list[(int)key]?.DeepClone());
            }

            return Fill(body, "", "");
        }

        var twin = $"\"{(string)key}\":{(_random.Next(2) == 0 ? parent[(string)key]?.ToJsonString() ?? "null" : Fragment())}";
        parent.AsObject()[Hole] = null;
        return Fill(body, $"\"{Hole}\":null", twin);
    }

    private string AddMember(JsonNode? body)
    {
        var objects = Places(body).Select(place => place.Parent).OfType<JsonObject>().Distinct().ToList();
        if (objects.Count == 0)
        {
            return Fragment();
        }

        objects[_random.Next(objects.Count)][Hole] = null;
        string[] names = ["Unknown", "", "__type", "$type", "$ref", "\\u0000", "\\ud800", "WarmStartConfig", "Autotune", "Tags", "trainingjobdefinition"];
        return Fill(body, $"\"{Hole}\":null", $"\"{names[_random.Next(names.Length)]}\":{Fragment()}");
    }

    private byte[] Bytes(byte[] body)
    {
        switch (_random.Next(30))
        {
            case 0:
                return body[.._random.Next(body.Length + 1)];
            case 1 when body.Length > 0:
                body[_random.Next(body.Length)] = (byte)_random.Next(256);
                return body;
            case 2:
                var at = _random.Next(body.Length + 1);
                byte[][] bad = [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80], [0x00], [0xEF, 0xBB, 0xBF]];
                return [.. body[..at], .. bad[_random.Next(bad.Length)], .. body[at..]];
            default:
                return body;
        }
    }

    private static string Fill(JsonNode? body, string hole, string fragment)
    {
        var text = body?.ToJsonString() ?? "null";
        return hole.Length == 0 ? text : text.Replace(hole, fragment, StringComparison.Ordinal);
    }

    /// <summary>Every member and item, wherever it lies.</summary>
    private static List<(JsonNode Parent, object Key)> Places(JsonNode? node)
    {
        var found = new List<(JsonNode, object)>();
        Collect(node);
        return found;

        void Collect(JsonNode? at)
        {
            if (at is JsonObject members)
            {
                foreach (var (name, value) in members)
                {
                    found.Add((at, name));
                    Collect(value);
                }
            }
            else if (at is JsonArray items)
            {
                foreach (var (index, value) in items.Index())
                {
                    found.Add((at, index));
                    Collect(value);
                }
            }
        }
    }

    /// <summary>A text, a list, an object, or a number or word.</summary>
    private static char FormOf(string json) => json[0] is '"' or '[' or '{' ? json[0] : '0';

    private static JsonNode? At(JsonNode parent, object key) => parent is JsonObject members ? members[(string)key] : parent[(int)key];

    private static void Put(JsonNode parent, object key, string value)
    {
        if (parent is JsonObject members)
        {
            members[(string)key] = value;
        }
        else
        {
            parent.AsArray()[(int)key] = value;
        }
    }
}
