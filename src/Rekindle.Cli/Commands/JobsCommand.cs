using System.CommandLine;
using System.Globalization;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Spectre.Console;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle jobs</c></summary>
internal static class JobsCommand
{
    private const int DefaultLimit = 50;

    public static Command Create(Shell shell)
    {
        var limit = new Option<int>("--limit") { Description = "Most tuning jobs to list", HelpName = "N", DefaultValueFactory = _ => DefaultLimit };
        limit.DemandWhole(1);
        var command = new TaughtCommand("jobs", "List the tuning jobs, newest first", "rekindle jobs", "rekindle jobs --json --limit 500") { limit };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var jobs = await connection.ListTuningJobsAsync(result.GetValue(limit), cancellationToken);
            if (options.IsJson(result))
            {
                await options.PrintJsonAsync(new ListHyperParameterTuningJobsResponse { HyperParameterTuningJobSummaries = jobs });
            }
            else if (jobs.Count == 0)
            {
                shell.Console.WriteLine("No tuning jobs yet. Create one with: rekindle create REQUEST.json");
            }
            else
            {
                shell.Console.Write(FittingTable.Choose(
                    shell.Console.Profile.Width, Wide(jobs, strategy: true), Wide(jobs, strategy: false), Narrow(jobs)));
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static FittingTable Wide(IReadOnlyList<HyperParameterTuningJobSummary> jobs, bool strategy)
    {
        List<Column> columns = [new("Tuning job"), new("Status"), new("Training jobs", IsNumber: true), new("Failed", IsNumber: true), new("Created (UTC)")];
        if (strategy)
        {
            columns.Add(new Column("Strategy"));
        }

        return new FittingTable(columns, [.. jobs.Select(job => (IReadOnlyList<Cell>)
        [
            .. Start(job),
            (job.TrainingJobStatusCounters?.NonRetryableError + job.TrainingJobStatusCounters?.RetryableError ?? 0).ToString(CultureInfo.InvariantCulture),
            ShortText.Moment(job.CreationTime),
            .. strategy ? (Cell[])[job.Strategy ?? ""] : [],
        ])]);
    }

    private static FittingTable Narrow(IReadOnlyList<HyperParameterTuningJobSummary> jobs) => new(
        [new("Tuning job"), new("Status"), new("Jobs", IsNumber: true)], [.. jobs.Select(Start)]);

    private static IReadOnlyList<Cell> Start(HyperParameterTuningJobSummary job)
    {
        var counters = job.TrainingJobStatusCounters ?? new TrainingJobStatusCounters();
        var ended = (counters.Completed ?? 0) + (counters.RetryableError ?? 0) + (counters.NonRetryableError ?? 0) + (counters.Stopped ?? 0);
        return
        [
            job.HyperParameterTuningJobName ?? "",
            new(job.HyperParameterTuningJobStatus ?? "", StatusStyle.Of(job.HyperParameterTuningJobStatus)),
            string.Create(CultureInfo.InvariantCulture, $"{ended}/{job.ResourceLimits?.MaxNumberOfTrainingJobs?.ToString(CultureInfo.InvariantCulture) ?? "?"}"),
        ];
    }
}
