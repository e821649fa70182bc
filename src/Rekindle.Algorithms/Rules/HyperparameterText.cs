using System.Text.Json;

namespace Rekindle.Algorithms.Rules;

/// <summary>What all algorithms do alike with the names and texts of hyperparameters.</summary>
internal static class HyperparameterText
{
    /// <summary>Keys that the platform adds for itself.</summary>
    public static bool IsPlumbing(string name) =>
        name.StartsWith("sagemaker_", StringComparison.Ordinal) || name.StartsWith("_tuning_", StringComparison.Ordinal);

    /// <summary>Without the quotes of JSON: framework estimators of the Python SDK send every value encoded, <c>"\"sgd\""</c>.</summary>
    public static string Unquoted(string value)
    {
        if (value is not ['"', .., '"']) return value;
        try
        {
            return JsonSerializer.Deserialize(value, PlainText.Default.String) ?? value;
        }
        catch (JsonException)
        {
            // Only looks quoted: the value is then refused by its own rule, as it was given.
            return value;
        }
    }

    /// <summary>The sentence on a name that an algorithm has no hyperparameter for.</summary>
    public static string Unknown(string name, IEnumerable<string> known, string algorithm)
    {
        var nearest = known.MinBy(other => Distance(name, other))!;
        var hint = Distance(name, nearest) <= Math.Max(2, name.Length / 3) ? $"; did you mean {nearest}?" : ".";
        return $"{name}: no such hyperparameter in {algorithm}{hint}";
    }

    /// <summary>One error that tells all that is wrong.</summary>
    public static void ThrowIfAny(IReadOnlyList<string> errors)
    {
        if (errors.Count == 0) return;
        var count = errors.Count == 1 ? "1 hyperparameter is" : $"{errors.Count} hyperparameters are";
        throw new ClientErrorException($"{count} not valid: {string.Join(' ', errors)}");
    }

    /// <summary>Levenshtein's edit distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}

/// <summary>JSON texts without reflection, which would cost each training start some 30 ms.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class PlainText : System.Text.Json.Serialization.JsonSerializerContext;
