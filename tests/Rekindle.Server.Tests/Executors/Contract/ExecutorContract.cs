using System.Diagnostics;
using System.Text;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Contract;

/// <summary>What every executor does for every training program, with real programs. Parts by theme.</summary>
public abstract partial class ExecutorContract : IAsyncLifetime
{
    private const string Region = "eu-central-1";
    private protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly List<(IExecutor Executor, string Name)> _submitted = [];
    private int _counter;

    /// <summary>A folder of this test alone: programs, inputs, the executor's data.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("rekindle-executor-").FullName;

    protected string DataFolder => Path.Combine(Folder, "data");

    /// <summary>Where the executor keeps its executions.</summary>
    protected virtual string ExecutionsFolder => Path.Combine(DataFolder, "executions");

    /// <summary>Whether the program finds its folder at /opt/ml itself.</summary>
    protected abstract bool IsSandboxed { get; }

    /// <summary>Another executor over the same data: as a server that is started again sees it.</summary>
    private protected abstract IExecutor Open(int slots = 4, long logCapBytes = 8 << 20);

    /// <summary>One with a profile of its own kind that has slots of its own.</summary>
    private protected abstract IExecutor OpenWithProfile(string pattern, int slots);

    /// <summary>The executor, or another over the same data when it was disposed and can't be asked any more.</summary>
    private protected virtual IExecutor Living(IExecutor executor) => executor;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var (executor, name) in _submitted)
        {
            await Living(executor).RemoveAsync(name, CancellationToken.None);
        }

        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A shell program; <c>$M</c> is the folder it knows as /opt/ml.</summary>
    protected string Program(string script)
    {
        var path = Path.Combine(Folder, $"program-{Interlocked.Increment(ref _counter)}.sh");
        File.WriteAllText(path, $"#!/bin/sh\nM=$REKINDLE_OPT_ML\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private protected ExecutionSpec Spec(string script, string? name = null, Func<TrainingDefinition, TrainingDefinition>? change = null)
    {
        return new ExecutionSpec
        {
            Name = name ?? $"job-{Interlocked.Increment(ref _counter)}",
            TrainingJobArn = "arn:aws:sagemaker:eu-central-1:000000000000:training-job/job",
            Region = Region,
            Definition = Define(script, change ?? (definition => definition)),
            HyperParameters = new Dictionary<string, string> { ["eta"] = "0.1", ["_tuning_objective_metric"] = "validation:accuracy" },
        };
    }

    /// <summary>A definition that runs the shell program; what a test changes wins.</summary>
    private protected virtual TrainingDefinition Define(string script, Func<TrainingDefinition, TrainingDefinition> change) =>
        change(new TrainingDefinition { Image = Program(script), OutputPath = "s3://artifacts/out" });

    private protected async Task SubmitAsync(IExecutor executor, ExecutionSpec spec)
    {
        _submitted.Add((executor, spec.Name));
        await executor.SubmitAsync(spec, CancellationToken.None);
    }

    /// <summary>Runs a program to its end.</summary>
    private protected async Task<ExecutionReport> RunAsync(string script, Func<TrainingDefinition, TrainingDefinition>? change = null)
    {
        var executor = Open();
        var spec = Spec(script, change: change);
        await SubmitAsync(executor, spec);
        return await EndOfAsync(executor, spec.Name);
    }

    private protected static Task<ExecutionReport> EndOfAsync(IExecutor executor, string name) =>
        UntilAsync(executor, name, report => report.State is ExecutionState.Exited or ExecutionState.Lost);

    /// <summary>Observes as a driver does, and gathers the lines of all reports in the last one.</summary>
    private protected static async Task<ExecutionReport> UntilAsync(IExecutor executor, string name, Func<ExecutionReport, bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var lines = new List<LogLine>();
        long position = 0;
        while (true)
        {
            var report = await executor.ObserveAsync(name, position, deadline.Token);
            lines.AddRange(report.Lines);
            position = report.NextPosition;
            var all = report with { Lines = lines };
            if (!report.MoreLines && condition(all)) return all;
            Assert.False(deadline.IsCancellationRequested, $"Still {report.State} after {Deadline}: {string.Join('|', lines.Select(line => line.Text))}");
            if (!report.MoreLines) await executor.WaitForChangeAsync(name, deadline.Token);
        }
    }

    private protected static Task<ExecutionReport> LineAsync(IExecutor executor, string name, string text) =>
        UntilAsync(executor, name, report => report.Lines.Any(line => line.Text.Contains(text, StringComparison.Ordinal)));

    /// <summary>The lines, without those in which a shell tells of a signal to a process of its own.</summary>
    private protected static string[] Texts(ExecutionReport report) =>
        [.. report.Lines.Select(line => line.Text).Where(text => text is not ("Terminated" or "Killed"))];

    /// <summary>Numbers of the living processes whose command line holds <paramref name="mark"/>, this test's own shells left out.</summary>
    private protected static IReadOnlyList<int> ProcessesWith(string mark)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid) || pid == Environment.ProcessId) continue;
            try
            {
                var command = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline")));
                if (command.Contains(mark, StringComparison.Ordinal)) found.Add(pid);
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }

    private protected static async Task NoProcessWithAsync(string mark)
    {
        var since = Stopwatch.GetTimestamp();
        while (ProcessesWith(mark) is { Count: > 0 } left)
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Deadline, $"Still alive: {string.Join(", ", left)}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    /// <summary>A number of seconds to sleep that no other process sleeps: a mark to find a process by.</summary>
    private protected static string Mark() => $"86{Random.Next(100_000, 999_999)}.{Environment.ProcessId}";

    // Only a name: nothing that is tested depends on it.
    private static readonly Random Random = new(Environment.ProcessId ^ Environment.TickCount);
}
