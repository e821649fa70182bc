using System.CommandLine;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Rekindle.Cli.Watching;
using Spectre.Console;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle trials</c></summary>
internal static class TrialsCommand
{
    public static Command Create(Shell shell)
    {
        var job = JobArgument.TuningJob();
        var command = new TaughtCommand(
            "trials", "List the training jobs of a tuning job, with what was tried and what came out",
            "rekindle trials my-tuning-job") { job };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var name = result.GetRequiredValue(job);
            if (options.IsJson(result))
            {
                var summaries = await connection.ListTrainingJobsAsync(name, cancellationToken);
                await options.PrintJsonAsync(new ListTrainingJobsForHyperParameterTuningJobResponse { TrainingJobSummaries = summaries });
                return ExitCodes.Success;
            }

            var picture = await new TuningWatch(connection, name).LookAsync(cancellationToken);
            var origins = Origins.ByTrainingJob(await connection.ListSuggestionsAsync(name, cancellationToken));
            shell.Console.Write(TrainingTable.Render(picture, shell.Console.Profile.Width, fullNames: true, origins: origins));
            shell.Console.WriteLine(picture.TrainingJobs.Count == 0 ? "No training jobs yet." : TuningBoard.BestText(picture));
            foreach (var reason in FailureReasons.Of(picture.TrainingJobs.Select(view => view.Summary), picture.Metric))
            {
                shell.Console.WriteLine(reason);
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
