using System.CommandLine;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle describe</c></summary>
internal static class DescribeCommand
{
    public static Command Create(Shell shell)
    {
        var job = JobArgument.TuningJob();
        var command = new TaughtCommand(
            "describe", "Show a tuning job: what it searches, how far it is, its best training job",
            "rekindle describe my-tuning-job", "rekindle describe my-tuning-job --json | jq .BestTrainingJob") { job };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var name = result.GetRequiredValue(job);
            var description = await connection.DescribeTuningJobAsync(name, cancellationToken);
            if (options.IsJson(result))
            {
                await options.PrintJsonAsync(description);
            }
            else
            {
                var warnings = await connection.WarmStartWarningsAsync(name, description.WarmStartConfig, cancellationToken);
                var counters = description.TrainingJobStatusCounters;
                var failed = (counters?.NonRetryableError ?? 0) + (counters?.RetryableError ?? 0) + (description.ObjectiveStatusCounters?.Failed ?? 0);
                var trainingJobs = failed > 0 ? await connection.ListTrainingJobsAsync(name, cancellationToken) : [];
                var suggestions = await connection.ListSuggestionsAsync(name, cancellationToken);
                var tags = description.HyperParameterTuningJobArn is { } arn ? await connection.FindTagsAsync(arn, cancellationToken) : [];
                shell.Console.Write(JobDescription.Render(description, tags, warnings, trainingJobs, suggestions, shell.Clock.GetUtcNow()));
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
