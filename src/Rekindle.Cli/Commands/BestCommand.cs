using System.CommandLine;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle best</c></summary>
internal static class BestCommand
{
    public static Command Create(Shell shell)
    {
        var job = JobArgument.TuningJob();
        var command = new TaughtCommand(
            "best", "Show the best training job of a tuning job, and after a warm start the best among its parents too",
            "rekindle best my-tuning-job", "rekindle best my-tuning-job --json | jq .BestTrainingJob.TunedHyperParameters") { job };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var name = result.GetRequiredValue(job);
            var description = await connection.DescribeTuningJobAsync(name, cancellationToken);
            if (options.IsJson(result))
            {
                // The two members as Describe has them, and nothing that would have to be cut away.
                await options.PrintJsonAsync(new DescribeHyperParameterTuningJobResponse
                {
                    BestTrainingJob = description.BestTrainingJob,
                    OverallBestTrainingJob = description.OverallBestTrainingJob,
                });
            }

            if (description is { BestTrainingJob: null, OverallBestTrainingJob: null })
            {
                throw new CommandException("NoBestTrainingJob", $"No training job of {name} has ended with an objective yet.");
            }

            if (!options.IsJson(result))
            {
                var facts = new Facts();
                JobDescription.AddBest(facts, "Best", description.BestTrainingJob);
                JobDescription.AddBest(facts, "Overall best", description.OverallBestTrainingJob);
                shell.Console.Write(facts.Render());
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
