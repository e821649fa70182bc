using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.TuningJobs;

/// <summary>Whose models nobody will miss.</summary>
public sealed class LosingTrainingJobsTests
{
    [Theory]
    [InlineData("Maximize", 1, "1 2 3 5")]
    [InlineData("Maximize", 2, "1 3 5")]
    [InlineData("Minimize", 1, "2 3 4 5")]
    [InlineData("Maximize", 4, "5")]
    [InlineData("Maximize", 5, "")]
    public void All_that_ended_but_the_best_lose(string goal, int keep, string losers)
    {
        var job = Given.Job(Given.Definition with { Objective = new("validation:accuracy", Enum.Parse<ObjectiveGoal>(goal)) });
        var snapshot = Given.Snapshot(
            job, Given.Completed(1, 0.1), Given.Completed(2, 0.8), Given.Completed(3, 0.5), Given.Completed(4, 0.9), Given.Failed(5), Given.TrainingJob(6));
        Assert.Equal(losers, Names(snapshot, keep));
    }

    [Fact]
    public void Of_equal_ones_the_earlier_is_the_better() => Assert.Equal(
        "2", Names(Given.Snapshot(Given.Job(Given.Definition), Given.Completed(2, 0.5), Given.Completed(1, 0.5)), 1));

    [Fact]
    public void A_training_job_that_was_stopped_counts_by_what_it_reported() => Assert.Equal(
        "1", Names(Given.Snapshot(Given.Job(Given.Definition), Given.Completed(1, 0.5), Given.TrainingJob(2).Ended(TrainingJobStatus.Stopped, 0.6)), 1));

    private static string Names(TuningSnapshot snapshot, int keep) => string.Join(' ', LosingTrainingJobs.Find(snapshot, keep).Select(job => job.Id).Order());
}
