using System.Diagnostics;

namespace Rekindle.Algorithms.Tests;

/// <summary>The real program as a process of its own.</summary>
public sealed class ProgramTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Trains_and_leaves_the_model()
    {
        using var folder = new TrainingFolder(("epochs", "2"));
        var (exit, output, errors) = await Run(folder.Path);
        Assert.Equal((0, ""), (exit, errors));
        Assert.Contains("Epoch[1] Validation-accuracy=", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.Model, "model.json")));
        Assert.False(File.Exists(folder.Failure));
    }

    [Fact]
    public async Task Tells_wrong_hyperparameters_in_the_failure_file_and_exits_with_1()
    {
        using var folder = new TrainingFolder(("learning_rate", "7"), ("lerning_rate", "0.1"), ("num_classes", null));
        var (exit, _, errors) = await Run(folder.Path);
        Assert.Equal(1, exit);
        var failure = await File.ReadAllTextAsync(folder.Failure);
        Assert.StartsWith("ClientError: 3 hyperparameters are not valid: ", failure, StringComparison.Ordinal);
        Assert.Contains("did you mean learning_rate?", failure, StringComparison.Ordinal);
        Assert.Contains(failure, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cuts_a_long_failure_to_1024_characters()
    {
        using var folder = new TrainingFolder([.. Enumerable.Range(0, 100).Select(i => ($"no_such_hyperparameter_{i}", (string?)"1"))]);
        Assert.Equal(1, (await Run(folder.Path)).Exit);
        Assert.Equal(1024, (await File.ReadAllTextAsync(folder.Failure)).Length);
    }

    [Fact]
    public async Task Names_the_damaged_file_in_the_failure_file()
    {
        using var folder = new TrainingFolder();
        folder.Write("input/data/train/train-labels-idx1-ubyte.gz", [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Assert.Equal(1, (await Run(folder.Path)).Exit);
        var failure = await File.ReadAllTextAsync(folder.Failure);
        Assert.Contains("train-labels-idx1-ubyte.gz: at byte 0: expected the idx magic", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Saves_and_exits_promptly_when_terminated()
    {
        using var folder = new TrainingFolder(("epochs", "1000000"));
        using var process = Start(folder.Path);
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            string? line;
            do line = await process.StandardOutput.ReadLineAsync(deadline.Token);
            while (line is not null && !line.Contains("Validation-cross-entropy", StringComparison.Ordinal));

            using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id}"]);
            var start = Stopwatch.GetTimestamp();
            var rest = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
            Assert.Equal((0, ""), (process.ExitCode, await errors));
            Assert.Contains("Asked to stop", rest, StringComparison.Ordinal);
            var model = await File.ReadAllTextAsync(Path.Combine(folder.Model, "model.json"), deadline.Token);
            Assert.Contains("validation_accuracy", model, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task Refuses_a_thread_count_that_is_none()
    {
        using var folder = new TrainingFolder();
        Assert.Equal(1, (await Run(folder.Path, threads: "many")).Exit);
        Assert.Contains("REKINDLE_THREADS: 'many'", await File.ReadAllTextAsync(folder.Failure), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trains_with_two_threads()
    {
        using var folder = new TrainingFolder(("epochs", "1"));
        var (exit, output, _) = await Run(folder.Path, threads: "2");
        Assert.Equal(0, exit);
        Assert.Contains("with 2 thread(s)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("image-classification")]
    [InlineData("image-classification", "serve")]
    [InlineData("no-such-algorithm", "train")]
    public async Task Explains_its_use_when_called_otherwise(params string[] arguments)
    {
        using var folder = new TrainingFolder();
        var (exit, _, errors) = await Run(folder.Path, arguments: arguments);
        Assert.Equal(2, exit);
        Assert.Contains("usage: rekindle-algorithms ALGORITHM train, where ALGORITHM is one of image-classification, ", errors, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Errors)> Run(string root, string? threads = null, string[]? arguments = null)
    {
        using var process = Start(root, threads, arguments);
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, output, await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(string root, string? threads = null, string[]? arguments = null)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "rekindle-algorithms");
        var start = new ProcessStartInfo(program, arguments ?? ["image-classification", "train"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["REKINDLE_OPT_ML"] = root;
        start.Environment["REKINDLE_THREADS"] = threads;
        return Process.Start(start)!;
    }
}
