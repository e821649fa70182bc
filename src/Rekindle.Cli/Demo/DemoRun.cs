using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Rekindle.Cli.Watching;
using Spectre.Console;

namespace Rekindle.Cli.Demo;

/// <summary>Runs the three tuning jobs against a server, as any client would, and reports.</summary>
internal sealed class DemoRun(Shell shell, Connection connection, DemoJobs jobs)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private string? _running;

    /// <exception cref="CommandException">A tuning job failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var start = shell.Clock.GetTimestamp();
        var parent = await TuneAsync(
            jobs.ParentRequest, "1 of 3  A parent tuning job: 8 training jobs, 2 at a time, on 8x8 images of digits", cancellationToken);
        var child = await TuneAsync(
            jobs.ChildRequest, "2 of 3  Warm start with identical data and algorithm: starts from what the parent found", cancellationToken);
        var transfer = await TuneAsync(
            jobs.TransferRequest, "3 of 3  Warm start by transfer learning: the images are now varied more (augmentation_type)", cancellationToken);
        Headline("Result");
        shell.Console.Write(DemoReport.Render(
            parent, [child, transfer], shell.Console.Profile.Width, shell.Console.Profile.Capabilities.Unicode));
        shell.Console.WriteLine();
        var trained = parent.TrainingJobs.Count + child.TrainingJobs.Count + transfer.TrainingJobs.Count;
        shell.Console.WriteLine(FormattableString.Invariant(
            $"{trained} training jobs in {ShortText.Duration(shell.Clock.GetElapsedTime(start))}."));
    }

    /// <summary>Stops what runs and waits for its end, so that no training is left behind. For when the user has had enough.</summary>
    public async Task StopAsync()
    {
        if (_running is not { } name)
        {
            return;
        }

        using var patience = new CancellationTokenSource(StopPatience, shell.Clock);
        try
        {
            await shell.Error.WriteLineAsync($"Stopping {name} and its training jobs ...");
            await connection.StopTuningJobAsync(name, patience.Token);
            while (!StatusStyle.IsTerminal((await connection.DescribeTuningJobAsync(name, patience.Token)).HyperParameterTuningJobStatus))
            {
                await Task.Delay(Interval, shell.Clock, patience.Token);
            }
        }
        catch (ApiException)
        {
            // It had ended just before.
        }
        catch (OperationCanceledException)
        {
            throw new CommandException("StillRunning", $"The training jobs of {name} did not stop within {ShortText.Duration(StopPatience)}.");
        }
    }

    private async Task<TuningPicture> TuneAsync(CreateHyperParameterTuningJobRequest request, string headline, CancellationToken cancellationToken)
    {
        Headline(headline);
        // Before the request is sent: interrupted in between, the job may exist all the same.
        _running = request.HyperParameterTuningJobName!;
        await connection.CreateTuningJobAsync(request, cancellationToken);
        var picture = await Follower.FollowAsync(shell, connection, _running, Interval, cancellationToken);
        _running = null;
        if (picture.Job.HyperParameterTuningJobStatus == "Failed")
        {
            throw new CommandException("TuningJobFailed", $"{picture.Name}: {picture.Job.FailureReason}");
        }

        return picture;
    }

    private void Headline(string text)
    {
        shell.Console.WriteLine();
        shell.Console.WriteLine(text, new Style(decoration: Decoration.Bold));
    }
}
