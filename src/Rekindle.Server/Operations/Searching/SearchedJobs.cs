using System.Text.Json;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using TrainingJobSearchEntity = Rekindle.Api.Shapes.TrainingJob;

namespace Rekindle.Server.Operations.Searching;

/// <summary>A job among those that are searched.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Name">Its name.</param>
/// <param name="Fields">The record as JSON, for conditions to look at.</param>
/// <param name="Complete">Gives the record with all its parts, as it is answered.</param>
internal sealed record SearchedJob(long Id, string Name, JsonElement Fields, Func<CancellationToken, Task<SearchRecord>> Complete);

/// <summary>Reads all jobs of a kind as records of a search. Tags and metrics stand in rows of their own and are read only where a search looks at them.</summary>
internal sealed class SearchedJobs(IStore store, TimeProvider time)
{
    private const int PageSize = 500;

    private readonly DescribeHyperParameterTuningJob _describe = new(store, time);

    public async Task<IReadOnlyList<SearchedJob>> ReadTrainingJobsAsync(IReadOnlyList<SearchedProperty> wanted, CancellationToken cancellationToken)
    {
        var (tags, metrics) = (wanted.Any(property => property.IsTag), wanted.Any(property => property.IsMetric));
        var tuningJobs = new Dictionary<long, TuningJobs.TuningJob?>();
        var found = new List<SearchedJob>();
        string? next = null;
        do
        {
            var page = await store.ListTrainingJobsAsync(
                new TrainingJobQuery { MaxResults = PageSize, NextToken = next, SortBy = TrainingJobSort.Name }, cancellationToken);
            foreach (var job in page.Items)
            {
                TuningJobs.TuningJob? tuningJob = null;
                if (job.TuningJobId is { } id && !tuningJobs.TryGetValue(id, out tuningJob))
                {
                    tuningJob = tuningJobs[id] = await store.ReadTuningJobAsync(id, cancellationToken);
                }

                async Task<TrainingJobSearchEntity> RecordAsync(bool withTags, bool withMetrics, CancellationToken cancel)
                {
                    IReadOnlyList<Server.TrainingJobs.MetricReading> readings = withMetrics ? await store.ReadLastMetricsAsync(job.Id, cancel) : [];
                    return ApiJson.Deserialize<TrainingJobSearchEntity>(ApiJson.Serialize(TrainingDescription.Describe(job, tuningJob, readings))) with
                    {
                        Tags = withTags ? await TagsAsync(job.Arn, cancel) : null,
                    };
                }

                found.Add(new SearchedJob(
                    job.Id,
                    job.Name,
                    Element(await RecordAsync(tags, metrics, cancellationToken)),
                    async cancel => new SearchRecord { TrainingJob = await RecordAsync(true, true, cancel) }));
            }

            next = page.NextToken;
        }
        while (next is not null);
        return found;
    }

    public async Task<IReadOnlyList<SearchedJob>> ReadTuningJobsAsync(CancellationToken cancellationToken)
    {
        var found = new List<SearchedJob>();
        string? next = null;
        do
        {
            var page = await store.ListTuningJobsAsync(
                new TuningJobQuery { MaxResults = PageSize, NextToken = next, SortBy = TuningJobSort.Name }, cancellationToken);
            foreach (var listing in page.Items)
            {
                if (await store.ReadTuningSnapshotAsync(listing.Job.Id, cancellationToken) is not { } snapshot)
                {
                    continue;
                }

                var described = await _describe.DescribeAsync(snapshot, exact: false, cancellationToken);
                var record = ApiJson.Deserialize<HyperParameterTuningJobSearchEntity>(ApiJson.Serialize(described)) with
                {
                    Tags = await TagsAsync(snapshot.Job.Arn, cancellationToken),
                };
                found.Add(new SearchedJob(
                    snapshot.Job.Id, snapshot.Job.Name, Element(record), _ => Task.FromResult(new SearchRecord { HyperParameterTuningJob = record })));
            }

            next = page.NextToken;
        }
        while (next is not null);
        return found;
    }

    private static JsonElement Element<T>(T record)
        where T : class => JsonElement.Parse(ApiJson.Serialize(record));

    private async Task<IReadOnlyList<Api.Shapes.Tag>?> TagsAsync(string arn, CancellationToken cancellationToken) =>
        await store.ReadTagsAsync(ResourceTags.Key(arn), cancellationToken) is { Count: > 0 } tags ? ToWire.Tags(tags) : null;
}
