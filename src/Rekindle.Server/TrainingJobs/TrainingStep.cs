namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// What to do next about a training job, as a pure and total function of its row, the executor's report and the time.
/// </summary>
internal static partial class TrainingStep
{
    /// <summary>AWS sends SIGTERM and grants 120 seconds before SIGKILL.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(120);

    private const int MaxFailureReason = 1024;

    /// <summary>What comes and goes for days, such as an endpoint, is not told without end: every description holds all of it.</summary>
    private const int MostTransitions = 250;

    private const string TrainingMessage = "Training in progress.";
    private const string TroubledTraining = "Training in progress; ";
    private const string StoppedBeforeStart = "The training job was stopped before its program started.";

    /// <param name="job">The row.</param>
    /// <param name="report">The executor's report from the row's log position on.</param>
    /// <param name="readings">The metric readings in the report's lines.</param>
    /// <param name="objectiveMetric">The metric the tuning job looks at; null for a training job of its own.</param>
    /// <param name="now">The time.</param>
    public static TrainingDecision Decide(
        TrainingJob job,
        ExecutionReport report,
        IReadOnlyList<MetricReading> readings,
        string? objectiveMetric,
        DateTimeOffset now)
    {
        if (job.IsTerminal)
        {
            return new(TrainingCommand.Wait, job.Progress, []);
        }

        if (job is { HasGivenWay: true, StopRequestedAt: null })
        {
            return Requeue(job, now);
        }

        // What a program that gave way had said is stored.
        var progress = job.HasGivenWay ? job.Progress : Advance(job.Progress, report, readings, objectiveMetric, now);
        return report.State switch
        {
            ExecutionState.Absent or ExecutionState.Lost or ExecutionState.Exited when HadToGiveWay(job, report) =>
                report.MoreLines ? new(TrainingCommand.ReadOn, progress, []) : GiveWay(job, progress, report, now),
            ExecutionState.Absent when job.StopRequestedAt is not null => StoppedAndGone(job, progress, now),
            ExecutionState.Absent when job.Progress.SeenRunning => Lost(job, progress, report, now),
            ExecutionState.Absent when WaitedTooLong(job, report, now) => new(TrainingCommand.Wait, progress with { LastModifiedTime = now }, [], StopReason.MaxWaitTime),
            ExecutionState.Absent => new(TrainingCommand.Submit, progress, []),
            ExecutionState.Queued => Queued(job, progress, report, now),
            ExecutionState.Running => Running(job, progress, report, now),
            ExecutionState.Exited when report is { Refusal: { } refusal, MoreLines: false } && job.StopRequestedAt is null => Refused(progress, refusal, now),
            ExecutionState.Exited => Exited(job, progress, report, now),
            ExecutionState.Lost when report.NeverStarted && job.StopRequestedAt is null && !progress.SeenRunning => new(TrainingCommand.StartAgain, progress, []),
            _ when report.MoreLines => new(TrainingCommand.ReadOn, progress, []),
            _ => job.StopRequestedAt is null ? Lost(job, progress, report, now) : Stopped(job, progress, now, StopMessage(job.StopReason)),
        };
    }

    /// <summary>
    /// Whether <paramref name="decision"/> says nothing but how the log went on. Reading it again gives the same, so that need not be
    /// stored at once.
    /// </summary>
    public static bool IsOnlyReadingOn(TrainingProgress before, TrainingDecision decision) =>
        decision is { Command: TrainingCommand.Wait or TrainingCommand.ReadOn, Transitions.Count: 0, RequestStop: null }
        && before == decision.Progress with
        {
            LogPosition = before.LogPosition,
            MetricsPosition = before.MetricsPosition,
            ObjectiveValue = before.ObjectiveValue,
            LastModifiedTime = before.LastModifiedTime,
        };

    /// <summary>The end of an execution whose artifacts are packed (or could not be: <paramref name="collectProblem"/>).</summary>
    /// <param name="job">The row.</param>
    /// <param name="progress">The progress decided.</param>
    /// <param name="report">The executor's last report.</param>
    /// <param name="artifacts">What was packed.</param>
    /// <param name="collectProblem">Why nothing was.</param>
    /// <param name="remarks">What the user should know of the log, in sentences.</param>
    /// <param name="now">The time.</param>
    /// <param name="lastLine">What a program that failed printed last; null when it printed nothing, or nobody looked.</param>
    public static TrainingDecision Finish(
        TrainingJob job,
        TrainingProgress progress,
        ExecutionReport report,
        CollectedArtifacts? artifacts,
        string? collectProblem,
        IReadOnlyList<string> remarks,
        DateTimeOffset now,
        string? lastLine = null)
    {
        progress = progress with { ModelArtifact = artifacts?.ModelArtifact, ExitCode = report.ExitCode };
        if (job.StopRequestedAt is { } asked && !(IsForWhatItReported(job.StopReason) && EndedByItself(report, asked)))
        {
            var stopped = collectProblem is null ? StopMessage(job.StopReason) : $"{StopMessage(job.StopReason)}; {collectProblem}";
            return Stopped(job, progress, now, Cut(stopped, MaxFailureReason));
        }

        if (report.ExitCode != 0)
        {
            return Failed(progress, FailureKind.NonRetryable, AlgorithmError(report, lastLine), now);
        }

        if (collectProblem is not null)
        {
            return Failed(progress, FailureKind.NonRetryable, $"ClientError: {collectProblem}", now);
        }

        var message = progress.ObjectiveValue is null && job.TuningJobId is not null
            ? "Training job completed, but its log holds no number for the objective metric."
            : "Training job completed";
        IReadOnlyList<string> notes = report.LogCapped ? [.. remarks, "Its log reached the largest size and was cut."] : remarks;
        message = notes.Count == 0 ? message : string.Join(' ', [message.TrimEnd('.') + ".", .. notes]);
        return End(
            progress with
            {
                Status = TrainingJobStatus.Completed,
                Secondary = SecondaryStatus.Completed,
                ObjectiveStatus = progress.ObjectiveValue is null ? ObjectiveStatus.Failed : ObjectiveStatus.Succeeded,
            },
            Cut(message, MaxFailureReason),
            now);
    }

    /// <summary>An execution that could not be started for a reason of the user's.</summary>
    public static TrainingDecision Refused(TrainingProgress progress, string problem, DateTimeOffset now) =>
        Failed(progress, FailureKind.NonRetryable, $"ClientError: {problem}", now);

    /// <summary>An execution whose program doesn't run yet, and what it waits for.</summary>
    public static TrainingDecision Waiting(
        TrainingJob job, TrainingProgress progress, string message, DateTimeOffset now, SecondaryStatus status = SecondaryStatus.Pending) =>
        IsBeforeTraining(progress.Secondary) && job.Transitions.Count < MostTransitions && (progress.Secondary != status || (LastMessage(job) is { } last && last != message))
            ? Move(TrainingCommand.Wait, progress, status, message, now)
            : new(TrainingCommand.Wait, progress, []);

    /// <summary>An execution that could not be started though it was tried again and again.</summary>
    public static TrainingDecision GaveUp(TrainingProgress progress, string problem, DateTimeOffset now) =>
        Failed(progress, FailureKind.Retryable, $"InternalServerError: the training program could not be started: {problem}", now);

    private static TrainingProgress Advance(
        TrainingProgress progress,
        ExecutionReport report,
        IReadOnlyList<MetricReading> readings,
        string? objectiveMetric,
        DateTimeOffset now)
    {
        if (report.State is ExecutionState.Absent or ExecutionState.Queued || report.NeverStarted || NeverRan(progress, report))
        {
            return progress;
        }

        var objective = readings.LastOrDefault(r => r.Metric == objectiveMetric && double.IsFinite(r.Value))?.Value ?? progress.ObjectiveValue;
        var metricsPosition = report.NextMetricsPosition ?? progress.MetricsPosition;
        if (progress.SeenRunning && report.NextPosition == progress.LogPosition && metricsPosition == progress.MetricsPosition && objective == progress.ObjectiveValue)
        {
            return progress;
        }

        return progress with
        {
            SeenRunning = true,
            TrainingStartTime = progress.TrainingStartTime ?? report.StartedAt ?? now,
            ResumedAt = progress.Interruptions == 0 ? null : progress.ResumedAt ?? report.StartedAt ?? now,
            LogPosition = report.NextPosition,
            MetricsPosition = metricsPosition,
            ObjectiveValue = objective,
            LastModifiedTime = now,
        };
    }

    private static TrainingDecision Queued(TrainingJob job, TrainingProgress progress, ExecutionReport report, DateTimeOffset now)
    {
        if (job.StopRequestedAt is not null)
        {
            return new(TrainingCommand.Stop, progress, []);
        }

        if (WaitedTooLong(job, report, now))
        {
            return new(TrainingCommand.Wait, progress with { LastModifiedTime = now }, [], StopReason.MaxWaitTime);
        }

        return report.BringsInput
            ? Waiting(job, progress, report.Condition ?? "Downloading input data", now, SecondaryStatus.Downloading)
            : Waiting(job, progress, report.Condition ?? "Waiting for a free slot", now);
    }

    private static TrainingDecision Running(TrainingJob job, TrainingProgress progress, ExecutionReport report, DateTimeOffset now)
    {
        if (job.StopRequestedAt is not null)
        {
            return new(TrainingCommand.Stop, progress, []);
        }

        if (job.InterruptionRequestedAt is not null)
        {
            return new(TrainingCommand.Stop, progress, []);
        }

        var age = progress.RanBefore + (report.RunningFor ?? now - progress.AttemptStartTime);
        if (age >= TimeSpan.FromSeconds(job.Definition.MaxRuntimeInSeconds))
        {
            // Only recorded, with the progress's time: the program is told when the row says why it ended, whatever happens in between.
            return new(TrainingCommand.Wait, progress with { LastModifiedTime = now }, [], StopReason.MaxRuntime);
        }

        if (WaitedTooLong(job, report, now))
        {
            return new(TrainingCommand.Wait, progress with { LastModifiedTime = now }, [], StopReason.MaxWaitTime);
        }

        var command = report.MoreLines ? TrainingCommand.ReadOn : TrainingCommand.Wait;
        var message = report.Condition is null ? TrainingMessage : $"{TroubledTraining}{report.Condition}";
        var last = LastMessage(job);
        var isNews = message != last && job.Transitions.Count < MostTransitions && (report.Condition is not null || last?.StartsWith(TroubledTraining, StringComparison.Ordinal) is true);
        return IsBeforeTraining(progress.Secondary) || (progress.Secondary == SecondaryStatus.Training && isNews)
            ? Move(command, progress, SecondaryStatus.Training, message, now)
            : new(command, progress, []);
    }

    /// <summary>AWS counts the waiting and the running towards it.</summary>
    private static bool WaitedTooLong(TrainingJob job, ExecutionReport report, DateTimeOffset now) =>
        job.Definition.MaxWaitTimeInSeconds is { } most && (report.SinceCreation ?? now - job.CreationTime) >= TimeSpan.FromSeconds(most);

    private static string? LastMessage(TrainingJob job) => job.Transitions is [.., var last] ? last.Message : null;

    private static TrainingDecision Exited(TrainingJob job, TrainingProgress progress, ExecutionReport report, DateTimeOffset now)
    {
        if (report.MoreLines)
        {
            return new(TrainingCommand.ReadOn, progress, []);
        }

        if (job.StopRequestedAt is not null && NeverRan(progress, report))
        {
            return Stopped(job, progress, now, BeforeStart(job));
        }

        var steps = new List<SecondaryTransition>();
        var lastStep = job.Transitions is [.., var last] ? last.StartTime : DateTimeOffset.MinValue;
        if (IsBeforeTraining(progress.Secondary) && progress.AttemptStartTime is { } start)
        {
            lastStep = Later(lastStep, start);
            steps.Add(new(SecondaryStatus.Training, TrainingMessage, lastStep, null));
        }

        if (job.StopRequestedAt is not null)
        {
            return new(TrainingCommand.Collect, progress, steps);
        }

        if (progress.Secondary == SecondaryStatus.Uploading)
        {
            return new(TrainingCommand.Collect, progress, steps);
        }

        // The end may lie before the instant at which the program was seen to run.
        steps.Add(new(SecondaryStatus.Uploading, "Uploading generated training model", Later(lastStep, report.EndedAt ?? now), null));
        return new(TrainingCommand.Collect, progress with { Secondary = SecondaryStatus.Uploading, LastModifiedTime = now }, steps);
    }

    /// <summary>Cancelled in the queue: the executor says Exited, and knows no start.</summary>
    private static bool NeverRan(TrainingProgress progress, ExecutionReport report) =>
        report is { State: ExecutionState.Exited, StartedAt: null } && !progress.SeenRunning;

    private static TrainingDecision StoppedAndGone(TrainingJob job, TrainingProgress progress, DateTimeOffset now) => Stopped(
        job, progress, now, progress.TrainingStartTime is null ? BeforeStart(job) : StopMessage(job.StopReason)) with
    {
        // A shim that an earlier server started may be about to claim the execution.
        Command = TrainingCommand.Cancel,
    };

    /// <summary>Gone without an exit status. That is never the user's fault, so it is tried again as often as was asked for.</summary>
    private static TrainingDecision Lost(TrainingJob job, TrainingProgress progress, ExecutionReport report, DateTimeOffset now) =>
        Retries(job) < (job.Definition.MaximumRetryAttempts ?? 0) ? Restart(job, now)
        : Failed(
            progress,
            FailureKind.Retryable,
            "InternalServerError: " + (report.Reason ?? "the training program is gone and left no exit status; the machine or its shim was ended from outside."),
            now);

    /// <summary>
    /// Stopped for what it had reported, as nobody outside asked for: when its program had ended by itself before, that end is the true one.
    /// </summary>
    private static bool IsForWhatItReported(StopReason? reason) => reason is StopReason.EarlyStopping or StopReason.MaxResource;

    /// <summary>It ended before the stop was decided, or well and before any signal reached it: then the stop came too late to change anything.</summary>
    private static bool EndedByItself(ExecutionReport report, DateTimeOffset asked) =>
        report.EndedAt < asked || report is { ExitCode: 0, WasSignalled: false };

    /// <summary>Each attempt begins with the secondary status Starting; one after an interruption is none of those that were asked for.</summary>
    private static int Retries(TrainingJob job) => Math.Max(0, job.Transitions.Count(step => step.Status == SecondaryStatus.Starting) - 1 - job.Progress.Interruptions);

    private static TrainingDecision Restart(TrainingJob job, DateTimeOffset now) => Move(
        TrainingCommand.Restart,
        new TrainingProgress
        {
            Status = job.Progress.Status,
            Secondary = SecondaryStatus.Starting,
            LastModifiedTime = now,
            TrainingStartTime = job.Progress.Interruptions == 0 ? null : job.Progress.TrainingStartTime,
            Interruptions = job.Progress.Interruptions,
            RanBefore = job.Progress.RanBefore,
        },
        SecondaryStatus.Starting,
        "The training program was lost; starting the training job again",
        now) with
    {
        ForgetsReadings = true,
    };

    private static TrainingDecision Stopped(TrainingJob job, TrainingProgress progress, DateTimeOffset now, string message) => End(
        progress with
        {
            Status = TrainingJobStatus.Stopped,
            Secondary = job.StopReason switch
            {
                StopReason.MaxRuntime => SecondaryStatus.MaxRuntimeExceeded,
                StopReason.MaxWaitTime => SecondaryStatus.MaxWaitTimeExceeded,
                _ => SecondaryStatus.Stopped,
            },
            ObjectiveStatus = progress.ObjectiveValue is null ? ObjectiveStatus.Failed : ObjectiveStatus.Succeeded,
        },
        message,
        now);

    private static TrainingDecision Failed(TrainingProgress progress, FailureKind kind, string reason, DateTimeOffset now) => End(
        progress with
        {
            Status = TrainingJobStatus.Failed,
            Secondary = SecondaryStatus.Failed,
            ObjectiveStatus = ObjectiveStatus.Failed,
            FailureKind = kind,
            FailureReason = Cut(reason, MaxFailureReason),
        },
        "Training job failed",
        now);

    private static TrainingDecision End(TrainingProgress progress, string message, DateTimeOffset now) => Move(
        TrainingCommand.Wait,
        progress with { TrainingEndTime = now },
        progress.Secondary,
        message,
        now);

    private static TrainingDecision Move(
        TrainingCommand command, TrainingProgress progress, SecondaryStatus secondary, string message, DateTimeOffset now) =>
        new(command, progress with { Secondary = secondary, LastModifiedTime = now }, [new(secondary, message, now, null)]);

    private static bool IsBeforeTraining(SecondaryStatus status) =>
        status is SecondaryStatus.Starting or SecondaryStatus.Pending or SecondaryStatus.Downloading;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    /// <summary>In AWS's form; what the program wrote gives way to what ended it and the exit code.</summary>
    private static string AlgorithmError(ExecutionReport report, string? lastLine)
    {
        // SageMaker's own algorithms say themselves whose fault it was.
        var start = report.Failure is { } failure && failure.StartsWith("ClientError:", StringComparison.Ordinal) ? "" : "AlgorithmError: ";
        var end = $", exit code: {report.ExitCode}";
        if (string.IsNullOrEmpty(report.Failure) && report.Reason is null && lastLine is not null) end += $". The log ends with: {lastLine}";
        var reason = report.Reason is null ? "" : string.IsNullOrEmpty(report.Failure) ? report.Reason : " " + report.Reason;
        return start + Cut(report.Failure ?? "", MaxFailureReason - start.Length - reason.Length - end.Length) + reason + end;
    }

    /// <summary>At most <paramref name="length"/> characters, without half of a surrogate pair at the end.</summary>
    private static string Cut(string text, int length) => text.Length <= length ? text
        : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static string BeforeStart(TrainingJob job) =>
        job.Progress.Interruptions > 0 ? StopMessage(job.StopReason)
        : job.StopReason == StopReason.MaxWaitTime ? $"{StopMessage(job.StopReason)} before its program started" : StoppedBeforeStart;

    private static string StopMessage(StopReason? reason) => reason switch
    {
        StopReason.MaxRuntime => "Training job runtime exceeded MaxRuntimeInSeconds provided",
        StopReason.MaxWaitTime => "Training job waiting and running exceeded MaxWaitTimeInSeconds provided",
        StopReason.MaxResource => "Training job was stopped: it reported its objective metric as often as MaxResource provides for",
        StopReason.EarlyStopping => "Training job was stopped early: others were better at the same point",
        StopReason.TuningJobEnding => "Training job was stopped because its tuning job ended",
        _ => "Training job stopped",
    };
}
