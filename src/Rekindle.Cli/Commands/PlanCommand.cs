using System.CommandLine;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle plan</c></summary>
internal static class PlanCommand
{
    public static Command Create(Shell shell)
    {
        var file = RequestFile.Argument();
        var command = new TaughtCommand(
            "plan",
            "Show what creating a tuning job would do, and create nothing: whether it is accepted and every reason why not, what counts towards "
            + "the limits of a warm start, what it can use of each parent, what it would try first. Exit code 0: accepted; 1: refused",
            "rekindle plan request.json",
            "rekindle plan request.json && rekindle create request.json",
            "rekindle plan request.json --json | jq '.Violations[].Message'") { file };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            var request = await RequestFile.ReadAsync(shell, result.GetRequiredValue(file), cancellationToken);
            using var connection = options.Connect(result);
            var preview = await connection.PreviewWarmStartAsync(request, cancellationToken);
            if (options.IsJson(result))
            {
                await options.PrintJsonAsync(preview);
            }
            else
            {
                foreach (var part in PlanReport.Render(request, preview, shell.Console.Profile.Width))
                {
                    shell.Console.Write(part);
                }
            }

            return preview.Accepted == true ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }
}
