using System.Diagnostics;
using Rekindle.Algorithms.Tests.Tabular;

namespace Rekindle.Algorithms.Tests;

/// <summary>The programs that train on tables, each as a process of its own.</summary>
public sealed class TabularProgramTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("lightgbm", "num_boost_round", "1000000", "model.txt")]
    [InlineData("linear-learner", "epochs", "1000000", "model.json")]
    public Task Saves_and_exits_promptly_when_terminated(string algorithm, string name, string value, string model) => TerminateAsync(algorithm, name, value, model);

    [Fact]
    [Trait("Needs", "xgboost")]
    public Task XGBoost_saves_and_exits_promptly_when_terminated() => TerminateAsync("xgboost", "num_round", "1000000", "xgboost-model");

    [Theory]
    [InlineData("/bin/false", "/bin/false: it does not start")]
    [InlineData("/no/such/python", "/no/such/python: not found")]
    public async Task A_missing_library_is_told_with_the_package_to_install(string python, string reason)
    {
        using var folder = new TableFolder(("num_round", "1"));
        folder.With("train", "1,2\n2,3\n");
        using var process = Start(folder.Path, "xgboost", python);
        using var deadline = new CancellationTokenSource(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.Equal(1, process.ExitCode);
        var failure = await File.ReadAllTextAsync(Path.Combine(folder.Path, "output", "failure"), deadline.Token);
        Assert.StartsWith("ClientError: xgboost needs a Python that can import xgboost.", failure, StringComparison.Ordinal);
        Assert.Contains("apt-get install python3-xgboost", failure, StringComparison.Ordinal);
        Assert.Contains("pip install xgboost", failure, StringComparison.Ordinal);
        Assert.Contains(reason, failure, StringComparison.Ordinal);
    }

    private static async Task TerminateAsync(string algorithm, string name, string value, string model)
    {
        (string, string)[] hyperparameters = algorithm switch
        {
            "linear-learner" => [(name, value), ("predictor_type", "regressor"), ("early_stopping_patience", value)],
            "lightgbm" => [(name, value), ("early_stopping_rounds", "0")],
            _ => [(name, value)],
        };
        using var folder = new TableFolder(hyperparameters);
        folder.WithDigits();
        using var process = Start(folder.Path, algorithm, python: null);
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            string? line;
            do line = await process.StandardOutput.ReadLineAsync(deadline.Token);
            while (line is not null && !line.Contains(algorithm == "linear-learner" ? "epoch=1, validation" : "[2]", StringComparison.Ordinal));

            using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id}"]);
            var start = Stopwatch.GetTimestamp();
            var rest = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
            Assert.Equal(0, process.ExitCode);
            Assert.Contains("Asked to stop", rest, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(folder.Model, model)));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(string root, string algorithm, string? python)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "rekindle-algorithms"), [algorithm, "train"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["REKINDLE_OPT_ML"] = root;
        start.Environment["REKINDLE_PYTHON"] = python;
        return Process.Start(start)!;
    }
}
