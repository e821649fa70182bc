using Rekindle.Server.Storage;
using Rekindle.Server.Tests.Driving;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.TuningJobs;

public sealed class ObjectiveCurvesTests : IAsyncDisposable
{
    private const int Jobs = 120;

    private static readonly TuningJobDefinition Hyperband = TuningJobRun.Definition(Jobs) with
    {
        Strategy = StrategyKind.Hyperband,
        Hyperband = new HyperbandResources(2, 6000),
    };

    private readonly TuningJobRun _run = new(new SimulatedExecutor(_ => throw new InvalidOperationException("Nothing is started here.")));
    private readonly List<IReadOnlyList<long>> _reads = [];
    private Lease _lease = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Curves_are_read_in_parts_and_again_only_where_the_log_went_on()
    {
        var id = await LaunchedAsync(TuningJobRun.Definition(Jobs) with { EarlyStopping = true });
        var curves = Curves(TuningJobRun.Definition(Jobs));

        var first = await curves.AddToAsync(await SnapshotAsync(id), Token);
        Assert.Equal([50, 50, 20], _reads.Select(ids => ids.Count));
        Assert.Equal(Jobs, first.Curves.Count);
        Assert.Equal([(1, 0.5), (2, 0.5)], first.Curves.Values.First().Readings.Select(reading => (reading.Resource, reading.Value)));

        _reads.Clear();
        await curves.AddToAsync(await SnapshotAsync(id), Token);
        Assert.Empty(_reads);

        var grown = first.TrainingJobs[7];
        await AppendAsync(grown, 3, 4, position: 1000);
        var second = await curves.AddToAsync(await SnapshotAsync(id), Token);
        Assert.Equal([grown.Id], Assert.Single(_reads));
        Assert.Equal(4, second.Curves[grown.Id].Readings.Count);
        // What others hold of it stays as it was.
        Assert.Equal(2, first.Curves[grown.Id].Readings.Count);
    }

    [Fact]
    public async Task A_training_job_that_ran_to_its_end_counts_so_without_being_read_again()
    {
        var id = await LaunchedAsync(TuningJobRun.Definition(Jobs) with { EarlyStopping = true });
        var curves = Curves(TuningJobRun.Definition(Jobs));
        var snapshot = await curves.AddToAsync(await SnapshotAsync(id), Token);
        var ended = snapshot.TrainingJobs[3];
        Assert.False(snapshot.Curves[ended.Id].RanToEnd);
        _reads.Clear();

        snapshot = await curves.AddToAsync(
            snapshot with { TrainingJobs = [.. snapshot.TrainingJobs.Select(job => job.Id == ended.Id ? job.Ended(TrainingJobStatus.Completed, 0.5) : job)] },
            Token);

        Assert.True(snapshot.Curves[ended.Id].RanToEnd);
        Assert.Empty(_reads);
    }

    /// <summary>With MinResource 2 a stride would begin to leave out reports 2, 6 and 18 as the curve gets longer.</summary>
    [Fact]
    public async Task What_Hyperband_compares_at_a_rung_stays_however_long_the_curve_gets()
    {
        var id = await LaunchedAsync(Hyperband, jobs: 1);
        var curves = Curves(Hyperband);
        var job = (await SnapshotAsync(id)).TrainingJobs[0];
        var last = 2;
        foreach (var reports in (int[])[18, 600, 2001, 4001, 5999])
        {
            await AppendAsync(job, last + 1, reports, position: reports * 10);
            last = reports;

            var readings = (await curves.AddToAsync(await SnapshotAsync(id), Token)).Curves[job.Id].Readings;

            double[] reached = [.. new double[] { 2, 6, 18, 54, 162, 486, 1458, 4374 }.Where(rung => rung <= reports)];
            Assert.Equal(reached.Append(reports).Distinct(), readings.Select(reading => reading.Resource));
        }
    }

    [Fact]
    public void A_long_curve_is_thinned_out_for_the_median_rule_and_keeps_its_extremes_and_its_ends()
    {
        List<CurvePoint> points = [.. Enumerable.Range(1, 10_000).Select(i => new CurvePoint(i, i switch { 4321 => -9, 8765 => 9, _ => 0 }, default))];

        var kept = ObjectiveCurves.Shorten(points, null);

        Assert.InRange(kept.Length, 400, ObjectiveCurves.MostReadings + 3);
        Assert.Equal((1.0, 10_000.0, -9.0, 9.0), (kept[0].Resource, kept[^1].Resource, kept.Min(r => r.Value), kept.Max(r => r.Value)));
        Assert.Equal(kept.Select(r => r.Resource).Order(), kept.Select(r => r.Resource));
    }

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    private ObjectiveCurves Curves(TuningJobDefinition definition) => new(
        WatchedStore.Of(_run.Store, (_, arguments) => _reads.AddRange(arguments.OfType<IReadOnlyList<long>>())), definition);

    private async Task<TuningSnapshot> SnapshotAsync(long id) => (await _run.Store.ReadTuningSnapshotAsync(id, Token))!;

    /// <summary>All of them have reported twice.</summary>
    private async Task<long> LaunchedAsync(TuningJobDefinition definition, int jobs = Jobs)
    {
        var id = await _run.CreateAsync(definition);
        _lease = Assert.Single(await _run.Store.ClaimAsync("test", TimeSpan.FromMinutes(10), Token));
        var now = TimeProvider.System.GetUtcNow();
        List<Change> launches =
        [
            .. Enumerable.Range(1, jobs).Select(i =>
                new Change.AddTrainingJob($"t-{i}", $"arn:t-{i}", i, new Dictionary<string, string> { ["x"] = "0.5" }, "Random", now)),
        ];
        Assert.True(await _run.Store.CommitAsync(_lease, launches, Token));
        foreach (var job in (await SnapshotAsync(id)).TrainingJobs) await AppendAsync(job, 1, 2, position: 20);
        return id;
    }

    private async Task AppendAsync(TrainingJob job, int first, int last, long position) => Assert.True(await _run.Store.CommitAsync(
        _lease,
        [
            new Change.AppendReadings(
                job.Id,
                [
                    .. Enumerable.Range(first, last - first + 1)
                        .Select(i => new MetricReading("score", i * 10, 0.5, TimeProvider.System.GetUtcNow()) { Ordinal = i }),
                ]),
            new Change.SetTrainingProgress(job.Id, job.Progress with { LogPosition = position }, []),
        ],
        Token));
}
