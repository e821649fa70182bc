using System.CommandLine;
using Rekindle.Cli.Suggesting;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle suggest</c></summary>
internal static class SuggestCommand
{
    private const string Lesson =
        """
        rekindle suggest --space space.json --seed 1 < requests.jsonl

        Requests and answers:
          {"op":"ask"}                                    {"suggestions":[{"id":"1","HyperParameters":{"eta":"0.0316"},"Origin":"initial-design"}],"seconds":0.0004}
          {"op":"ask","count":4}                          four at once, up to 1000; {"suggestions":[],"exhausted":true,...} when a finite space is used up
          {"op":"tell","id":"1","value":0.93}             {"ok":true}; null or NaN for a failed evaluation
          {"op":"tell","HyperParameters":{...},"value":1} {"ok":true,"id":"x1"}; something that was not suggested
          {"op":"report","id":"2","resource":3,"value":1} {"ok":true,"decision":"continue"}; or "stop", with TrainingJobEarlyStoppingType Auto or the strategy Hyperband
          {"op":"best"}                                   {"id":"1","HyperParameters":{"eta":"0.0316"},"value":0.93}
          anything wrong                                  {"error":"...","line":7}, and the next line is read

        A space file, the HyperParameterTuningJobConfig of SageMaker:
          {"Strategy": "Bayesian",
           "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "accuracy"},
           "ResourceLimits": {"MaxNumberOfTrainingJobs": 50, "MaxParallelTrainingJobs": 4},
           "ParameterRanges": {
             "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.001", "MaxValue": "1", "ScalingType": "Logarithmic"}],
             "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "10"}],
             "CategoricalParameterRanges": [{"Name": "booster", "Values": ["tree", "linear"]}]},
           "RandomSeed": 1}

        A warm-start file:
          {"WarmStartType": "TransferLearning",
           "Parents": [{"Name": "last-week", "ParameterRanges": {...}, "StaticHyperParameters": {"objective": "logistic"},
                        "TrainingJobs": [{"HyperParameters": {"eta": "0.1", "depth": "5", "booster": "tree"}, "Value": 0.91}]}]}
        """;

    public static Command Create(Shell shell)
    {
        var space = new Option<string>("--space") { Description = "The search: a HyperParameterTuningJobConfig", HelpName = "FILE", Required = true };
        var warmStart = new Option<string?>("--warm-start") { Description = "Earlier tuning jobs to learn from", HelpName = "FILE" };
        var seed = new Option<long?>("--seed")
        {
            Description = "Instead of the file's RandomSeed: equal seeds and equal requests give equal suggestions",
            HelpName = "N",
        };
        seed.DemandWhole();
        var command = new TaughtCommand(
            "suggest",
            "The optimizer alone: reads requests from standard input, one JSON object a line, and answers each with one line",
            Lesson.Split('\n')) { space, warmStart, seed };
        command.SetAction(async (result, cancellationToken) =>
        {
            var definition = await SpaceFile.ReadAsync(result.GetRequiredValue(space), cancellationToken);
            if (result.GetValue(seed) is { } given)
            {
                definition = definition with { RandomSeed = given };
            }

            var parents = result.GetValue(warmStart) is { } file ? await WarmStartFile.ReadAsync(file, definition, cancellationToken) : null;
            await new SuggestLoop(new SearchSession(definition, parents)).RunAsync(shell.In, shell.Out, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }
}
