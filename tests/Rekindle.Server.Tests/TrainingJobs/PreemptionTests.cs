using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

/// <summary>Who has to give way to whom.</summary>
public sealed class PreemptionTests
{
    private static readonly DateTimeOffset Now = Given.Start.AddHours(1);
    private static readonly TimeSpan Minimum = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, TrainingJob> _jobs = [];
    private readonly List<ExecutionLoad> _executions = [];
    private readonly Dictionary<string, int> _places = new() { ["slots"] = 2, ["others"] = 1, [ExecutorLoad.Gpus] = 2 };

    /// <summary>One that runs, for so many seconds.</summary>
    private void Runs(string name, int seconds, bool spot, string slot = "slots", int gpus = 0, Func<TrainingJob, TrainingJob>? change = null)
    {
        var job = Job(name, spot);
        job = job with
        {
            Progress = job.Progress with { Secondary = SecondaryStatus.Training, SeenRunning = true, TrainingStartTime = Now.AddSeconds(-seconds) },
        };
        _jobs[name] = change is null ? job : change(job);
        _executions.Add(ExecutionLoad.Of(name, slot, hasSlot: true, gpus, gpus));
    }

    private void Waits(string name, bool spot = false, string slot = "slots", bool hasSlot = false, int gpus = 0)
    {
        _jobs[name] = Job(name, spot);
        _executions.Add(ExecutionLoad.Of(name, slot, hasSlot, 0, gpus));
    }

    private TrainingJob Job(string name, bool spot) =>
        Given.TrainingJob(_jobs.Count + 1, Given.Training with { ManagedSpot = spot }) with { Name = name };

    private string Chosen() => string.Join(
        ' ', Preemption.Choose(new ExecutorLoad(_places, _executions), _jobs, Minimum, Now).Select(one => $"{one.Spot.Name}>{one.Waiting.Name}"));

    [Fact]
    public void The_youngest_gives_way_and_only_as_many_as_it_takes()
    {
        Runs("old", 500, spot: true);
        Runs("young", 100, spot: true);
        Waits("a");
        Assert.Equal("young>a", Chosen());
        Waits("b");
        Assert.Equal("young>a old>b", Chosen());
        Waits("c");
        Assert.Equal("young>a old>b", Chosen());
    }

    [Fact]
    public void Nobody_gives_way_to_managed_spot_training_or_where_there_is_room()
    {
        Runs("spot", 500, spot: true);
        Waits("free");
        Assert.Equal("", Chosen());
        Runs("other", 500, spot: false);
        _executions.RemoveAll(one => one.Name == "free");
        Waits("spot too", spot: true);
        Assert.Equal("", Chosen());
    }

    [Fact]
    public void Training_without_it_is_never_interrupted()
    {
        Runs("a", 500, spot: false);
        Runs("b", 500, spot: false);
        Waits("c");
        Assert.Equal("", Chosen());
    }

    [Theory]
    [InlineData(59, "")]
    [InlineData(60, "spot>a")]
    public void Each_attempt_is_left_alone_for_a_while(int seconds, string expected)
    {
        _places["slots"] = 1;
        Runs("spot", seconds, spot: true);
        Waits("a");
        Assert.Equal(expected, Chosen());
        // Of one that gave way before, its last start counts.
        _jobs["spot"] = _jobs["spot"] with
        {
            Progress = _jobs["spot"].Progress with { TrainingStartTime = Given.Start, Interruptions = 1, ResumedAt = Now.AddSeconds(-seconds) },
        };
        Assert.Equal(expected, Chosen());
    }

    [Fact]
    public void What_ends_already_is_waited_for()
    {
        _places["slots"] = 3;
        Runs("giving way", 500, spot: true, change: job => job with { InterruptionRequestedAt = Now });
        Runs("stopping", 500, spot: false, change: job => job.StopRequested());
        Runs("spot", 500, spot: true);
        Waits("a");
        Waits("b");
        Assert.Equal("", Chosen());
        Waits("c");
        Assert.Equal("spot>c", Chosen());
    }

    [Fact]
    public void One_that_is_packed_or_has_not_begun_is_left_alone()
    {
        Runs("packed", 500, spot: true, change: job => TrainingCase.In(job, SecondaryStatus.Uploading));
        Runs("starting", 500, spot: true, change: job => job with { Progress = job.Progress with { SeenRunning = false, Secondary = SecondaryStatus.Starting } });
        Waits("a");
        Assert.Equal("", Chosen());
    }

    [Fact]
    public void Slots_of_another_kind_are_of_no_use()
    {
        _places["slots"] = 1;
        Runs("elsewhere", 500, spot: true, slot: "others");
        Runs("here", 900, spot: true);
        Waits("a");
        Assert.Equal("here>a", Chosen());
    }

    [Fact]
    public void Gpus_are_taken_from_those_that_have_some_wherever_they_run()
    {
        Runs("without", 100, spot: true);
        Runs("one", 500, spot: true, slot: "others", gpus: 1);
        Waits("a", hasSlot: true, gpus: 2);
        Assert.Equal("one>a", Chosen());
    }

    [Fact]
    public void None_gives_way_when_all_together_would_not_do()
    {
        _places[ExecutorLoad.Gpus] = 3;
        Runs("spot", 500, spot: true, gpus: 1);
        Runs("other", 500, spot: false, slot: "others", gpus: 2);
        Waits("two", hasSlot: true, gpus: 2);
        Assert.Equal("", Chosen());
        // Who stands behind it in the line would not get what is freed.
        Waits("one", hasSlot: true, gpus: 1);
        Assert.Equal("", Chosen());
    }

    [Fact]
    public void A_younger_one_stays_when_an_older_one_alone_brings_enough()
    {
        _places["slots"] = 4;
        _places[ExecutorLoad.Gpus] = 3;
        Runs("young", 100, spot: true, gpus: 1);
        Runs("old", 500, spot: true, gpus: 2);
        Waits("a", gpus: 2);
        Assert.Equal("old>a", Chosen());
    }

    [Fact]
    public void One_that_is_being_stopped_or_unknown_makes_nobody_give_way()
    {
        _places["slots"] = 1;
        Runs("spot", 500, spot: true);
        Waits("a");
        _jobs["a"] = _jobs["a"].StopRequested();
        Assert.Equal("", Chosen());
        _jobs.Remove("a");
        Assert.Equal("", Chosen());
    }

    [Fact]
    public void Two_executors_together_have_what_each_has_and_share_the_gpus()
    {
        var one = new ExecutorLoad(new Dictionary<string, int> { ["a"] = 1, [ExecutorLoad.Gpus] = 2 }, [ExecutionLoad.Of("x", "a", true, 0, 0)]);
        var other = new ExecutorLoad(new Dictionary<string, int> { ["b"] = 3, [ExecutorLoad.Gpus] = 2 }, [ExecutionLoad.Of("y", "b", false, 0, 1)]);
        var both = one.With(other);
        Assert.Equal([("a", 1), ("b", 3), (ExecutorLoad.Gpus, 2)], both.Places.Select(place => (place.Key, place.Value)).Order());
        Assert.Equal(["x", "y"], both.Executions.Select(execution => execution.Name));
    }
}
