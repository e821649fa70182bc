using Spectre.Console;

namespace Rekindle.Cli.Watching;

/// <summary>Follows a tuning job to its end: redraws a screen, or prints a line per change where there is none.</summary>
internal static class Follower
{
    /// <returns>The tuning job as it ended.</returns>
    public static async Task<TuningPicture> FollowAsync(
        Shell shell, Connection connection, string tuningJob, TimeSpan interval, CancellationToken cancellationToken)
    {
        var watch = new TuningWatch(connection, tuningJob);
        var endurance = new Endurance(shell);
        var first = await endurance.AskAsync(() => watch.LookAsync(cancellationToken), cancellationToken);
        var console = shell.Console;
        if (shell.IsLive)
        {
            return await console.Live(Board(console, first)).StartAsync(display => LoopAsync(picture =>
            {
                display.UpdateTarget(Board(console, picture));
                display.Refresh();
            }));
        }

        TuningPicture? before = null;
        return await LoopAsync(picture =>
        {
            foreach (var line in ChangeLines.Between(before, picture))
            {
                shell.Out.WriteLine(line);
            }

            shell.Out.Flush();
            before = picture;
        });

        async Task<TuningPicture> LoopAsync(Action<TuningPicture> show)
        {
            var picture = first;
            while (true)
            {
                show(picture);
                if (picture.HasEnded)
                {
                    return picture;
                }

                await Task.Delay(interval, shell.Clock, cancellationToken);
                picture = await endurance.AskAsync(() => watch.LookAsync(cancellationToken), cancellationToken);
            }
        }
    }

    private static Spectre.Console.Rendering.IRenderable Board(IAnsiConsole console, TuningPicture picture) =>
        TuningBoard.Render(picture, console.Profile.Width, console.Profile.Height);
}
