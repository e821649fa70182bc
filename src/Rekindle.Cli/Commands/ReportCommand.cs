using System.CommandLine;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Rekindle.Optimization;
using Spectre.Console;
using static System.FormattableString;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle report</c></summary>
internal static class ReportCommand
{
    public static Command Create(Shell shell)
    {
        var job = JobArgument.TuningJob();
        var command = new TaughtCommand(
            "report",
            "Say whether a warm start paid: how soon the tuning job passed its parents' best, how many suggestions came from parents, and "
            + "whether parents and child rank near points alike",
            "rekindle report my-child", "rekindle report my-child --json | jq -r .Sentence") { job };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var report = await connection.ReportWarmStartAsync(result.GetRequiredValue(job), cancellationToken);
            await options.ShowAsync(result, report, answer => Print(shell, answer));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Print(Shell shell, WarmStartReportResponse report)
    {
        shell.Console.Write(new Text(report.Sentence + "\n\n", Style(report.Verdict)));
        var facts = new Facts();
        facts.Add("Tuning job", report.HyperParameterTuningJobName);
        facts.Add("Warm start", report.WarmStartType);
        facts.Add("Training jobs", Invariant($"{report.TrainingJobs}, {report.Results} with a result"));
        facts.Add("Best", Of(report.Best));
        facts.Add("Parents' best", Of(report.ParentsBest));
        facts.Add("Passed it with", report.TrainingJobsToPass is { } passed ? Invariant($"training job {passed}") : null);
        facts.Add("Suggested by", string.Join(", ", (report.Origins ?? []).Select(origin => Invariant($"{origin.Origin} {origin.TrainingJobs}"))));
        facts.Add("From parents", report.FromParents is { } share ? Invariant($"{100 * share:0.#} %") : null);
        if (report.WarmStartType is not null)
        {
            facts.Add("Rank correlation", report.RankCorrelation is { } correlation
                ? Invariant($"{correlation:0.###} over {report.NearPairs} near points")
                : report.NearPairs >= RankCorrelation.LeastPairs ? Invariant($"none: the {report.NearPairs} near points have values all alike")
                : Invariant($"none: {report.NearPairs} near points are too few"));
        }

        shell.Console.Write(facts.Render());
    }

    private static string? Of(ReportedTrainingJob? job) => job is null
        ? null
        : Invariant($"{ShortText.Metric(job.Value ?? 0)} by {job.TrainingJobName} (number {job.LaunchIndex} of {job.TuningJobName})");

    private static Style Style(string? verdict) => verdict switch
    {
        "Paid" => new Style(Color.Green),
        "PaidLate" or "NotPaid" => new Style(Color.Yellow),
        _ => Spectre.Console.Style.Plain,
    };
}
