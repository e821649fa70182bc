using Rekindle.Api.Client;
using Rekindle.Api.Shapes;
using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>
/// Training programs whose curves are known beforehand, one at a time, so that which of them is stopped does not depend on the machine.
/// What should be stopped would go on for ten minutes.
/// </summary>
[Trait("Needs", "bwrap")]
public sealed class EarlyStoppingTests
{
    private const string Name = "hopeless";

    /// <summary>
    /// report VALUE COUNT reports so often; for_ever VALUE reports on until it is stopped; stay VALUE reports to the first rung and waits
    /// there, or it might have used the most before anyone looks. n is the training job's number.
    /// </summary>
    private const string Functions =
        """
        n=$(echo "$TRAINING_JOB_NAME" | sed 's/.*-0*\([0-9]*\)-[0-9a-f]*$/\1/')
        report() { i=0; while [ $i -lt $2 ]; do i=$((i+1)); echo "epoch $i score=$1"; sleep 0.05; done; }
        for_ever() { report $1 12000; echo never; }
        stay() { report $1 2; sleep 600; echo never; }

        """;

    private const string ForAuto = Functions + "case $n in 6) for_ever 0.1;; 7) report 0.9 8;; 8) for_ever 0.2;; *) report 0.5 8;; esac";

    private const string ForHyperband =
        Functions + "case $n in 1) for_ever 0.5;; 2) stay 0.4;; 3) report 0.6 4;; 4) for_ever 0.55;; 5) for_ever 0.7;; *) stay 0.1;; esac";

    private static readonly HyperbandStrategyConfig Resources = new() { MinResource = 2, MaxResource = 9 };

    private static readonly string[] OfAuto =
    [
        "Completed 0.5", "Completed 0.5", "Completed 0.5", "Completed 0.5", "Completed 0.5", "Stopped 0.1 early", "Completed 0.9", "Stopped 0.2 early",
        "Completed 0.5",
    ];

    // Rungs at 2, 6 and 9 reports: the second and the last fall behind at the first, the third ends by itself before the next.
    private static readonly string[] OfHyperband =
    [
        "Stopped 0.5 MaxResource", "Stopped 0.4 early", "Completed 0.6", "Stopped 0.55 MaxResource", "Stopped 0.7 MaxResource", "Stopped 0.1 early",
    ];

    [Theory(Timeout = 360_000)]
    [InlineData(0)]
    [InlineData(6)]
    public async Task Auto_stops_hopeless_training_jobs_while_they_run_also_through_kills_of_the_server(int kills)
    {
        using var workspace = new Workspace();
        var request = Tuning.Request(Name, workspace.Program("train.sh", ForAuto), OfAuto.Length, maxRuntime: 600);
        request = With(request, config => config with { TrainingJobEarlyStoppingType = "Auto" });

        Assert.Equal(OfAuto, await RunAsync(workspace, request, kills));
    }

    [Theory(Timeout = 360_000)]
    [InlineData(0)]
    [InlineData(6)]
    public async Task Hyperband_stops_what_falls_behind_and_what_has_used_the_most_also_through_kills_of_the_server(int kills)
    {
        using var workspace = new Workspace();
        var request = Tuning.Request(
            Name, workspace.Program("train.sh", ForHyperband), OfHyperband.Length, strategy: "Hyperband", maxRuntime: 600);
        request = With(request, config => config with { StrategyConfig = new() { HyperbandStrategyConfig = Resources } });

        Assert.Equal(OfHyperband, await RunAsync(workspace, request, kills));
    }

    [Fact(Timeout = 360_000)]
    public async Task Boto3_sees_early_stopping_and_Hyperband_as_AWS_documents_them()
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python,
            [
                ClientProgram.Script("early_stopping.py"), server.Url, workspace.Program("auto.sh", ForAuto), workspace.Program("hyperband.sh", ForHyperband),
            ]);

        Checks.AllOk(code, output, atLeast: 14);
        server.AssertSound();
    }

    /// <summary>How each training job ended, its value, and the reason of its stop; after checking what must agree with that.</summary>
    private static async Task<List<string>> RunAsync(Workspace workspace, CreateHyperParameterTuningJobRequest request, int kills)
    {
        var token = TestContext.Current.CancellationToken;
        var random = new Random(7);
        var server = await ServerProcess.StartAsync(workspace.Data);
        try
        {
            await Tuning.Client(server).CreateHyperParameterTuningJobAsync(request, token);
            for (var kill = 0; kill < kills; kill++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 1500)), TimeProvider.System, token);
                await server.KillAsync();
                await server.DisposeAsync();
                server = await ServerProcess.StartAsync(workspace.Data);
            }

            var said = await DescribeAsync(Tuning.Client(server));
            server.AssertSound();
            return said;
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<List<string>> DescribeAsync(RekindleClient client)
    {
        var job = await client.EndOfAsync(Name);
        var said = new List<string>();
        foreach (var summary in await client.TrainingJobsOfAsync(Name))
        {
            Assert.Equal("Succeeded", summary.ObjectiveStatus);
            var described = await client.DescribeTrainingJobAsync(summary.TrainingJobName!, TestContext.Current.CancellationToken);
            var message = described.SecondaryStatusTransitions![^1].StatusMessage!;
            var reason = message.Contains("stopped early", StringComparison.Ordinal) ? " early"
                : message.Contains("MaxResource", StringComparison.Ordinal) ? " MaxResource"
                : "";
            said.Add(FormattableString.Invariant(
                $"{summary.TrainingJobStatus} {Math.Round(summary.FinalHyperParameterTuningJobObjectiveMetric!.Value!.Value, 6)}{reason}"));
            var log = await client.LogOfAsync(summary.TrainingJobName!);
            Assert.DoesNotContain("never", log);
            // Started once: a second run would report a first epoch again.
            Assert.Single(log, line => line.StartsWith("epoch 1 ", StringComparison.Ordinal));
        }

        Assert.Equal("Completed", job.HyperParameterTuningJobStatus);
        Assert.Equal(said.Count(s => s.StartsWith("Stopped", StringComparison.Ordinal)), job.TrainingJobStatusCounters!.Stopped);
        Assert.Equal(said.Count(s => s.StartsWith("Completed", StringComparison.Ordinal)), job.TrainingJobStatusCounters.Completed);
        Assert.Equal((said.Count, 0), (job.ObjectiveStatusCounters!.Succeeded!.Value, job.ObjectiveStatusCounters.Failed!.Value));
        Assert.Equal(said.Max(s => s.Split(' ')[1]), FormattableString.Invariant(
            $"{Math.Round(job.BestTrainingJob!.FinalHyperParameterTuningJobObjectiveMetric!.Value!.Value, 6)}"));
        return said;
    }

    private static CreateHyperParameterTuningJobRequest With(
        CreateHyperParameterTuningJobRequest request, Func<HyperParameterTuningJobConfig, HyperParameterTuningJobConfig> change) =>
        request with { HyperParameterTuningJobConfig = change(request.HyperParameterTuningJobConfig!) };
}
