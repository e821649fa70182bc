using System.CommandLine;
using Spectre.Console;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle create</c></summary>
internal static class CreateCommand
{
    public static Command Create(Shell shell)
    {
        var file = RequestFile.Argument();
        var command = new TaughtCommand(
            "create", "Create a tuning job from a request as the AWS CLI takes it with --cli-input-json",
            "rekindle create request.json", "jq '.HyperParameterTuningJobName = \"second\"' request.json | rekindle create -") { file };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            var request = await RequestFile.ReadAsync(shell, result.GetRequiredValue(file), cancellationToken);
            using var connection = options.Connect(result);
            var answer = await connection.CreateTuningJobAsync(request, cancellationToken);
            if (options.IsJson(result))
            {
                await options.PrintJsonAsync(answer);
            }
            else
            {
                var name = request.HyperParameterTuningJobName!;
                foreach (var warning in await connection.WarmStartWarningsAsync(name, request.WarmStartConfig, cancellationToken))
                {
                    await shell.Error.WriteLineAsync($"warning: {warning}");
                }

                shell.Console.WriteLine($"{name} is created. See: rekindle watch {name}");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
