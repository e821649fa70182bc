using System.CommandLine;
using Rekindle.Cli.Demo;
using Rekindle.Server;
using Spectre.Console;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle demo</c></summary>
internal static class DemoCommand
{
    public static Command Create(Shell shell)
    {
        var keep = new Option<bool>("--keep") { Description = "Leave the server up afterwards, until Ctrl-C" };
        var command = new TaughtCommand(
            "demo",
            "See it at work: a parent tuning job and two warm-started children train real image classifiers, in about two minutes",
            "rekindle demo", "rekindle demo --keep") { keep };
        command.SetAction((result, cancellationToken) => RunAsync(shell, result.GetValue(keep), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Shell shell, bool keep, CancellationToken cancellationToken)
    {
        var digits = DemoData.Find(AppContext.BaseDirectory);
        var folder = Directory.CreateTempSubdirectory("rekindle-demo-").FullName;
        try
        {
            await using var server = await ServerStart.StartAsync(
                new ServerOptions
                {
                    Url = "http://127.0.0.1:0",
                    DataFolder = folder,
                    FileRoots = [folder, digits],
                    BuiltIns = BuiltInPrograms.Commands,
                    LogLevel = "Error",
                    EndsOnSignal = false,
                },
                cancellationToken);
            using var connection = new Connection(server.Url, shell);
            var run = new DemoRun(shell, connection, new DemoJobs(digits));
            try
            {
                await run.RunAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                await run.StopAsync();
                throw;
            }

            if (keep)
            {
                await KeepAsync(shell, server.Url, cancellationToken);
            }
        }
        finally
        {
            await CleanUpAsync(shell, folder, () => Directory.Delete(folder, recursive: true));
        }

        return ExitCodes.Success;
    }

    private static async Task KeepAsync(Shell shell, Uri url, CancellationToken cancellationToken)
    {
        var address = url.ToString().TrimEnd('/');
        shell.Console.WriteLine();
        shell.Console.WriteLine($"The server is still up at {address}, until Ctrl-C. Look at it from another terminal:", new Style(decoration: Decoration.Bold));
        // Text to copy: not to be wrapped.
        await shell.Out.WriteLineAsync(
            $"""

              export REKINDLE_ENDPOINT={address}
              rekindle jobs
              rekindle best {DemoJobs.Child}
              rekindle trials {DemoJobs.Transfer}

            With boto3:

              import boto3
              client = boto3.client("sagemaker", endpoint_url="{address}", region_name="us-east-1",
                                    aws_access_key_id="any", aws_secret_access_key="any")
              client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="{DemoJobs.Child}")["OverallBestTrainingJob"]

            """);
        await shell.Out.FlushAsync(cancellationToken);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, shell.Clock, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The way it is meant to end.
        }
    }

    /// <summary>What can't be removed, because a program still writes there, is no reason to call the demo failed.</summary>
    internal static async Task CleanUpAsync(Shell shell, string folder, Action remove)
    {
        try
        {
            remove();
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody was faster.
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            await shell.Error.WriteLineAsync($"note: The demo's folder {folder} could not be removed: {problem.Message}");
        }
    }
}
