using System.CommandLine;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Rekindle.Cli.Watching;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle logs</c></summary>
internal static class LogsCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static Command Create(Shell shell)
    {
        var job = JobArgument.TrainingJob();
        var follow = new Option<bool>("--follow", "-f") { Description = "Print new lines as they come, until the training job ends; a server that is restarted meanwhile is waited for" };
        var command = new TaughtCommand(
            "logs", "Print what a training job has written",
            "rekindle logs my-tuning-job-003-1f2e3d4c", "rekindle logs my-tuning-job-003-1f2e3d4c --follow") { job, follow };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var name = result.GetRequiredValue(job);
            var all = new List<OutputLogEvent>();
            GetLogEventsResponse? last = null;
            await foreach (var page in PagesAsync(shell, connection, name, result.GetValue(follow), cancellationToken))
            {
                last = page;
                if (options.IsJson(result))
                {
                    all.AddRange(page.Events ?? []);
                }
                else
                {
                    foreach (var line in page.Events ?? [])
                    {
                        await shell.Out.WriteLineAsync(line.Message);
                    }

                    await shell.Out.FlushAsync(cancellationToken);
                }
            }

            if (options.IsJson(result))
            {
                await options.PrintJsonAsync(last! with { Events = all });
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async IAsyncEnumerable<GetLogEventsResponse> PagesAsync(
        Shell shell,
        Connection connection,
        string name,
        bool follow,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        var endurance = new Endurance(shell);
        while (true)
        {
            // Asked before the log is read: what was written before the end is then in the page.
            var ended = !follow || StatusStyle.IsTerminal((await AskAsync(() => connection.DescribeTrainingJobAsync(name, cancellationToken))).TrainingJobStatus);
            GetLogEventsResponse page;
            do
            {
                page = await AskAsync(() => connection.ReadLogAsync(name, token, cancellationToken));
                var isNew = page.NextForwardToken != token;
                token = page.NextForwardToken;
                yield return page;
                if (!isNew)
                {
                    break;
                }
            }
            while (page.Events is { Count: > 0 });
            if (ended)
            {
                yield break;
            }

            await Task.Delay(Interval, shell.Clock, cancellationToken);
        }

        // Who asks once wants to hear at once.
        Task<T> AskAsync<T>(Func<Task<T>> ask) => follow ? endurance.AskAsync(ask, cancellationToken) : ask();
    }
}
