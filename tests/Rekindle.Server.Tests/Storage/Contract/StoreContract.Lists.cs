using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

public abstract partial class StoreContract
{
    [Theory]
    [InlineData(TuningJobSort.Name, SortOrder.Ascending, "alpha BETA Beta-2 gamma")]
    [InlineData(TuningJobSort.Name, SortOrder.Descending, "gamma Beta-2 BETA alpha")]
    [InlineData(TuningJobSort.CreationTime, SortOrder.Ascending, "gamma alpha BETA Beta-2")]
    [InlineData(TuningJobSort.CreationTime, SortOrder.Descending, "Beta-2 BETA alpha gamma")]
    [InlineData(TuningJobSort.Status, SortOrder.Ascending, "gamma alpha Beta-2 BETA")]
    [InlineData(TuningJobSort.Status, SortOrder.Descending, "BETA Beta-2 alpha gamma")]
    private protected async Task Tuning_jobs_are_sorted_by(TuningJobSort by, SortOrder order, string expected)
    {
        await StoreFourTuningJobsAsync();
        foreach (var size in (int[])[1, 2, 3, 4, 100])
        {
            var names = await WalkTuningJobsAsync(new TuningJobQuery { SortBy = by, SortOrder = order, MaxResults = size });
            Assert.Equal(expected, string.Join(' ', names));
        }
    }

    [Fact]
    public async Task Tuning_jobs_are_filtered_by_everything_at_once_and_one_by_one()
    {
        await StoreFourTuningJobsAsync();
        async Task Expect(string expected, TuningJobQuery query) => Assert.Equal(expected, string.Join(' ', await WalkTuningJobsAsync(query)));

        await Expect("BETA Beta-2", new TuningJobQuery { NameContains = "bEt" });
        await Expect("", new TuningJobQuery { NameContains = "b_t%" });
        await Expect("alpha Beta-2", new TuningJobQuery { Status = TuningJobStatus.InProgress });
        await Expect("BETA Beta-2", new TuningJobQuery { CreationTimeAfter = Now.AddSeconds(1) });
        await Expect("alpha gamma", new TuningJobQuery { CreationTimeBefore = Now.AddSeconds(2) });
        await Expect("alpha", new TuningJobQuery { CreationTimeAfter = Now, CreationTimeBefore = Now.AddSeconds(2) });
        await Expect("alpha gamma", new TuningJobQuery { CreationTimeBefore = Now.AddSeconds(1).AddTicks(1) });
        await Expect("BETA Beta-2", new TuningJobQuery { CreationTimeAfter = Now.AddSeconds(1).AddTicks(1) });
        await Expect("BETA gamma", new TuningJobQuery { LastModifiedTimeAfter = Now.AddSeconds(3) });
        await Expect("Beta-2", new TuningJobQuery { LastModifiedTimeAfter = Now.AddSeconds(2), LastModifiedTimeBefore = Now.AddSeconds(10) });
        await Expect(
            "Beta-2",
            new TuningJobQuery
            {
                NameContains = "A",
                Status = TuningJobStatus.InProgress,
                CreationTimeAfter = Now.AddSeconds(1),
                CreationTimeBefore = Now.AddSeconds(4),
                LastModifiedTimeAfter = Now.AddSeconds(1),
                LastModifiedTimeBefore = Now.AddSeconds(4),
                MaxResults = 1,
            });
    }

    [Fact]
    public async Task Training_jobs_are_listed_of_one_tuning_job_or_of_all()
    {
        var (first, firstLease) = await LeasedTuningJobAsync("first");
        var (_, secondLease) = await LeasedTuningJobAsync("second");
        await LaunchAsync(firstLease, 1);
        await LaunchAsync(secondLease, 1);
        await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("own", Now), default);
        Assert.Equal(3, (await WalkTrainingJobsAsync(new TrainingJobQuery { MaxResults = 1 })).Count);
        Assert.Equal(first.Id, Assert.Single(await WalkTrainingJobsAsync(new TrainingJobQuery { TuningJobId = first.Id })).TuningJobId);
        Assert.Equal("own", Assert.Single(await WalkTrainingJobsAsync(new TrainingJobQuery { NameContains = "OW" })).Name);
    }

    [Theory]
    [InlineData(SortOrder.Ascending)]
    [InlineData(SortOrder.Descending)]
    private protected async Task Sorting_by_objective_leaves_out_training_jobs_without_a_final_one(SortOrder order)
    {
        var (job, lease) = await LeasedTuningJobAsync();
        double[] objectives = [0.5, -1e300, 5e-324, 0, double.MaxValue, -0.0, 0.5];
        for (var i = 0; i < objectives.Length; i++)
            await CompleteAsync(lease, await LaunchAsync(lease, i + 1), objectives[i]);
        await LaunchAsync(lease, 20);
        await SetAsync(lease, await LaunchAsync(lease, 21), Samples.Running(Now) with { ObjectiveValue = 0.7 });
        await SetAsync(lease, await LaunchAsync(lease, 22), Samples.Failed(FailureKind.NonRetryable, Now) with { ObjectiveValue = 0.7 });

        int[] ascending = [2, 4, 6, 3, 1, 7, 5];
        foreach (var size in (int[])[1, 2, 100])
        {
            var query = new TrainingJobQuery
            {
                TuningJobId = job.Id,
                SortBy = TrainingJobSort.FinalObjectiveMetricValue,
                SortOrder = order,
                MaxResults = size,
            };
            var read = (await WalkTrainingJobsAsync(query)).Select(item => item.LaunchIndex);
            Assert.Equal(order == SortOrder.Ascending ? ascending : ascending.Reverse(), read);
        }
    }

    [Fact]
    public async Task A_token_survives_the_deletion_of_its_row_and_rows_added_meanwhile()
    {
        foreach (var name in (string[])["b", "d", "f"])
        {
            var (_, lease) = await LeasedTuningJobAsync(name);
            await FinishAsync(lease);
        }

        var page = await Store.ListTuningJobsAsync(new TuningJobQuery { MaxResults = 2 }, default);
        Assert.Equal(["b", "d"], page.Items.Select(item => item.Job.Name));
        await Store.DeleteTuningJobAsync("d", Now, default);
        foreach (var name in (string[])["a", "c", "E"])
            await Store.CreateTuningJobAsync(Samples.TuningJob(name, Now), default);
        var rest = await Store.ListTuningJobsAsync(new TuningJobQuery { MaxResults = 2, NextToken = page.NextToken }, default);
        Assert.Equal(["E", "f"], rest.Items.Select(item => item.Job.Name));
        Assert.Null(rest.NextToken);
    }

    [Fact]
    public async Task The_last_page_has_no_token_even_when_it_is_full()
    {
        await StoreFourTuningJobsAsync();
        Assert.Null((await Store.ListTuningJobsAsync(new TuningJobQuery { MaxResults = 4 }, default)).NextToken);
        Assert.NotNull((await Store.ListTuningJobsAsync(new TuningJobQuery { MaxResults = 3 }, default)).NextToken);
    }

    [Fact]
    public async Task A_token_of_another_query_is_refused()
    {
        await StoreFourTuningJobsAsync();
        var query = new TuningJobQuery { MaxResults = 1, NameContains = "a" };
        var token = (await Store.ListTuningJobsAsync(query, default)).NextToken;
        Assert.NotNull(token);
        Assert.Single((await Store.ListTuningJobsAsync(query with { NextToken = token, MaxResults = 1 }, default)).Items);

        TuningJobQuery[] others =
        [
            query with { SortOrder = SortOrder.Descending },
            query with { SortBy = TuningJobSort.CreationTime },
            query with { NameContains = "b" },
            query with { NameContains = null },
            query with { Status = TuningJobStatus.Completed },
            query with { CreationTimeAfter = Now },
            query with { CreationTimeBefore = Now },
            query with { LastModifiedTimeAfter = Now },
            query with { LastModifiedTimeBefore = Now },
        ];
        foreach (var other in others)
            await Assert.ThrowsAsync<InvalidTokenException>(() => Store.ListTuningJobsAsync(other with { NextToken = token }, default));
        await Assert.ThrowsAsync<InvalidTokenException>(
            () => Store.ListTrainingJobsAsync(new TrainingJobQuery { NameContains = "a", NextToken = token }, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not a token!")]
    [InlineData("e30")]
    [InlineData("bnVsbA")]
    [InlineData("W10")]
    [InlineData("eyJRdWVyeSI6IngiLCJOYW1lIjoieCIsIklkIjoxfQ")]
    [InlineData("ééé")]
    public async Task What_is_no_token_is_refused(string token)
    {
        await Assert.ThrowsAsync<InvalidTokenException>(() => Store.ListTuningJobsAsync(new TuningJobQuery { NextToken = token }, default));
        await Assert.ThrowsAsync<InvalidTokenException>(
            () => Store.ListTrainingJobsAsync(new TrainingJobQuery { NextToken = token, SortBy = TrainingJobSort.Status }, default));
    }

    private async Task StoreFourTuningJobsAsync()
    {
        await Store.CreateTuningJobAsync(Samples.TuningJob("gamma", Now), default);
        await FinishAsync(await LeaseOnAsync(LeaseKind.TuningJob, (await Store.FindTuningJobAsync("gamma", default))!.Id), Now.AddSeconds(30));
        await Store.CreateTuningJobAsync(Samples.TuningJob("alpha", Now.AddSeconds(1)), default);
        await Store.CreateTuningJobAsync(Samples.TuningJob("BETA", Now.AddSeconds(2)), default);
        await Store.RequestTuningJobStopAsync("beta", Now.AddSeconds(20), default);
        await Store.CreateTuningJobAsync(Samples.TuningJob("Beta-2", Now.AddSeconds(3)), default);
    }

    private async Task FinishAsync(Lease lease, DateTimeOffset time) =>
        Assert.True(await Store.CommitAsync(lease, [new Change.FinishTuning(TuningJobStatus.Completed, null, time)], default));

    private async Task<List<string>> WalkTuningJobsAsync(TuningJobQuery query)
    {
        var names = new List<string>();
        do
        {
            var page = await Store.ListTuningJobsAsync(query, default);
            Assert.True(page.Items.Count <= query.MaxResults);
            names.AddRange(page.Items.Select(item => item.Job.Name));
            query = query with { NextToken = page.NextToken };
        }
        while (query.NextToken is not null);
        return names;
    }

    private async Task<List<TrainingJob>> WalkTrainingJobsAsync(TrainingJobQuery query)
    {
        var jobs = new List<TrainingJob>();
        do
        {
            var page = await Store.ListTrainingJobsAsync(query, default);
            Assert.True(page.Items.Count <= query.MaxResults);
            jobs.AddRange(page.Items);
            query = query with { NextToken = page.NextToken };
        }
        while (query.NextToken is not null);
        return jobs;
    }
}
