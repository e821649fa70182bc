using System.CommandLine;
using Rekindle.Cli.Watching;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle watch</c></summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Create(Shell shell)
    {
        var job = JobArgument.TuningJob();
        var command = new TaughtCommand(
            "watch",
            "Follow a tuning job until it ends. A server that is restarted meanwhile is waited for. "
            + "Exit code 0: it ended well; 1: it failed; 3: the server was lost",
            "rekindle watch my-tuning-job") { job };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var name = result.GetRequiredValue(job);
            if (options.IsJson(result))
            {
                var ended = await EndAsync(shell, connection, name, cancellationToken);
                await options.PrintJsonAsync(ended);
                return ExitCode(ended.HyperParameterTuningJobStatus);
            }

            var picture = await Follower.FollowAsync(shell, connection, name, Interval, cancellationToken);
            return ExitCode(picture.Job.HyperParameterTuningJobStatus);
        });
        return command;
    }

    private static int ExitCode(string? status) => status is "Failed" or "DeleteFailed" ? ExitCodes.Failure : ExitCodes.Success;

    private static async Task<Api.Shapes.DescribeHyperParameterTuningJobResponse> EndAsync(
        Shell shell, Connection connection, string name, CancellationToken cancellationToken)
    {
        var endurance = new Endurance(shell);
        while (true)
        {
            var job = await endurance.AskAsync(() => connection.DescribeTuningJobAsync(name, cancellationToken), cancellationToken);
            if (Output.StatusStyle.IsTerminal(job.HyperParameterTuningJobStatus))
            {
                return job;
            }

            await Task.Delay(Interval, shell.Clock, cancellationToken);
        }
    }
}
