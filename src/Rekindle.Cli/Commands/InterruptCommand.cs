using System.CommandLine;
using Spectre.Console;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle interrupt</c></summary>
internal static class InterruptCommand
{
    public static Command Create(Shell shell)
    {
        var job = JobArgument.TrainingJob();
        var command = new TaughtCommand(
            "interrupt",
            "Interrupt a training job with managed spot training, to see whether its program resumes: it ends as if its place were needed, and starts again when there is room",
            "rekindle interrupt my-training-job") { job };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var answer = await connection.InterruptTrainingJobAsync(result.GetRequiredValue(job), cancellationToken);
            if (options.IsJson(result))
            {
                await options.PrintJsonAsync(answer);
            }
            else
            {
                var next = answer.HasCheckpoints is true
                    ? "The next one finds its checkpoints and goes on."
                    : "It has no CheckpointConfig: the next one begins at the beginning.";
                shell.Console.WriteLine($"{answer.TrainingJobName}: its program is told to end (SIGTERM, 120 seconds). {next}");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
