using System.Runtime.ExceptionServices;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Driving;

/// <summary>How a program is brought to start, and what comes of it when it can't.</summary>
internal sealed partial class TrainingDriver
{
    /// <summary>An executor has tried each of them several times by itself.</summary>
    private const int MostFailedStarts = 5;

    private async Task<TrainingDecision> SubmitAsync(
        TrainingJob job, TrainingDecision decision, Following following, CancellationToken cancellationToken)
    {
        var place = executor.PlaceOf(job.Name, job.Definition);
        var breaker = breakers.Of(place);
        var now = breakers.Now;
        if (!breaker.Admits(now, isFirst: !following.WasTried, out var lately)) return Waits(job, decision, place, lately);

        following.WasTried = true;
        following.AdmittedAt = now;
        try
        {
            await executor.SubmitAsync(Spec(job), cancellationToken);
            return decision;
        }
        catch (ExecutionRefusedException refusal)
        {
            breaker.Returned(now);
            return TrainingStep.Refused(decision.Progress, refusal.Message, time.GetUtcNow());
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            return AfterFailure(job, decision, following, problem);
        }
    }

    /// <summary>
    /// The training job waits when its place can start nothing. Where others are started meanwhile, or the problem may be its own, it is given
    /// up after some attempts.
    /// </summary>
    /// <exception cref="Exception">The problem, when it is to be tried again soon.</exception>
    private TrainingDecision AfterFailure(TrainingJob job, TrainingDecision decision, Following following, Exception problem)
    {
        var place = executor.PlaceOf(job.Name, job.Definition);
        var breaker = breakers.Of(place);
        var admittedAt = following.AdmittedAt ?? breakers.Now;
        following.AdmittedAt = null;
        following.Failures++;
        if (CircuitBreakers.ProblemOfPlace(problem) is not { } common)
        {
            breaker.Returned(admittedAt);
        }
        else
        {
            if (breaker.Failed(admittedAt, job.Name, common, breakers.Now)) Opened(log, problem, place, CircuitBreaker.FailuresToOpen);
            if (breaker.IsOpen)
            {
                // One that alone can't be started may be the reason itself, as with more input than the disk has room for. An engine's error
                // may yet be about this one container.
                var isOwn = problem is StartFailedException || !breaker.IsOfSeveral;
                if (!isOwn) following.Failures = 0;
                if (following.Failures < (problem is StartFailedException ? MostFailedStarts : MostAttempts)) return Waits(job, decision, place, problem is StartFailedException ? problem.Message : common);
            }
        }

        if (following.Failures < (problem is StartFailedException ? MostFailedStarts : MostAttempts)) ExceptionDispatchInfo.Throw(problem);
        GaveUp(log, problem, job.Name, following.Failures);
        return TrainingStep.GaveUp(decision.Progress, problem.Message, time.GetUtcNow());
    }

    /// <summary>A program that runs, or has run, shows that its place can start programs.</summary>
    private void TellBreaker(TrainingJob job, ExecutionReport report, Following following)
    {
        if (following.AdmittedAt is not { } admittedAt || report.State is not (ExecutionState.Running or ExecutionState.Exited)) return;
        following.AdmittedAt = null;
        var place = executor.PlaceOf(job.Name, job.Definition);
        if (report is { Refusal: null, StartedAt: not null })
        {
            following.Failures = 0;
            if (breakers.Of(place).Succeeded(admittedAt)) Closed(log, place);
        }
        else
        {
            breakers.Of(place).Returned(admittedAt);
        }
    }

    private TrainingDecision Waits(TrainingJob job, TrainingDecision decision, string place, string problem) => TrainingStep.Waiting(
        job, decision.Progress, $"Waiting until {place} can start programs again, which is tried from time to time. The last problem: {problem}", time.GetUtcNow());

    [LoggerMessage(Level = LogLevel.Error, Message = "Training job {Name}: giving up after {Attempts} attempts to start it")]
    private static partial void GaveUp(ILogger logger, Exception problem, string name, int attempts);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Place} could not start programs {Failures} times in a row: training jobs wait until it can again")]
    private static partial void Opened(ILogger logger, Exception problem, string place, int failures);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Place} starts programs again")]
    private static partial void Closed(ILogger logger, string place);
}
