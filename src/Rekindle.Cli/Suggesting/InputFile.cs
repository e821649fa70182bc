using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Rekindle.Api;

namespace Rekindle.Cli.Suggesting;

/// <summary>Reads a JSON file as the server reads a request, and refuses it with everything that is wrong at once.</summary>
internal static class InputFile
{
    /// <summary>A misspelt member would silently be left out.</summary>
    private static readonly JsonSerializerOptions Strict = new(ApiJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ApiJson.Options.TypeInfoResolver, SuggestJsonContext.Default),
    };

    /// <exception cref="CommandException">The file can't be read, or is no JSON of that form.</exception>
    public static async Task<T> ReadAsync<T>(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (T)ApiJson.Deserialize(NonFinite.Quote(await File.ReadAllBytesAsync(path, cancellationToken)), Strict.GetTypeInfo(typeof(T)));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException("FileUnreadable", $"{path} can't be read: {problem.Message}", inner: problem);
        }
        catch (ApiJsonException problem)
        {
            throw new CommandException("SerializationException", $"{path}: {problem.Message}", inner: problem);
        }
    }

    /// <exception cref="CommandException">There is any problem.</exception>
    public static void Demand(string path, IReadOnlyCollection<string> problems)
    {
        if (problems.Count > 0)
        {
            var count = problems.Count == 1 ? "1 problem" : $"{problems.Count} problems";
            throw new CommandException("ValidationException", $"{path} has {count}:{string.Concat(problems.Select(p => $"\n  {p}"))}");
        }
    }
}
