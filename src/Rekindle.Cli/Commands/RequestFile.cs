using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rekindle.Api;
using Rekindle.Api.Shapes;

namespace Rekindle.Cli.Commands;

/// <summary>A tuning job's request in a file, or on standard input.</summary>
internal static class RequestFile
{
    private const string StandardInput = "-";

    /// <summary>A misspelt member would silently be left out; boto3 and the AWS CLI refuse it too.</summary>
    private static readonly JsonSerializerOptions Strict = new(ApiJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    public static Argument<string> Argument() =>
        new("REQUEST.json") { Description = "A CreateHyperParameterTuningJob request; - reads standard input" };

    /// <exception cref="CommandException">The file can't be read or holds no request.</exception>
    public static async Task<CreateHyperParameterTuningJobRequest> ReadAsync(Shell shell, string file, CancellationToken cancellationToken)
    {
        var name = file == StandardInput ? "standard input" : file;
        try
        {
            // A terminal's reader can't be cancelled; it is left behind.
            var text = file == StandardInput
                ? await Task.Run(shell.In.ReadToEnd, CancellationToken.None).WaitAsync(cancellationToken)
                : await File.ReadAllTextAsync(file, cancellationToken);
            return (CreateHyperParameterTuningJobRequest)ApiJson.Deserialize(
                Encoding.UTF8.GetBytes(text), Strict.GetTypeInfo(typeof(CreateHyperParameterTuningJobRequest)));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException("FileUnreadable", $"{name} can't be read: {problem.Message}", inner: problem);
        }
        catch (ApiJsonException problem)
        {
            throw new CommandException(
                problem.IsUnknownMember ? "UnknownMember" : "SerializationException", $"{name}: {problem.Message}", inner: problem);
        }
    }
}
