using CsCheck;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.TuningJobs;

/// <summary>Drives the pure step with random worlds: whatever happens in whatever order, with whatever lost in crashes, the invariants hold.</summary>
public sealed class TuningStepModelTests
{
    private static readonly Gen<TuningJobDefinition> Definitions = Gen.Select(
        Gen.Int[1, 12], Gen.Int[1, 4], Gen.Int[0, 7], Gen.Bool, Gen.Bool,
        (most, parallel, criteria, maximize, limited) => Given.Definition with
        {
            MaxTrainingJobs = most,
            MaxParallelTrainingJobs = parallel,
            MaxRuntimeInSeconds = limited ? 3600 : null,
            Objective = new("validation:accuracy", maximize ? ObjectiveGoal.Maximize : ObjectiveGoal.Minimize),
            Completion = new()
            {
                TargetObjectiveMetricValue = (criteria & 1) == 0 ? null : 0.5,
                MaxTrainingJobsNotImproving = (criteria & 2) == 0 ? null : 3,
                CompleteOnConvergence = (criteria & 4) != 0,
            },
        });

    private enum Event { Step, StepLostInACrash, Succeed, SucceedWithoutObjective, Fail, StopOne, TimePasses, SpaceIsUsedUp, StopAll }

    private static readonly Gen<Event> Events = Gen.Frequency(
        (40, Gen.Const(Event.Step)),
        (10, Gen.Const(Event.StepLostInACrash)),
        (15, Gen.Const(Event.Succeed)),
        (3, Gen.Const(Event.SucceedWithoutObjective)),
        (12, Gen.Const(Event.Fail)),
        (4, Gen.Const(Event.StopOne)),
        (6, Gen.Const(Event.TimePasses)),
        (1, Gen.Const(Event.SpaceIsUsedUp)),
        (1, Gen.Const(Event.StopAll)));

    [Fact]
    public void Invariants_hold_in_every_world_and_every_tuning_job_ends() =>
        Gen.Select(Definitions, Gen.Select(Events, Gen.Int[0, 100], Gen.Double[-1, 1]).Array[0, 120]).Sample((definition, events) =>
        {
            var world = new World(definition);
            foreach (var (what, which, value) in events)
            {
                world.Happen(what, which, value);
            }

            // From here on nothing happens but what must: every running training job ends at some time.
            for (var round = 0; !world.Job.IsTerminal; round++)
            {
                Assert.True(round < 100, "The tuning job does not end.");
                world.Happen(Event.Step, 0, 0);
                world.Happen(Event.Fail, 0, 0);
            }

            Assert.All(world.TrainingJobs, job => Assert.True(job.IsTerminal));
            Assert.Empty(TuningStep.Decide(Given.Snapshot(world.Job, world.TrainingJobs), world.Now));
        }, iter: 3000);

    /// <summary>The rows as the store keeps them, and the training programs of the world outside.</summary>
    private sealed class World(TuningJobDefinition definition)
    {
        private readonly List<TrainingJob> _trainingJobs = [];
        private bool _spaceIsUsedUp;

        public TuningJob Job { get; private set; } = Given.Job(definition);

        public DateTimeOffset Now { get; private set; } = Given.Start;

        public IReadOnlyList<TrainingJob> TrainingJobs => [.. _trainingJobs];

        public void Happen(Event what, int which, double value)
        {
            Now = Now.AddSeconds(1);
            switch (what)
            {
                case Event.Step:
                    Step();
                    break;
                case Event.StepLostInACrash:
                    var snapshot = Given.Snapshot(Job, TrainingJobs);
                    Assert.Equal(TuningStep.Decide(snapshot, Now), TuningStep.Decide(snapshot, Now));
                    break;
                case Event.TimePasses:
                    Now = Now.AddMinutes(20);
                    break;
                case Event.SpaceIsUsedUp:
                    _spaceIsUsedUp = _trainingJobs.Count > 0;
                    break;
                case Event.StopAll when Job.Status == TuningJobStatus.InProgress:
                    Job = Job with { Status = TuningJobStatus.Stopping, StopRequestedAt = Now };
                    break;
                case Event.StopOne:
                    OnRunning(which, job => job.StopRequested());
                    break;
                case Event.Succeed:
                    OnRunning(which, job => End(job, TrainingJobStatus.Completed, value));
                    break;
                case Event.SucceedWithoutObjective:
                    OnRunning(which, job => End(job, TrainingJobStatus.Completed, null));
                    break;
                case Event.Fail:
                    OnRunning(which, job => End(job, TrainingJobStatus.Failed, null));
                    break;
            }
        }

        private void OnRunning(int which, Func<TrainingJob, TrainingJob> change)
        {
            var running = _trainingJobs.Where(job => !job.IsTerminal).ToList();
            if (running.Count > 0)
            {
                var job = running[which % running.Count];
                _trainingJobs[job.LaunchIndex - 1] = change(job);
            }
        }

        private TrainingJob End(TrainingJob job, TrainingJobStatus status, double? objective)
        {
            var ended = job.Ended(job.StopRequestedAt is null ? status : TrainingJobStatus.Stopped, objective);
            return ended with { Progress = ended.Progress with { TrainingEndTime = Now } };
        }

        private void Step()
        {
            foreach (var action in TuningStep.Decide(Given.Snapshot(Job, TrainingJobs), Now))
            {
                Assert.False(Job.IsTerminal, $"{action} comes after the end.");
                Apply(action);
            }

            Assert.True(_trainingJobs.Count(job => !job.IsTerminal) <= definition.MaxParallelTrainingJobs, "Too many at once.");
            Assert.True(_trainingJobs.Count <= definition.MaxTrainingJobs, "Too many in all.");
        }

        private void Apply(TuningAction action)
        {
            switch (action)
            {
                case TuningAction.Launch when _spaceIsUsedUp:
                    Job = Job with { Ending = Job.Ending ?? TuningJobEnding.SpaceExhausted };
                    break;
                case TuningAction.Launch launch:
                    Assert.Equal(TuningJobStatus.InProgress, Job.Status);
                    Assert.Null(Job.Ending);
                    Assert.Equal(_trainingJobs.Count + 1, launch.FirstIndex);
                    _trainingJobs.AddRange(Enumerable.Range(launch.FirstIndex, launch.Count).Select(index => Given.TrainingJob(index)));
                    break;
                case TuningAction.StopTraining stop:
                    var job = _trainingJobs.Single(job => job.Id == stop.TrainingJobId);
                    Assert.False(job.IsTerminal);
                    Assert.Null(job.StopRequestedAt);
                    _trainingJobs[job.LaunchIndex - 1] = job.StopRequested(stop.Reason);
                    break;
                case TuningAction.End end:
                    Assert.Null(Job.Ending);
                    Job = Job with { Ending = end.Ending };
                    break;
                case TuningAction.NoteConvergence:
                    Assert.Null(Job.ConvergenceDetectedTime);
                    Job = Job with { ConvergenceDetectedTime = Now };
                    break;
                case TuningAction.Finish finish:
                    Assert.All(_trainingJobs, trainingJob => Assert.True(trainingJob.IsTerminal));
                    Assert.True(finish.Status > Job.Status && finish.Status >= TuningJobStatus.Completed, "The status moves back.");
                    Assert.Equal(Job.Status == TuningJobStatus.Stopping, finish.Status == TuningJobStatus.Stopped);
                    // One that ran as asked and yet has nothing to show says why as well.
                    var isFruitless = finish.Status == TuningJobStatus.Completed
                        && Job.Ending is TuningJobEnding.MaxTrainingJobs or TuningJobEnding.SpaceExhausted
                        && !_trainingJobs.Any(t => t.Progress.ObjectiveStatus == ObjectiveStatus.Succeeded);
                    Assert.Equal(finish.Status == TuningJobStatus.Failed || isFruitless, finish.FailureReason is not null);
                    Assert.False(
                        finish.Status == TuningJobStatus.Failed && _trainingJobs.Any(trainingJob => trainingJob.Progress.ObjectiveStatus == ObjectiveStatus.Succeeded),
                        "A tuning job with a success has failed.");
                    Job = Job with { Status = finish.Status, FailureReason = finish.FailureReason, EndTime = Now };
                    break;
                case TuningAction.WaitUntil wait:
                    Assert.True(wait.Deadline > Now, "It waits for the past.");
                    break;
            }
        }
    }
}
