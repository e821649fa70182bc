using System.Globalization;
using Rekindle.Api.Client;
using Rekindle.Api.Shapes;

namespace Rekindle.Conformance.Tests;

[Trait("Needs", "bwrap")]
public sealed class KillTests
{
    private const int Jobs = 30;
    private const int Kills = 20;
    private const string Name = "killed";

    /// <summary>
    /// One at a time whatever the strategy, and at random however many: there a suggestion does not depend on which training job ends
    /// first, which is the machine's choice. So Describe and the lists must say the same as without kills, to the last digit.
    /// </summary>
    [Theory(Timeout = 600_000)]
    [InlineData("Bayesian", 1)]
    [InlineData("Random", 2)]
    public async Task Killing_the_server_twenty_times_loses_and_repeats_nothing(string strategy, int parallel)
    {
        using var workspace = new Workspace();
        using var calm = new Workspace();

        var undisturbed = RunAsync(calm, strategy, parallel, kills: 0);
        var actual = await RunAsync(workspace, strategy, parallel, Kills);

        Assert.Equal(await undisturbed, actual);
    }

    /// <summary>Two at a time with a model: the suggestions may differ from run to run, all else must hold.</summary>
    [Fact(Timeout = 600_000)]
    public async Task Killing_the_server_twenty_times_with_a_model_and_two_at_a_time_loses_and_repeats_nothing()
    {
        using var workspace = new Workspace();

        var said = await RunAsync(workspace, "Bayesian", 2, Kills);

        Assert.Equal($"Completed, {Jobs} completed", said[0]);
    }

    /// <summary>Everything Describe and the list say that time does not change, after checking what must hold in any case.</summary>
    private static async Task<List<string>> RunAsync(Workspace workspace, string strategy, int parallel, int kills)
    {
        // A program that ran twice under one name would have written its lines twice. Two at a time it lasts longer, so that the last
        // kills don't come after the end.
        var seconds = parallel == 1 ? "0.5" : "1";
        var program = workspace.Program("train.sh", $"echo start $(date +%s%N)\nsleep {seconds}\necho score=$x\necho end $(date +%s%N)");
        var random = new Random(5);
        var token = TestContext.Current.CancellationToken;
        var inProgress = 0;
        var server = await ServerProcess.StartAsync(workspace.Data);
        try
        {
            await Tuning.Client(server).CreateHyperParameterTuningJobAsync(Tuning.Request(Name, program, Jobs, parallel, strategy), token);
            for (var kill = 0; kill < kills; kill++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 900 / parallel)), TimeProvider.System, token);
                await server.KillAsync();
                await server.DisposeAsync();
                // Now with one processor, now with two: that must not show in the suggestions either.
                server = await StartAsync(workspace, processors: 1 + (kill % 2));
                var job = await Tuning.Client(server).DescribeHyperParameterTuningJobAsync(Name, token);
                inProgress += job.HyperParameterTuningJobStatus == "InProgress" ? 1 : 0;
                Assert.InRange(job.TrainingJobStatusCounters!.InProgress!.Value, 0, parallel);
            }

            // Else this would mostly show that a server can be killed when it has nothing to do.
            Assert.True(inProgress >= kills / 2, $"Only {inProgress} of {kills} kills came before the end.");
            var said = await CheckAsync(Tuning.Client(server), parallel);
            foreach (var processors in (int[])[1, 2])
            {
                await server.DisposeAsync();
                server = await StartAsync(workspace, processors);
                await CheckReplayAsync(Tuning.Client(server));
            }

            server.AssertSound();
            return said;
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<List<string>> CheckAsync(RekindleClient client, int parallel)
    {
        var job = await client.EndOfAsync(Name);
        var counters = job.TrainingJobStatusCounters!;
        Assert.Equal<(int?, int?, int?, int?, int?)>(
            (Jobs, 0, 0, 0, 0),
            (counters.Completed, counters.InProgress, counters.RetryableError, counters.NonRetryableError, counters.Stopped));
        Assert.Equal<(int?, int?, int?)>((Jobs, 0, 0), (job.ObjectiveStatusCounters!.Succeeded, job.ObjectiveStatusCounters.Pending, job.ObjectiveStatusCounters.Failed));

        var trainingJobs = await client.TrainingJobsOfAsync(Name);
        Assert.Equal(
            Enumerable.Range(1, Jobs).Select(number => string.Create(CultureInfo.InvariantCulture, $"{Name}-{number:000}")),
            trainingJobs.Select(trainingJob => trainingJob.TrainingJobName![..(Name.Length + 4)]));
        Assert.Equal(Jobs, trainingJobs.Select(trainingJob => trainingJob.TunedHyperParameters!["x"]).Distinct().Count());
        var best = trainingJobs.MaxBy(Value)!;
        Assert.Equal(best.TrainingJobName, job.BestTrainingJob!.TrainingJobName);

        List<string> said =
        [
            $"{job.HyperParameterTuningJobStatus}, {counters.Completed} completed",
            string.Create(CultureInfo.InvariantCulture, $"best {Value(job.BestTrainingJob):R}"),
        ];
        var runs = new List<(long Start, long End)>();
        foreach (var trainingJob in trainingJobs)
        {
            var x = trainingJob.TunedHyperParameters!["x"];
            var log = await client.LogOfAsync(trainingJob.TrainingJobName!);
            Assert.Equal(["start", $"score={x}", "end"], log.Select(line => line.Split(' ')[0]));
            runs.Add((Time(log[0]), Time(log[2])));
            said.Add($"{trainingJob.TrainingJobName![..(Name.Length + 4)]} {trainingJob.TrainingJobStatus} {trainingJob.ObjectiveStatus} x={x}");
        }

        // By the programs' own clocks, whatever the rows say.
        Assert.Equal(parallel, MostAtOnce(runs));
        return said;
    }

    private static Task<ServerProcess> StartAsync(Workspace workspace, int processors) => ServerProcess.StartAsync(
        workspace.Data,
        environment: new Dictionary<string, string> { ["DOTNET_PROCESSOR_COUNT"] = processors.ToString(CultureInfo.InvariantCulture) });

    /// <summary>Every suggestion comes out the same again, to the last bit of what was expected of it.</summary>
    private static async Task CheckReplayAsync(RekindleClient client)
    {
        var (same, next) = (0, (int?)1);
        while (next is { } from)
        {
            var replay = await client.ReplayTuningJobAsync(Name, from, TestContext.Current.CancellationToken);
            Assert.True(replay.Difference is null, replay.ToString() + string.Join(", ", replay.Difference?.Facts ?? []));
            same += replay.Same!.Value;
            next = replay.NextLaunchIndex;
        }

        Assert.Equal(Jobs, same);
    }

    private static double Value(HyperParameterTrainingJobSummary trainingJob) => trainingJob.FinalHyperParameterTuningJobObjectiveMetric!.Value!.Value;

    private static long Time(string line) => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);

    private static int MostAtOnce(List<(long Start, long End)> runs) =>
        runs.Max(run => runs.Count(other => other.Start <= run.Start && run.Start < other.End));
}
