using System.Globalization;
using Rekindle.Api.Shapes;

namespace Rekindle.Conformance.Tests;

/// <summary>
/// Training programs that go wrong, each the first training job of a tuning job of two: what the API says of it, and that the tuning job
/// goes on to the second.
/// </summary>
[Trait("Needs", "bwrap")]
public sealed class TrainingFailureTests
{
    private const int LogCap = 64 * 1024;

    [Theory(Timeout = 240_000)]
    [InlineData("exits", "echo score=9; exit 3", "Failed", "Failed", "Failed", null, "AlgorithmError: , exit code: 3. The log ends with: score=9")]
    [InlineData("exits-with-a-reason", "printf 'no data' >/opt/ml/output/failure; exit 4", "Failed", "Failed", "Failed", null, "AlgorithmError: no data, exit code: 4")]
    [InlineData("crashes", "kill -SEGV $$", "Failed", "Failed", "Failed", null, "AlgorithmError: , exit code: 139")]
    [InlineData("is-killed", "echo score=9; kill -9 $$", "Failed", "Failed", "Failed", null, "AlgorithmError: , exit code: 137. The log ends with: score=9")]
    [InlineData("hangs", "exec sleep 1000", "Stopped", "MaxRuntimeExceeded", "Failed", null, null)]
    [InlineData("hangs-after-a-result", "echo score=9; exec sleep 1000", "Stopped", "MaxRuntimeExceeded", "Succeeded", 9.0, null)]
    [InlineData("prints-no-metric", "echo accuracy=9; exit 0", "Completed", "Completed", "Failed", null, null)]
    [InlineData("prints-nan", "echo score=nan; echo score=NaN; echo score=-inf; echo score=; exit 0", "Completed", "Completed", "Failed", null, null)]
    [InlineData("ends-with-nan", "echo score=9; echo score=nan; exit 0", "Completed", "Completed", "Succeeded", 9.0, null)]
    [InlineData("prints-huge", "echo score=1e999; exit 0", "Completed", "Completed", "Failed", null, null)]
    public async Task A_program_that_goes_wrong_is_told_and_the_tuning_job_goes_on(
        string name, string body, string status, string secondary, string objectiveStatus, double? value, string? reason)
    {
        var (tuningJob, summary, trainingJob, _) = await RunAsync(name, body);

        Assert.Equal(status, trainingJob.TrainingJobStatus);
        Assert.Equal(secondary, trainingJob.SecondaryStatus);
        Assert.Equal(secondary, trainingJob.SecondaryStatusTransitions![^1].Status);
        Assert.NotEmpty(trainingJob.SecondaryStatusTransitions[^1].StatusMessage!);
        Assert.Equal(reason, trainingJob.FailureReason);
        Assert.Equal(status, summary.TrainingJobStatus);
        Assert.Equal(reason, summary.FailureReason);
        Assert.Equal(objectiveStatus, summary.ObjectiveStatus);
        Assert.Equal(value, summary.FinalHyperParameterTuningJobObjectiveMetric?.Value);

        var counters = tuningJob.TrainingJobStatusCounters!;
        Assert.Equal(status == "Completed" ? 2 : 1, counters.Completed);
        Assert.Equal(status == "Failed" ? 1 : 0, counters.NonRetryableError);
        Assert.Equal(status == "Stopped" ? 1 : 0, counters.Stopped);
        Assert.Equal<(int?, int?)>((0, 0), (counters.InProgress, counters.RetryableError));
        Assert.Equal(objectiveStatus == "Failed" ? 1 : 0, tuningJob.ObjectiveStatusCounters!.Failed);
        // A result of 9 is beyond what the second can reach; without it only the second has one.
        Assert.Equal(value is not null, tuningJob.BestTrainingJob!.TrainingJobName == summary.TrainingJobName);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_program_that_floods_its_log_is_cut_off_and_keeps_its_result()
    {
        const string Flood = "echo score=9; yes 'a line that is of no use to anybody' | head -c 30000000; exit 0";
        var (_, summary, trainingJob, log) = await RunAsync("floods", Flood);

        Assert.Equal("Completed", trainingJob.TrainingJobStatus);
        Assert.Equal("Succeeded", summary.ObjectiveStatus);
        Assert.Equal(9.0, summary.FinalHyperParameterTuningJobObjectiveMetric!.Value);
        Assert.Equal("score=9", log[0]);
        Assert.InRange(log.Sum(line => line.Length + 1), LogCap / 2, LogCap + 1);
    }

    /// <summary>The machine may be too busy to write the log before the program's end is seen.</summary>
    [Fact(Timeout = 240_000)]
    public async Task A_result_whose_log_is_written_late_still_counts()
    {
        using var workspace = new Workspace();
        var slow = Directory.CreateDirectory(Path.Combine(workspace.Path, "slow")).FullName;
        File.Move(workspace.Program("cat", "sleep 4\nexec /bin/cat \"$@\""), Path.Combine(slow, "cat"));
        await using var server = await ServerProcess.StartAsync(workspace.Data, path: slow);
        var client = Tuning.Client(server);
        await client.CreateHyperParameterTuningJobAsync(
            Tuning.Request("late", workspace.Program("train.sh", "echo score=$x"), jobs: 1), TestContext.Current.CancellationToken);

        var job = await client.EndOfAsync("late");

        Assert.Equal("Completed", job.HyperParameterTuningJobStatus);
        Assert.Equal("Succeeded", job.BestTrainingJob?.ObjectiveStatus);
        server.AssertSound();
    }

    [Fact(Timeout = 240_000)]
    public async Task Processes_that_a_program_leaves_behind_end_with_it()
    {
        // Known by how long they mean to sleep.
        var seconds = $"5000.{Math.Abs(Guid.NewGuid().GetHashCode())}";
        var body = $"sleep {seconds} & setsid sleep {seconds} & (trap '' TERM HUP; setsid sleep {seconds} >/dev/null 2>&1 &) ; echo score=9; exit 0";
        var (_, summary, trainingJob, _) = await RunAsync("leaves-grandchildren", body);

        Assert.Equal("Completed", trainingJob.TrainingJobStatus);
        Assert.Equal(9.0, summary.FinalHyperParameterTuningJobObjectiveMetric!.Value);
        Assert.DoesNotContain(CommandLines(), line => line.Contains(seconds, StringComparison.Ordinal));
    }

    [Theory(Timeout = 240_000)]
    [InlineData(10, 1, 5, 5)]
    [InlineData(10, 2, 5, 6)]
    [InlineData(3, 1, 3, 3)]
    public async Task When_nothing_succeeds_the_tuning_job_gives_up_in_the_words_of_AWS(int jobs, int parallel, int atLeast, int atMost)
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        var client = Tuning.Client(server);
        var program = workspace.Program("train.sh", "echo score=9; exit 1");
        await client.CreateHyperParameterTuningJobAsync(
            Tuning.Request("hopeless", program, jobs, parallel), TestContext.Current.CancellationToken);

        var job = await client.EndOfAsync("hopeless");

        Assert.Equal("Failed", job.HyperParameterTuningJobStatus);
        Assert.StartsWith($"No training job succeeded after {Math.Min(jobs, 5)} attempts.", job.FailureReason, StringComparison.Ordinal);
        Assert.InRange(job.TrainingJobStatusCounters!.NonRetryableError!.Value, atLeast, atMost);
        Assert.Equal(job.TrainingJobStatusCounters.NonRetryableError, (await client.TrainingJobsOfAsync("hopeless")).Count);
        Assert.Null(job.BestTrainingJob);
        Assert.NotNull(job.HyperParameterTuningEndTime);
        server.AssertSound();
    }

    private static async Task<(DescribeHyperParameterTuningJobResponse TuningJob, HyperParameterTrainingJobSummary Summary,
        DescribeTrainingJobResponse TrainingJob, List<string> Log)> RunAsync(string name, string body)
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(
            workspace.Data, workspace.Config(string.Create(CultureInfo.InvariantCulture, $$"""{"LogCapBytes": {{LogCap}} }""")));
        var client = Tuning.Client(server);
        var program = workspace.Program("train.sh", $"case $TRAINING_JOB_NAME in *-001-*) {body} ;; esac\necho score=$x");
        await client.CreateHyperParameterTuningJobAsync(
            Tuning.Request(name, program, jobs: 2, maxRuntime: 5), TestContext.Current.CancellationToken);

        var tuningJob = await client.EndOfAsync(name);

        var trainingJobs = await client.TrainingJobsOfAsync(name);
        Assert.Equal("Completed", tuningJob.HyperParameterTuningJobStatus);
        Assert.Null(tuningJob.FailureReason);
        Assert.Equal(2, trainingJobs.Count);
        Assert.True(
            (trainingJobs[1].TrainingJobStatus, trainingJobs[1].ObjectiveStatus) is ("Completed", "Succeeded"),
            $"{trainingJobs[1]}, log: {string.Join('|', await client.LogOfAsync(trainingJobs[1].TrainingJobName!))}");
        server.AssertSound();
        return (
            tuningJob,
            trainingJobs[0],
            await client.DescribeTrainingJobAsync(trainingJobs[0].TrainingJobName!, TestContext.Current.CancellationToken),
            await client.LogOfAsync(trainingJobs[0].TrainingJobName!));
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            {
                continue;
            }

            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
            }
            catch (IOException)
            {
                // It has just ended.
                continue;
            }

            yield return line;
        }
    }
}
