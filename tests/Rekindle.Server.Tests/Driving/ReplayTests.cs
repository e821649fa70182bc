using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.Driving;

/// <summary>What drivers launched comes out the same again from what was stored with it, and a row that was tampered with is found.</summary>
public sealed class ReplayTests
{
    private const int Jobs = 16;

    /// <summary>Runs until it is stopped, so that several suggestions are made while it runs.</summary>
    private const string LongOne = "-002-";

    private const string FailingOne = "-004-";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Suggestions_made_while_others_ran_and_drivers_were_dropped_come_out_the_same()
    {
        await using var run = new TuningJobRun(new SimulatedExecutor(Program));
        var id = await RunAsync(run, StrategyKind.Bayesian);

        var trainingJobs = (await run.Store.ReadTuningSnapshotAsync(id, Token))!.TrainingJobs;
        // Else it would show less than it says.
        Assert.True(trainingJobs.Count(job => job.Explanation!.Running.Contains(2)) >= 4);
        Assert.Contains(trainingJobs, job => job.Origin == "Model" && job.Explanation!.Running.Contains(2));
        Assert.All(trainingJobs, job => Assert.InRange(job.Explanation!.Running.Count, 0, 1));
        Assert.Equal((Jobs, 0, null), await ReplayAsync(run.DatabasePath, id));
    }

    [Fact]
    public async Task A_replay_in_small_stretches_or_two_at_a_time_comes_to_the_same()
    {
        await using var run = new TuningJobRun(new SimulatedExecutor(Program));
        var id = await RunAsync(run, StrategyKind.Bayesian);

        Assert.Equal((Jobs, 0, null), await ReplayAsync(run.DatabasePath, id, TimeSpan.Zero));
        using var suggesting = new Suggesting();
        var replaying = new Replaying(run.Store, suggesting, TimeProvider.System) { Stretch = TimeSpan.FromMilliseconds(20) };
        var both = await Task.WhenAll(ReplayAsync(run.Store, replaying, id), ReplayAsync(run.Store, replaying, id));
        Assert.All(both, replay => Assert.Equal((Jobs, 0, null), replay));
    }

    [Theory]
    [InlineData("Random")]
    [InlineData("Grid")]
    public async Task Strategies_without_a_model_store_no_more_than_what_ran(string strategy)
    {
        await using var run = new TuningJobRun(new SimulatedExecutor(Program));
        var id = await RunAsync(run, Enum.Parse<StrategyKind>(strategy));

        var trainingJobs = (await run.Store.ReadTuningSnapshotAsync(id, Token))!.TrainingJobs;
        Assert.All(trainingJobs, job => Assert.Equal((null, null, null), (job.Explanation!.Reason, job.Explanation.Model, job.Explanation.Nearest)));
        Assert.All(trainingJobs, job => Assert.InRange(StorageJson.Write(job.Explanation!).Length, 1, 120));
        Assert.Equal((Jobs, 0, null), await ReplayAsync(run.DatabasePath, id));
    }

    /// <summary>Hyperband sees what running training jobs have reported, and that is more by now.</summary>
    [Fact]
    public async Task What_running_ones_had_reported_is_noted_where_the_strategy_looks_at_it()
    {
        var executor = new SimulatedExecutor(spec =>
        {
            var value = Math.Sin(7 * double.Parse(spec.HyperParameters["x"], CultureInfo.InvariantCulture));
            value += spec.Name.Contains(LongOne, StringComparison.Ordinal) ? 5 : 0;
            var log = string.Concat(Enumerable.Range(1, 4).Select(k => string.Create(CultureInfo.InvariantCulture, $"score={value + (0.1 * k)}\n")));
            return new SimulatedExecutor.Outcome(log, RunsUntilStopped: spec.Name.Contains(LongOne, StringComparison.Ordinal), PrintsAtOnce: true);
        });
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(Definition(StrategyKind.Hyperband) with { Hyperband = new HyperbandResources(3, 9) });
        await DriveAsync(run, id);

        var trainingJobs = (await run.Store.ReadTuningSnapshotAsync(id, Token))!.TrainingJobs;
        Assert.All(trainingJobs, job => Assert.NotNull(job.Explanation!.Reports));
        Assert.Contains(trainingJobs, job => job.Origin == "Model");
        Assert.Equal((Jobs, 0, null), await ReplayAsync(run.DatabasePath, id));

        // Its program was lost and started anew, and has reported anew; of what was seen before that nothing is known any more.
        var seen = trainingJobs.Count(job => job.Explanation!.Reports!.GetValueOrDefault(2) > 0);
        Assert.InRange(seen, 4, Jobs - 2);
        var again = $"UPDATE metric_readings SET time = time + 86400000 WHERE training_job_id = {trainingJobs[1].Id}";
        var (same, unknown, _) = await ReplayCopyAsync(run, id, again);
        Assert.Equal((Jobs - seen, seen), (same, unknown));
        Assert.Equal(seen, (await ReplayCopyAsync(run, id, $"DELETE FROM metric_readings WHERE training_job_id = {trainingJobs[1].Id} AND ordinal = 4")).Unknown);
    }

    [Fact]
    public async Task A_child_of_a_deleted_parent_comes_out_the_same()
    {
        await using var run = new TuningJobRun(new SimulatedExecutor(Program));
        var parent = await RunAsync(run, StrategyKind.Random, "parent");
        var child = await run.CreateAsync(
            Definition(StrategyKind.Bayesian) with { WarmStart = WarmStartKind.TransferLearning }, "child", parent);
        await run.Store.DeleteTuningJobAsync("parent", TimeProvider.System.GetUtcNow(), Token);
        await DriveAsync(run, child);

        var trainingJobs = (await run.Store.ReadTuningSnapshotAsync(child, Token))!.TrainingJobs;
        Assert.Contains(trainingJobs, job => job.Explanation!.Parent == "parent");
        Assert.Equal((Jobs, 0, null), await ReplayAsync(run.DatabasePath, child));
    }

    [Fact]
    public async Task A_row_that_was_tampered_with_is_the_first_difference()
    {
        await using var run = new TuningJobRun(new SimulatedExecutor(Program));
        var id = await RunAsync(run, StrategyKind.Bayesian);

        var (before, _, difference) = await ReplayTamperedAsync(run, id, "tuned = '{\"x\":\"0.123\"}'", 7);
        Assert.Equal((6, 7), (before, difference!.TrainingJob.LaunchIndex));
        Assert.Equal(("HyperParameters.x", "0.123"), (difference.Facts[0].Name, difference.Facts[0].Stored));
        Assert.Equal(await run.Store.ReadTuningSnapshotAsync(id, Token) is { } now ? now.TrainingJobs[6].TunedHyperParameters["x"] : null, difference.Facts[0].Again);

        // What it was expected to give, by one unit in the last place.
        var model = (await run.Store.ReadTuningSnapshotAsync(id, Token))!.TrainingJobs.First(job => job.Origin == "Model");
        var off = model.Explanation! with { PredictedMean = Math.BitIncrement(model.Explanation.PredictedMean!.Value) };
        (before, _, difference) = await ReplayTamperedAsync(run, id, $"explanation = '{StorageJson.Write(off).Replace("'", "''", StringComparison.Ordinal)}'", model.LaunchIndex);
        Assert.Equal((model.LaunchIndex - 1, model.Name), (before, difference!.TrainingJob.Name));
        Assert.Equal("PredictedMean", Assert.Single(difference.Facts).Name);

        // A result shows in the first suggestion that was made of it.
        (_, _, difference) = await ReplayTamperedAsync(run, id, "objective_value = 0.99", 1);
        Assert.InRange(difference!.TrainingJob.LaunchIndex, 2, model.LaunchIndex);

        // What was not kept can't be told, and stops nothing.
        Assert.Equal((Jobs - 1, 1, null), await ReplayTamperedAsync(run, id, "explanation = NULL", 3));
    }

    /// <summary>The replay after a change to one row of a copy of the database.</summary>
    private static Task<(int Same, int Unknown, ReplayDifference? Difference)> ReplayTamperedAsync(
        TuningJobRun run, long id, string assignment, int launchIndex) =>
        ReplayCopyAsync(run, id, $"UPDATE training_jobs SET {assignment} WHERE tuning_job_id = {id} AND launch_index = {launchIndex}");

    private static async Task<(int Same, int Unknown, ReplayDifference? Difference)> ReplayCopyAsync(TuningJobRun run, long id, string change)
    {
        var copy = $"{run.DatabasePath}.{Guid.NewGuid():N}";
        await using (var connection = new SqliteConnection($"Data Source={run.DatabasePath};Pooling=False"))
        await using (var target = new SqliteConnection($"Data Source={copy};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            await target.OpenAsync(Token);
            connection.BackupDatabase(target);
            await using var command = target.CreateCommand();
            command.CommandText = change;
            Assert.InRange(await command.ExecuteNonQueryAsync(Token), 1, 100);
        }

        return await ReplayAsync(copy, id);
    }

    private static async Task<(int Same, int Unknown, ReplayDifference? Difference)> ReplayAsync(string database, long id, TimeSpan? stretch = null)
    {
        // A store and a strategy that have seen nothing yet, as after a restart.
        await using var store = SqlStore.Open(database, TimeProvider.System, NullLogger.Instance);
        using var suggesting = new Suggesting();
        return await ReplayAsync(store, new Replaying(store, suggesting, TimeProvider.System) { Stretch = stretch ?? TimeSpan.FromMinutes(10) }, id);
    }

    private static async Task<(int Same, int Unknown, ReplayDifference? Difference)> ReplayAsync(SqlStore store, Replaying replaying, long id)
    {
        var snapshot = (await store.ReadTuningSnapshotAsync(id, Token))!;
        var parents = Ancestry.WithoutRepeats(await store.ReadParentsAsync(id, Token));
        var (same, unknown, next) = (0, 0, (int?)1);
        while (next is { } from)
        {
            var stretch = await replaying.ReplayAsync(snapshot, parents, from, Token);
            (same, unknown, next) = (same + stretch.Same, unknown + stretch.Unknown, stretch.Next);
            if (stretch.Difference is { } difference) return (same, unknown, difference);
        }

        return (same, unknown, null);
    }

    private static async Task<long> RunAsync(TuningJobRun run, StrategyKind strategy, string name = "job")
    {
        var id = await run.CreateAsync(Definition(strategy), name);
        await DriveAsync(run, id);
        return id;
    }

    /// <summary>Drops the drivers now and then; the long training job is stopped near the end.</summary>
    private static async Task DriveAsync(TuningJobRun run, long id)
    {
        foreach (var launched in (int[])[3, 8, 14])
        {
            await run.StartDriversAsync();
            await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Count >= launched);
            await run.DropDriversAsync();
        }

        await run.StartDriversAsync();
        var name = (await run.Store.ReadTuningSnapshotAsync(id, Token))!.TrainingJobs[1].Name;
        await run.Store.RequestTrainingJobStopAsync(name, TimeProvider.System.GetUtcNow(), Token);
        run.Signal.Raise();
        var ended = await run.UntilEndedAsync(id);
        await run.DropDriversAsync();
        Assert.Equal((TuningJobStatus.Completed, Jobs), (ended.Job.Status, ended.TrainingJobs.Count));
    }

    private static TuningJobDefinition Definition(StrategyKind strategy) => TuningJobRun.Definition(Jobs, parallel: 2) with
    {
        Strategy = strategy,
        Ranges =
        [
            strategy == StrategyKind.Grid
                ? new ParameterRange { Name = "x", Kind = ParameterKind.Integer, MinValue = "1", MaxValue = "16" }
                : new ParameterRange { Name = "x", Kind = ParameterKind.Continuous, MinValue = "0", MaxValue = "1" },
        ],
    };

    private static SimulatedExecutor.Outcome Program(ExecutionSpec spec)
    {
        var x = double.Parse(spec.HyperParameters["x"], CultureInfo.InvariantCulture);
        var log = string.Create(CultureInfo.InvariantCulture, $"score={Math.Sin(7 * x) - (x * x)}\n");
        return spec.Name.Contains(FailingOne, StringComparison.Ordinal) ? new SimulatedExecutor.Outcome("", ExitCode: 1)
            : new SimulatedExecutor.Outcome(log, RunsUntilStopped: spec.Name.Contains(LongOne, StringComparison.Ordinal));
    }
}
