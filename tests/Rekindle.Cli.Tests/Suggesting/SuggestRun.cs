using System.Text.Json;
using Spectre.Console.Testing;

namespace Rekindle.Cli.Tests.Suggesting;

/// <summary>Runs <c>rekindle suggest</c> on given lines.</summary>
internal sealed class SuggestRun : IDisposable
{
    public const string Space =
        """
        {"Strategy": "Random",
         "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
         "ResourceLimits": {"MaxNumberOfTrainingJobs": 50, "MaxParallelTrainingJobs": 4},
         "TrainingJobEarlyStoppingType": "Auto",
         "ParameterRanges": {
           "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.001", "MaxValue": "1", "ScalingType": "Logarithmic"}],
           "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "10"}],
           "CategoricalParameterRanges": [{"Name": "booster", "Values": ["tree", "linear"]}]},
         "RandomSeed": 7}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-suggest-").FullName;

    public int ExitCode { get; private set; }

    public string Errors { get; private set; } = "";

    /// <summary>One answer for every line of output.</summary>
    public static async Task<IReadOnlyList<JsonElement>> AnswersAsync(string space, params string[] lines)
    {
        using var run = new SuggestRun();
        var output = await run.RunAsync(space, null, string.Join('\n', lines));
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    public async Task<string> RunAsync(string space, string? warmStart, string input, params string[] options)
    {
        var spaceFile = Path.Combine(_folder, "space.json");
        await File.WriteAllTextAsync(spaceFile, space);
        List<string> arguments = ["suggest", "--space", spaceFile, .. options];
        if (warmStart is not null)
        {
            var warmFile = Path.Combine(_folder, "warm.json");
            await File.WriteAllTextAsync(warmFile, warmStart);
            arguments.AddRange(["--warm-start", warmFile]);
        }

        await using var output = new StringWriter { NewLine = "\n" };
        await using var errors = new StringWriter { NewLine = "\n" };
        using var console = new TestConsole();
        var shell = new Shell
        {
            In = new StringReader(input),
            Out = output,
            Error = errors,
            Console = console,
            Variable = _ => null,
            Clock = TimeProvider.System,
        };
        ExitCode = await RekindleProgram.RunAsync(arguments, shell, TestContext.Current.CancellationToken);
        Errors = errors.ToString();
        return output.ToString();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
