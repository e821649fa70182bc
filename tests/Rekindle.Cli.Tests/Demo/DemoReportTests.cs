using Rekindle.Api.Shapes;
using Rekindle.Cli.Demo;
using Rekindle.Cli.Watching;
using Spectre.Console;
using Spectre.Console.Testing;

namespace Rekindle.Cli.Tests.Demo;

public sealed class DemoReportTests
{
    [Fact]
    public void Within_80_columns_the_result_says_what_it_is_about()
    {
        using var console = new TestConsole();

        console.Write(DemoReport.Render(
            Picture("digits-parent", null, 0.96), [Picture("digits-child", "IdenticalDataAndAlgorithm", 0.95, 0.98)], width: 80, unicode: true));

        Assert.Matches(@"Tuning job +Best +Warm start +Passed the parent's best", console.Output);
        Assert.Matches(@"digits-parent +0\.96 +none: starts from nothing", console.Output);
        Assert.Matches(@"digits-child +0\.98 +IdenticalDataAndAlgorithm +with job 2 of 2", console.Output);
        Assert.Contains("Best validation:accuracy; passed with which of the training jobs.", console.Output, StringComparison.Ordinal);
    }

    private static TuningPicture Picture(string name, string? warmStart, params double[] objectives) => new(
        new DescribeHyperParameterTuningJobResponse
        {
            HyperParameterTuningJobName = name,
            HyperParameterTuningJobStatus = "Completed",
            HyperParameterTuningJobConfig = new()
            {
                HyperParameterTuningJobObjective = new() { Type = "Maximize", MetricName = "validation:accuracy" },
            },
            WarmStartConfig = warmStart is null ? null : new() { WarmStartType = warmStart },
        },
        [
            .. objectives.Select((value, index) => new TrainingView(
                new HyperParameterTrainingJobSummary
                {
                    TrainingJobName = $"{name}-00{index + 1}-1f2e3d4c",
                    TrainingJobStatus = "Completed",
                    FinalHyperParameterTuningJobObjectiveMetric = new() { MetricName = "validation:accuracy", Value = value },
                },
                value,
                null)),
        ]);
}
