using System.CommandLine;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Spectre.Console;
using static System.FormattableString;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle explain</c></summary>
internal static class ExplainCommand
{
    public static Command Create(Shell shell)
    {
        var job = JobArgument.TrainingJob();
        var command = new TaughtCommand(
            "explain",
            "Say why a training job was launched with its hyperparameters: where they came from, what was expected of them, what came out, "
            + "and the nearest result known then",
            "rekindle explain my-tuning-job-007-1f2e3d4c", "rekindle explain my-tuning-job-007-1f2e3d4c --json | jq .PredictedMean") { job };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var explanation = await connection.ExplainSuggestionAsync(result.GetRequiredValue(job), cancellationToken);
            await options.ShowAsync(result, explanation, answer => Print(shell, answer));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Print(Shell shell, ExplainSuggestionResponse why)
    {
        shell.Console.Write(new Text(why.Reason + "\n\n"));
        var facts = new Facts();
        facts.Add("Training job", Invariant($"{why.TrainingJobName} (number {why.LaunchIndex} of {why.TuningJobName})"));
        facts.Add("Suggested by", why.Origin + ModelText(why.Model));
        facts.Add("Parent", why.Parent);
        var title = "Hyperparameters";
        foreach (var (name, text) in why.HyperParameters ?? new Dictionary<string, string>())
        {
            facts.Add(title, $"{name} = {text}");
            title = "";
        }

        facts.Add("Knew", Known(why.Known));
        facts.Add("Expected", Expected(why));
        facts.Add("Acquisition", why.Acquisition is { } acquisition ? ShortText.Metric(acquisition) : null);
        facts.Add("Came out", CameOut(why), StatusStyle.Of(why.Outcome?.TrainingJobStatus));
        if (why.Nearest is { } nearest)
        {
            facts.Add("Nearest result", Invariant(
                $"{ShortText.Metric(nearest.Value ?? 0)} at distance {ShortText.Metric(nearest.Distance ?? 0)}, by {nearest.TrainingJobName ?? "an earlier training job"}"));
            foreach (var (name, text) in nearest.HyperParameters ?? new Dictionary<string, string>())
            {
                facts.Add("", $"{name} = {text}");
            }
        }

        shell.Console.Write(facts.Render());
    }

    private static string ModelText(string? model) => model switch
    {
        "Own" => ", fitted to the tuning job's own results",
        "OwnWithParents" => ", fitted to the tuning job's own results, helped by its parents' results or models",
        "Pooled" => ", fitted to the parents' results and the tuning job's own",
        _ => "",
    };

    private static string? Known(KnownAtSuggestion? known)
    {
        if (known is null)
        {
            return null;
        }

        var failed = known.WithoutResult > 0 ? Invariant($", {known.WithoutResult} ended without one") : "";
        var running = known.Running is { Count: > 0 } names ? $"; running: {string.Join(", ", names)}" : "";
        return Invariant($"{known.Results} {(known.Results == 1 ? "result" : "results")}{failed}{running}");
    }

    private static string? Expected(ExplainSuggestionResponse why)
    {
        var spread = why.PredictedDeviation is { } deviation ? $" ± {ShortText.Metric(deviation)}" : "";
        return why.PredictedMean is { } mean ? $"{why.Outcome?.MetricName} {ShortText.Metric(mean)}{spread}" : null;
    }

    private static string? CameOut(ExplainSuggestionResponse why)
    {
        if (why.Outcome is not { Value: { } value } outcome)
        {
            return why.Outcome?.TrainingJobStatus;
        }

        var text = $"{outcome.MetricName} {ShortText.Metric(value)}";
        if (outcome.DeviationsFromPrediction is { } deviations)
        {
            text += $", {ShortText.Metric(Math.Abs(deviations))} standard deviations {(deviations < 0 ? "below" : "above")} what was expected";
        }

        return outcome.TrainingJobStatus == "Completed" ? text : $"{text} ({Ended(outcome)})";
    }

    private static string? Ended(SuggestionOutcome outcome) => outcome.StopReason switch
    {
        "EarlyStopping" => "stopped early: others were better at the same point",
        "MaxResource" => "stopped at the most resource it may use",
        "MaxRuntime" => "stopped at its time limit",
        "MaxWaitTime" => "stopped after waiting and running for as long as it may",
        _ => outcome.TrainingJobStatus,
    };
}
