using Rekindle.Server.Executors.Feeding;

namespace Rekindle.Server.Executors.Docker;

/// <summary>From the start of the container to what is left of it.</summary>
internal sealed partial class ContainerRun
{
    /// <summary>A first process that was started only now may not have learnt yet to hand a signal on.</summary>
    private static readonly TimeSpan Infancy = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BetweenKills = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LogTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenReadings = TimeSpan.FromMilliseconds(200);
    private const int PausePerReading = 10;

    /// <summary>A log up to this size is read once more when all is over, in case the engine told of the end before the last lines.</summary>
    private const long SmallLog = 4 << 20;

    /// <summary>An engine that tells of an end this much later may have closed the log before all was in it; Docker does after two seconds.</summary>
    private static readonly TimeSpan LateEnd = TimeSpan.FromSeconds(1.5);

    /// <summary>Whether a log too long for that was followed to its end.</summary>
    private bool _isLogWhole;

    /// <summary>What was followed of the log.</summary>
    private OutputLength _followed;

    /// <summary>When the end was told of.</summary>
    private DateTimeOffset? _toldOfEnd;

    /// <summary>Null when this server didn't start the program, or its engine's log is whole by itself.</summary>
    private ContainerOutput? _output;

    private async Task FollowAsync()
    {
        var backoff = ShortestBackoff;
        var since = _around.Time.GetTimestamp();
        while (!_record.HasEnded && !_record.Files.WasCancelled)
        {
            _dropped.ThrowIfCancellationRequested();
            try
            {
                var state = await _around.Engine.FindAsync(Container, _dropped);
                if (state is null)
                {
                    LoseContainer();
                }
                else if (state.IsNew)
                {
                    // Whoever claimed it is about to start it, unless it was killed in between.
                    if (_around.Time.GetElapsedTime(since) > _around.StartTimeout) await StartLateAsync();
                    else await Task.Delay(BetweenLooks, _around.Time, _dropped);
                }
                else if (state.IsRunning)
                {
                    NoteRunning(state);
                    await AccompanyOrNoteAsync(state);
                }
                else
                {
                    NoteRunning(state);
                    await FinishAsync(state);
                }

                backoff = ShortestBackoff;
            }
            catch (Exception trouble) when (IsTrouble(trouble) || trouble is EngineRefusalException)
            {
                Suffer(trouble);
                backoff = await RestAsync(backoff);
            }
        }
    }

    private async Task StartLateAsync()
    {
        try
        {
            await _around.Engine.StartAsync(Container, _dropped);
        }
        catch (EngineRefusalException refusal)
        {
            _record.Refuse(refusal.Message);
            await RemoveContainerAsync();
        }
    }

    private void LoseContainer()
    {
        // Beside another server's hands, that one may just have removed it.
        if (_record.HasEnded) return;
        _record.Lose("the container is gone and left no exit status; it was removed by someone else.");
        _record.MarkRemoved();
    }

    private void NoteRunning(ContainerState state)
    {
        if (!_isRunning || _record.Files.StartedAt != state.StartedAt) _record.SetStarted(state.StartedAt ?? _around.Time.GetUtcNow());
        _isRunning = true;
        _condition = null;
        _settled.TrySetResult();
    }

    /// <summary>A line that was cut is no news yet: the next question will tell whether the engine is away. That it may have been is kept.</summary>
    private async Task AccompanyOrNoteAsync(ContainerState state)
    {
        try
        {
            await AccompanyAsync(state);
        }
        catch (EngineUnreachableException)
        {
            _record.MarkAway();
        }
    }

    /// <summary>Writes the log of a running container, and ends it when that was asked, until it has ended.</summary>
    private async Task AccompanyAsync(ContainerState state)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(_dropped);
        using var log = new ContainerLog(_record.Files.LogPath, _around.LogCapBytes, _record.Files.LogStart);
        var follows = await _around.Engine.FollowsLogsAsync(_dropped);
        var reading = follows ? _around.Engine.ReadLogAsync(Container, follow: true, log, leaving.Token) : ReadAgainAndAgainAsync(leaving.Token);
        var ended = _around.Engine.WaitAsync(Container, leaving.Token);
        try
        {
            while (!ended.IsCompleted)
            {
                var woken = _woken.Task;
                var due = await EnforceStopAsync(state);
                await Task.WhenAny(reading.IsCompletedSuccessfully ? ended : reading, ended, woken, Task.Delay(due, _around.Time, leaving.Token));
                // A log that ends before its container does is read anew.
                if (!ended.IsCompleted && reading.IsCompleted)
                {
                    await Task.WhenAny(ended, Task.Delay(BetweenKills, _around.Time, leaving.Token));
                    if (!ended.IsCompleted) break;
                }
            }

            if (ended.IsCompleted)
            {
                _toldOfEnd = _around.Time.GetUtcNow();
                if (follows) await Task.WhenAny(reading, Task.Delay(LogTimeout, _around.Time, leaving.Token));
                await ended;
            }

            if (reading.IsFaulted) await reading;
            if (!ended.IsCompleted || !reading.IsCompletedSuccessfully) return;
            _followed = await reading;
            if (log.Length > SmallLog) await CompleteAsync(log, _followed);
            _isLogWhole = log.Length > SmallLog;
        }
        finally
        {
            await leaving.CancelAsync();
            await Task.WhenAll(reading, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>From the beginning, which takes the longer the more there is; so the pauses grow with it.</summary>
    private async Task<OutputLength> ReadAgainAndAgainAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var since = _around.Time.GetTimestamp();
            using (var log = new ContainerLog(_record.Files.LogPath, _around.LogCapBytes, _record.Files.LogStart))
            {
                await _around.Engine.ReadLogAsync(Container, follow: false, log, cancellationToken);
            }

            var pause = PausePerReading * _around.Time.GetElapsedTime(since);
            await Task.Delay(pause > BetweenReadings ? pause : BetweenReadings, _around.Time, cancellationToken);
        }
    }

    /// <summary>SIGTERM once, SIGKILL from the end of the grace on. How long until it is to be called again.</summary>
    private async Task<TimeSpan> EnforceStopAsync(ContainerState state)
    {
        _around.Feeders.Accompany(_record.Files);
        if (_record.Files.ReadStop() is not { } order) return Feeders.IsFed(_record.Files) ? BetweenLooks : Timeout.InfiniteTimeSpan;
        var now = _around.Time.GetUtcNow();
        var left = _isDoomed ? TimeSpan.Zero : order.At + order.Grace - now;
        if (left <= TimeSpan.Zero)
        {
            await _around.Engine.SignalAsync(Container, "SIGKILL", _dropped);
            return BetweenKills;
        }

        if (_record.Files.WasTerminated) return left;
        if (Infancy - (now - state.StartedAt) is { } young && young > TimeSpan.Zero) return young < Infancy ? young : Infancy;
        await _around.Engine.SignalAsync(Container, "SIGTERM", _dropped);
        _record.Files.MarkTerminated();
        return left;
    }

    /// <summary>Adds what the engine closed the log before, or says that something may be missing.</summary>
    private async Task CompleteAsync(ContainerLog log, OutputLength logged)
    {
        if (await MayBeCutAsync())
        {
            if (_output is { } output) await Task.WhenAny(output.Ended, Task.Delay(LogTimeout, _around.Time, _dropped));
            if (_output is { Ended.IsCompleted: true } heard && await heard.Ended)
            {
                foreach (var bytes in heard.Missing(logged)) log.Write(bytes);
            }
            else
            {
                log.Write(ContainerOutput.GapLine);
            }
        }

        log.Complete();
    }

    private async Task<bool> MayBeCutAsync() =>
        await _around.Engine.FollowsLogsAsync(_dropped)
        && await _around.Engine.FindAsync(Container, _dropped) is { EndedAt: { } ended }
        && _toldOfEnd - ended >= LateEnd;

    private async Task FinishAsync(ContainerState state)
    {
        // No process of it is left; what remains to be done keeps nobody waiting.
        FreeSlot();
        if (!_isLogWhole)
        {
            using var log = new ContainerLog(_record.Files.LogPath, _around.LogCapBytes, _record.Files.LogStart);
            var read = await _around.Engine.ReadLogAsync(Container, follow: false, log, _dropped);
            await CompleteAsync(log, OutputLength.Larger(_followed, read));
        }

        var wasStopped = _record.Files.ReadStop() is not null;
        if (!wasStopped && state.MayBeEnginesEnd && _record.WasOutOfSight)
        {
            _record.Lose($"the program was ended (exit code {state.ExitCode}) while its container engine was away.");
        }
        else if (!wasStopped && InitProblem.Find(state.ExitCode, _record.Files.LogPath) is { } problem)
        {
            _record.Refuse($"The program could not be started in its container: {problem.TrimEnd('.')}. Check the training image, and ContainerEntrypoint where it is given.");
        }
        else
        {
            _record.Finish(state.ExitCode, state.EndedAt ?? _around.Time.GetUtcNow(), state.Reason(wasStopped));
        }

        await RemoveContainerAsync();
    }
}
