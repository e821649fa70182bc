using System.CommandLine;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Spectre.Console;
using static System.FormattableString;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle replay</c></summary>
internal static class ReplayCommand
{
    /// <summary>Whoever waits longer than this wants to know how far it is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static Command Create(Shell shell)
    {
        var job = JobArgument.TuningJob();
        var command = new TaughtCommand(
            "replay",
            "Make every suggestion of a tuning job again from what it knew then, and report the first that comes out differently. The exit "
            + "code is 0 when all are the same, and 1 when one differs or none can be made again",
            "rekindle replay my-tuning-job", "rekindle replay my-tuning-job --json | jq .Difference") { job };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var replay = await ReplayAsync(connection, result.GetRequiredValue(job), shell, cancellationToken);
            await options.ShowAsync(result, replay, answer => Print(shell, answer));
            return replay.Difference is null && (replay.Same > 0 || replay.Unknown == 0) ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    /// <summary>Asks for one stretch after the other; the answer counts them all.</summary>
    private static async Task<ReplayTuningJobResponse> ReplayAsync(
        Connection connection, string job, Shell shell, CancellationToken cancellationToken)
    {
        var start = shell.Clock.GetTimestamp();
        var (same, unknown, next) = (0, 0, (int?)1);
        while (true)
        {
            var stretch = await connection.ReplayTuningJobAsync(job, next.Value, cancellationToken);
            same += stretch.Same ?? 0;
            unknown += stretch.Unknown ?? 0;
            next = stretch.NextLaunchIndex;
            if (next is null)
            {
                return stretch with { Same = same, Unknown = unknown };
            }

            if (shell.Clock.GetElapsedTime(start) >= Patience)
            {
                await shell.Error.WriteLineAsync(Invariant($"{same + unknown} of {stretch.TrainingJobs} suggestions, no difference so far"));
            }
        }
    }

    private static void Print(Shell shell, ReplayTuningJobResponse replay)
    {
        if (replay.Difference is not { } difference)
        {
            shell.Console.WriteLine(Verdict(replay));
            return;
        }

        shell.Console.WriteLine(Invariant(
            $"The suggestion of {difference.TrainingJobName}, number {difference.LaunchIndex}, comes out differently; {replay.Same} before it are the same."));
        var rows = (difference.Facts ?? []).Select(fact => (IReadOnlyList<Cell>)[fact.Name!, fact.Stored ?? "", fact.Again ?? ""]);
        shell.Console.Write(new FittingTable([new("What"), new("Stored"), new("Again")], [.. rows]).Render());
        if (difference.Engine != replay.Engine)
        {
            shell.Console.WriteLine($"It was made by version {difference.Engine} of the search, and again by {replay.Engine}.");
        }
    }

    private static string Verdict(ReplayTuningJobResponse replay) => replay switch
    {
        { Same: 0, Unknown: 0 } => "No suggestions yet.",
        { Unknown: 0 } => Invariant($"All {replay.Same} suggestions are the same."),
        { Same: 0 } => Invariant($"None of the {replay.Unknown} suggestions can be made again: it was not kept what they knew."),
        _ => Invariant($"All {replay.Same} suggestions that can be made again are the same; of {replay.Unknown} it was not kept what they knew."),
    };
}
