using System.CommandLine;
using Spectre.Console;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle stop</c></summary>
internal static class StopCommand
{
    public static Command Create(Shell shell)
    {
        var job = JobArgument.TuningJob();
        var command = new TaughtCommand(
            "stop", "Stop a tuning job and its running training jobs; what has been found stays", "rekindle stop my-tuning-job") { job };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var name = result.GetRequiredValue(job);
            var answer = await connection.StopTuningJobAsync(name, cancellationToken);
            if (options.IsJson(result))
            {
                await options.PrintJsonAsync(answer);
            }
            else
            {
                shell.Console.WriteLine($"{name} is stopping. See: rekindle watch {name}");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
