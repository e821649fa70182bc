using System.Collections.Concurrent;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Driving;

/// <summary>
/// An executor whose programs are functions of their hyperparameters. It stands for the world outside the server: it lives on when a
/// driver is dropped, and counts how often each program was really started.
/// </summary>
internal sealed class SimulatedExecutor : IExecutor
{
    private readonly ConcurrentDictionary<string, Execution> _executions = new();
    private readonly Func<ExecutionSpec, Outcome> _program;

    public SimulatedExecutor(Func<ExecutionSpec, Outcome> program) => _program = program;

    /// <param name="Log">What it prints.</param>
    /// <param name="ExitCode">How it ends.</param>
    /// <param name="RunsUntilStopped">Whether it ends only when asked to.</param>
    /// <param name="PrintsAtOnce">Whether its log is there while it runs, and not only at its end.</param>
    /// <param name="LastLog">What it prints at its end.</param>
    /// <param name="Metrics">What its metrics file holds.</param>
    /// <param name="NeverStarts">Why it is accepted and then lost before it runs; null when it runs.</param>
    public sealed record Outcome(string Log, int ExitCode = 0, bool RunsUntilStopped = false, bool PrintsAtOnce = false, string LastLog = "", string Metrics = "", string? NeverStarts = null);

    public ConcurrentDictionary<string, int> Starts { get; } = new();

    /// <summary>Called with the name before a program is told to stop.</summary>
    public Func<string, Task> BeforeStop { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called with the name before what a program left is packed.</summary>
    public Func<string, Task> BeforeCollect { get; set; } = _ => Task.CompletedTask;

    /// <summary>Forgets how a program ended, as when the machine was restarted.</summary>
    public void Lose(string name) => _executions[name].IsLost = true;

    private readonly ConcurrentDictionary<string, string> _keptLogs = new();

    /// <summary>Called with the name before a program's traces are removed but for its log, and after.</summary>
    public Action<string, bool> AroundReset { get; set; } = (_, _) => { };

    /// <summary>Who has what and who waits.</summary>
    public ExecutorLoad CurrentLoad { get; set; } = ExecutorLoad.None;

    public int MostAtOnce { get; private set; }

    public string? Refuse(TrainingDefinition definition, IReadOnlyDictionary<string, string> hyperParameters, string region) => null;

    public Task SubmitAsync(ExecutionSpec spec, CancellationToken cancellationToken)
    {
        if (_executions.TryGetValue(spec.Name, out var known) && known.WasCancelled) return Task.CompletedTask;
        _executions.GetOrAdd(spec.Name, name =>
        {
            Starts.AddOrUpdate(name, 1, (_, count) => count + 1);
            var outcome = _program(spec);
            return new Execution(outcome with { Log = _keptLogs.GetValueOrDefault(name, "") + outcome.Log });
        });
        lock (_executions)
        {
            MostAtOnce = Math.Max(MostAtOnce, _executions.Values.Count(e => !e.Ended));
        }

        return Task.CompletedTask;
    }

    public Task<ExecutionReport> ObserveAsync(string name, long position, CancellationToken cancellationToken)
    {
        if (!_executions.TryGetValue(name, out var execution))
        {
            return Task.FromResult(new ExecutionReport { State = ExecutionState.Absent, NextPosition = position });
        }

        if (execution.Outcome.NeverStarts is { } reason)
        {
            return Task.FromResult(new ExecutionReport { State = ExecutionState.Lost, NextPosition = position, NeverStarted = true, Reason = reason });
        }

        if (execution.IsLost) return Task.FromResult(new ExecutionReport { State = ExecutionState.Lost, NextPosition = position });

        // Running is seen at least once, so that a crash may fall between the start and the end.
        var ended = execution.Ended;
        execution.Look();
        var log = execution.Outcome.Log + (ended ? execution.Outcome.LastLog : "");
        var printed = ended || execution.Outcome.PrintsAtOnce;
        return Task.FromResult(new ExecutionReport
        {
            State = ended ? ExecutionState.Exited : ExecutionState.Running,
            StartedAt = execution.WasCancelled ? null : execution.StartedAt,
            ExitCode = ended ? execution.ExitCode : null,
            EndedAt = ended ? execution.EndedAt : null,
            Lines = printed ? LinesFrom(log, (int)position) : [],
            NextPosition = printed ? log.Length : position,
        });
    }

    public async Task StopAsync(string name, TimeSpan grace, CancellationToken cancellationToken)
    {
        await BeforeStop(name);
        _executions.GetOrAdd(name, _ => new Execution(new Outcome("", RunsUntilStopped: true)) { WasCancelled = true }).Stop();
    }

    public async Task<CollectedArtifacts> CollectAsync(ExecutionSpec spec, CancellationToken cancellationToken)
    {
        await BeforeCollect(spec.Name);
        return new CollectedArtifacts($"s3://bucket/{spec.Name}/output/model.tar.gz", null);
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        _executions.TryRemove(name, out _);
        return Task.CompletedTask;
    }

    public Task ResetAsync(string name, CancellationToken cancellationToken)
    {
        AroundReset(name, false);
        if (_executions.TryRemove(name, out var ended)) _keptLogs[name] = ended.Outcome.Log + ended.Outcome.LastLog;
        AroundReset(name, true);
        return Task.CompletedTask;
    }

    public ExecutorLoad Load() => CurrentLoad;

    public Task WaitForChangeAsync(string name, CancellationToken cancellationToken) =>
        _executions.TryGetValue(name, out var execution) ? execution.Changed.WaitAsync(cancellationToken) : Task.CompletedTask;

    public IReadOnlyList<EndedExecution> FindLeftWork() => [];

    public Task DiscardWorkAsync(EndedExecution execution, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<LogLines> ReadLogAsync(string name, long position, bool backwards, CancellationToken cancellationToken) =>
        Task.FromResult(new LogLines([new LogLine(0, _executions[name].Outcome.Log)], _executions[name].Outcome.Log.Length, false));

    public Task<LogLines> ReadMetricsAsync(string name, long position, bool complete, CancellationToken cancellationToken)
    {
        var metrics = _executions.TryGetValue(name, out var execution) ? execution.Outcome.Metrics : "";
        return Task.FromResult(new LogLines(LinesFrom(metrics, (int)position), metrics.Length, false));
    }

    private static List<LogLine> LinesFrom(string log, int position)
    {
        var lines = new List<LogLine>();
        while (position < log.Length)
        {
            var end = log.IndexOf('\n', position);
            if (end < 0) end = log.Length;
            lines.Add(new LogLine(position, log[position..end]));
            position = end + 1;
        }

        return lines;
    }

    private sealed class Execution(Outcome outcome)
    {
        private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _looks;

        public Outcome Outcome { get; } = outcome;

        public DateTimeOffset StartedAt { get; } = TimeProvider.System.GetUtcNow();

        public bool WasCancelled { get; init; }

        public volatile bool IsLost;

        public bool Ended => Outcome.RunsUntilStopped ? _stopped.Task.IsCompleted : _looks >= 1;

        /// <summary>When it was told to stop, or when the first look at it was over.</summary>
        public DateTimeOffset EndedAt { get; private set; } = TimeProvider.System.GetUtcNow();

        public int ExitCode => _stopped.Task.IsCompleted ? 143 : Outcome.ExitCode;

        public Task Changed => Outcome.RunsUntilStopped ? _stopped.Task : Task.CompletedTask;

        public void Look()
        {
            if (Interlocked.Increment(ref _looks) == 1 && !Outcome.RunsUntilStopped) EndedAt = TimeProvider.System.GetUtcNow();
        }

        public void Stop()
        {
            if (!_stopped.Task.IsCompleted && Outcome.RunsUntilStopped) EndedAt = TimeProvider.System.GetUtcNow();
            _stopped.TrySetResult();
        }
    }
}
