using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekindle.Optimization;

namespace Rekindle.Cli.Suggesting;

/// <summary>Answers JSON lines: one request a line, one answer a line, in order. What is wrong is answered, and the loop goes on.</summary>
internal sealed class SuggestLoop(SearchSession session)
{
    /// <summary>More at once than any machine runs; far more would only look like a search that hangs.</summary>
    private const int MostAtOnce = 1000;

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public async Task RunAsync(TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        for (var number = 1; await ReadLineAsync(input, cancellationToken) is { } line; number++)
        {
            var answer = Answer(line, number, cancellationToken);
            await output.WriteLineAsync(answer.ToJsonString(OneLine).AsMemory(), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
    }

    /// <summary>A console's reader blocks whatever it is told, and an interrupted program should not wait for a line to come.</summary>
    private static Task<string?> ReadLineAsync(TextReader input, CancellationToken cancellationToken) =>
        Task.Run(() => input.ReadLineAsync(cancellationToken).AsTask(), cancellationToken).WaitAsync(cancellationToken);

    private JsonObject Answer(string line, int number, CancellationToken cancellationToken)
    {
        try
        {
            using var request = JsonDocument.Parse(NonFinite.Quote(Encoding.UTF8.GetBytes(line)), Strict);
            return request.RootElement.ValueKind == JsonValueKind.Object
                ? Answer(request.RootElement, cancellationToken)
                : throw new RequestException("A request is a JSON object.");
        }
        catch (RequestException problem)
        {
            return Error(problem.Message, number);
        }
        catch (JsonException problem)
        {
            return Error(string.IsNullOrWhiteSpace(line) ? "The line is empty." : $"This is no JSON: {FirstSentence(problem.Message)}", number);
        }
        catch (InvalidOperationException)
        {
            // The reader's way to complain about half of a surrogate pair.
            return Error("The request holds text that is not valid Unicode.", number);
        }
    }

    private JsonObject Answer(JsonElement request, CancellationToken cancellationToken) => Text(request, "op") switch
    {
        "ask" => Ask(request, cancellationToken),
        "tell" => Tell(request),
        "report" => Report(request),
        "best" => Best(),
        null => throw new RequestException("op is missing. Known: ask, tell, report, best."),
        var other => throw new RequestException($"There is no op '{SearchSession.Shorten(other)}'. Known: ask, tell, report, best."),
    };

    private JsonObject Ask(JsonElement request, CancellationToken cancellationToken)
    {
        var count = 1;
        if (request.TryGetProperty("count", out var wanted)
            && (wanted.ValueKind != JsonValueKind.Number || !wanted.TryGetInt32(out count) || count is < 1 or > MostAtOnce))
        {
            throw new RequestException($"count must be a whole number from 1 to {MostAtOnce}.");
        }

        var (suggestions, time) = session.Ask(count, cancellationToken);
        var answer = new JsonObject
        {
            ["suggestions"] = new JsonArray([.. suggestions.Select(s => (JsonNode)new JsonObject
            {
                ["id"] = s.Id,
                ["HyperParameters"] = Write(s.Suggestion.Configuration),
                ["Origin"] = Write(s.Suggestion.Origin),
            })]),
        };
        if (suggestions.Count == 0)
        {
            answer["exhausted"] = true;
        }

        answer["seconds"] = Math.Round(time.TotalSeconds, 6);
        return answer;
    }

    private JsonObject Tell(JsonElement request)
    {
        if (!request.TryGetProperty("value", out var told))
        {
            throw new RequestException("value is missing. Send null for a failed evaluation.");
        }

        double? value = told.ValueKind == JsonValueKind.Number && double.IsFinite(told.GetDouble()) ? told.GetDouble() : null;
        if (Id(request) is { } id)
        {
            session.Tell(id, value);
            return new JsonObject { ["ok"] = true };
        }

        return request.TryGetProperty("HyperParameters", out var hyperParameters)
            ? new JsonObject { ["ok"] = true, ["id"] = session.TellOutside(Read(hyperParameters), value) }
            : throw new RequestException("tell needs the id of a suggestion, or HyperParameters.");
    }

    private JsonObject Report(JsonElement request)
    {
        var id = Id(request) ?? throw new RequestException("report needs the id of a suggestion.");
        var resource = Number(request, "resource") ?? throw new RequestException("report needs a resource, such as the epoch.");
        if (!request.TryGetProperty("value", out _))
        {
            throw new RequestException("report needs a value.");
        }

        // A value that is no number says nothing, and stops nothing.
        var stop = session.Report(id, resource, Number(request, "value") ?? double.NaN);
        return new JsonObject { ["ok"] = true, ["decision"] = stop ? "stop" : "continue" };
    }

    private JsonObject Best() => session.Best() is var (id, configuration, value)
        ? new JsonObject { ["id"] = id, ["HyperParameters"] = Write(configuration), ["value"] = value }
        : throw new RequestException("No value was told yet.");

    private static JsonObject Write(Configuration configuration) =>
        new(configuration.Values.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    private static string Write(SuggestionOrigin origin) => origin switch
    {
        SuggestionOrigin.InitialDesign => "initial-design",
        SuggestionOrigin.Model => "model",
        SuggestionOrigin.Parent => "parent",
        SuggestionOrigin.Grid => "grid",
        _ => "random",
    };

    private static Configuration Read(JsonElement hyperParameters) =>
        hyperParameters.ValueKind == JsonValueKind.Object && hyperParameters.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String)
            ? new Configuration(hyperParameters.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!)))
            : throw new RequestException("HyperParameters must be an object of texts, such as {\"eta\": \"0.1\"}.");

    /// <summary>An id as text, or as the whole number it looks like.</summary>
    private static string? Id(JsonElement request) => !request.TryGetProperty("id", out var id) ? null : id.ValueKind switch
    {
        JsonValueKind.String => id.GetString(),
        JsonValueKind.Number => id.GetRawText(),
        _ => throw new RequestException("id must be a text."),
    };

    private static string? Text(JsonElement request, string name) => !request.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new RequestException($"{name} must be a text.");

    private static double? Number(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static JsonObject Error(string message, int line) => new() { ["error"] = message, ["line"] = line };

    /// <summary>Without the position in the text, which has one line only.</summary>
    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
