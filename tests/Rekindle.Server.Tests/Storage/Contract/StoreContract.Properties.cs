using CsCheck;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

public abstract partial class StoreContract
{
    private static readonly Gen<TrainingJobQuery> AnyQuery = Gen.Select(
        // What was modified moves in a list that is sorted by it; that order has tests of its own.
        Gen.Enum<TrainingJobSort>().Where(sort => sort != TrainingJobSort.LastModifiedTime),
        Gen.Enum<SortOrder>(),
        Gen.Int[1, 5],
        AnyOf<string?>(null, null, "a", "B"),
        AnyOf<TrainingJobStatus?>(null, null, TrainingJobStatus.InProgress, TrainingJobStatus.Completed),
        (by, order, size, part, status) =>
            new TrainingJobQuery { SortBy = by, SortOrder = order, MaxResults = size, NameContains = part, Status = status });

    private static readonly Gen<ModelStep> AnyStep = Gen.Select(
        Gen.Enum<StepKind>(),
        Gen.String[AnyOf('a', 'A', 'b', 'B', '-', '1'), 1, 3],
        Gen.Enum<TrainingJobStatus>(),
        AnyOf(-1.0, -0.0, 0.0, 0.5, 5e-324, 1e300),
        Gen.Int[0, 3],
        (kind, name, status, objective, time) => new ModelStep(kind, name, status, objective, time));

    /// <summary>
    /// Any sequence of creations, progress, stop requests and deletions leaves what a dictionary would hold, and every list,
    /// walked page by page, is the sorted and filtered dictionary.
    /// </summary>
    [Fact]
    public async Task The_store_behaves_as_a_dictionary()
    {
        var run = 0;
        await Gen.Select(AnyStep.Array[0, 40], AnyQuery.Array[1, 6]).SampleAsync(
            async (steps, queries) =>
            {
                await using var store = OpenEmpty($"model-{Interlocked.Increment(ref run)}");
                await store.MigrateAsync(default);
                var model = new TrainingJobModel();
                foreach (var step in steps)
                    await TakeAsync(store, model, step);

                foreach (var expected in model.Rows.Where(row => !row.Deleted))
                {
                    var read = await store.FindTrainingJobAsync(expected.Name.ToUpperInvariant(), default);
                    Assert.NotNull(read);
                    Assert.Equal(expected.Seen(), TrainingJobModel.Seen(read));
                }

                foreach (var query in queries)
                    Assert.Equal(model.List(query).Select(row => row.Id), await WalkIdsAsync(store, query, _ => Task.CompletedTask));
            },
            iter: 60,
            threads: 1);
    }

    /// <summary>Rows that are there during the whole walk come exactly once and in order, whatever else comes and goes meanwhile.</summary>
    [Fact]
    public async Task A_walk_over_pages_gives_every_lasting_row_once_while_others_come_and_go()
    {
        var run = 0;
        await Gen.Select(AnyStep.Array[0, 25], AnyStep.Array[0, 25], AnyQuery).SampleAsync(
            async (before, during, query) =>
            {
                await using var store = OpenEmpty($"walk-{Interlocked.Increment(ref run)}");
                await store.MigrateAsync(default);
                var model = new TrainingJobModel();
                foreach (var step in before)
                    await TakeAsync(store, model, step);

                var atFirst = model.List(query).Select(row => row.Id).ToList();
                var next = 0;
                var walked = await WalkIdsAsync(store, query, async _ =>
                {
                    // Status changes move rows between lists; creations and deletions are what a walk has to bear.
                    for (var i = 0; i < 4 && next < during.Length; i++, next++)
                    {
                        if (during[next].Kind is StepKind.Create or StepKind.Delete)
                            await TakeAsync(store, model, during[next]);
                    }
                });

                Assert.Equal(walked.Distinct(), walked);
                var lasting = model.List(query).Select(row => row.Id).Intersect(atFirst).ToList();
                Assert.Equal(lasting, walked.Intersect(lasting));
            },
            iter: 60,
            threads: 1);
    }

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static async Task<List<long>> WalkIdsAsync(IStore store, TrainingJobQuery query, Func<int, Task> betweenPages)
    {
        var ids = new List<long>();
        do
        {
            var page = await store.ListTrainingJobsAsync(query, default);
            ids.AddRange(page.Items.Select(job => job.Id));
            query = query with { NextToken = page.NextToken };
            await betweenPages(ids.Count);
        }
        while (query.NextToken is not null);
        return ids;
    }

    private static async Task TakeAsync(IStore store, TrainingJobModel model, ModelStep step)
    {
        var time = Start.AddSeconds(step.Time);
        var row = model.Find(step.Name);
        switch (step.Kind)
        {
            case StepKind.Create:
                var outcome = await store.CreateTrainingJobAsync(Samples.OwnTrainingJob(step.Name, time), default);
                Assert.Equal(row is null ? CreateOutcome.Created : CreateOutcome.NameTaken, outcome);
                if (row is null)
                    model.Add((await store.FindTrainingJobAsync(step.Name, default))!.Id, step.Name, time);
                break;
            case StepKind.Stop:
                Assert.Equal(row?.Status, await store.RequestTrainingJobStopAsync(step.Name, time, default));
                row?.Stop(time);
                break;
            case StepKind.Delete:
                Assert.Equal(row?.Status, await store.DeleteTrainingJobAsync(step.Name, time, default));
                row?.Delete();
                break;
            case StepKind.Progress when row is not null:
                var terminal = step.Status > TrainingJobStatus.Stopping;
                var progress = Samples.Completed(step.Objective, time) with
                {
                    Status = step.Status,
                    ObjectiveStatus = terminal ? step.Time == 0 ? ObjectiveStatus.Failed : ObjectiveStatus.Succeeded : ObjectiveStatus.Pending,
                };
                // The lease of a terminal row is never given again; the old one still shows that nothing changes any more.
                var leases = await store.ClaimAsync("owner", TimeToLive, default);
                var lease = leases.FirstOrDefault(held => held.Id == row.Id) ?? new Lease(LeaseKind.TrainingJob, row.Id, "owner", 1);
                await store.CommitAsync(lease, [new Change.SetTrainingProgress(row.Id, progress, [])], default);
                row.Progress(progress);
                break;
        }
    }

    private enum StepKind { Create, Progress, Stop, Delete }

    private sealed record ModelStep(StepKind Kind, string Name, TrainingJobStatus Status, double Objective, int Time);
}
