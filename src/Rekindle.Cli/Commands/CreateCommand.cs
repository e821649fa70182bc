using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Spectre.Console;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle create</c></summary>
internal static class CreateCommand
{
    private const string StandardInput = "-";

    /// <summary>A misspelt member would silently be left out; boto3 and the AWS CLI refuse it too.</summary>
    private static readonly JsonSerializerOptions Strict = new(ApiJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("REQUEST.json") { Description = "A CreateHyperParameterTuningJob request; - reads standard input" };
        var command = new TaughtCommand(
            "create", "Create a tuning job from a request as the AWS CLI takes it with --cli-input-json",
            "rekindle create request.json", "jq '.HyperParameterTuningJobName = \"second\"' request.json | rekindle create -") { file };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            var request = await ReadAsync(shell, result.GetRequiredValue(file), cancellationToken);
            using var connection = options.Connect(result);
            var answer = await connection.CreateTuningJobAsync(request, cancellationToken);
            if (options.IsJson(result))
            {
                await options.PrintJsonAsync(answer);
            }
            else
            {
                var name = request.HyperParameterTuningJobName;
                shell.Console.WriteLine($"{name} is created. See: rekindle watch {name}");
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<CreateHyperParameterTuningJobRequest> ReadAsync(Shell shell, string file, CancellationToken cancellationToken)
    {
        var name = file == StandardInput ? "standard input" : file;
        try
        {
            var text = file == StandardInput
                ? await shell.In.ReadToEndAsync(cancellationToken)
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
            throw new CommandException("SerializationException", $"{name}: {problem.Message}", inner: problem);
        }
    }
}
