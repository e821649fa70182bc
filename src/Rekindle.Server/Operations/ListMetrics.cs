using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using TrainingJob = Rekindle.Server.TrainingJobs.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>Lists the metrics that training jobs reported, by the names of the training jobs. A page is of so many training jobs.</summary>
internal sealed class ListMetrics(IStore store, TimeProvider time) : ListOperation<ListMetricsRequest, ListMetricsResponse>
{
    private const int JobsPerPage = 50;

    private static readonly TimeSpan Recently = TimeSpan.FromHours(3);

    public override string Target => MetricNames.TargetPrefix + "ListMetrics";

    protected override async Task<ListMetricsResponse> ListAsync(ListMetricsRequest request, CancellationToken cancellationToken)
    {
        var filters = request.Dimensions ?? [];
        if (request.Namespace is not (null or MetricNames.Namespace) || filters.Any(filter => filter.Name != MetricNames.TrainingJob))
        {
            return new ListMetricsResponse { Metrics = [] };
        }

        var names = filters.Select(filter => filter.Value).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var page = names.Count switch
        {
            0 => await store.ListTrainingJobsAsync(
                new TrainingJobQuery { MaxResults = JobsPerPage, NextToken = request.NextToken, SortBy = TrainingJobSort.Name, SortOrder = SortOrder.Ascending },
                cancellationToken),
            1 => new Page<TrainingJob>(await store.FindTrainingJobAsync(names[0], cancellationToken) is { } job && job.Name == names[0] ? [job] : [], null),
            _ => new Page<TrainingJob>([], null),
        };
        var metrics = new List<ListedMetric>();
        foreach (var job in page.Items.Where(job => request.OwningAccount is not { } account || job.Arn.Split(':')[4] == account))
        {
            metrics.AddRange((await store.ReadLastMetricsAsync(job.Id, cancellationToken))
                .Where(last => request.MetricName is null || last.Metric == request.MetricName)
                .Where(last => request.RecentlyActive is null || time.GetUtcNow() - last.Time < Recently)
                .Select(last => new ListedMetric
                {
                    Namespace = MetricNames.Namespace,
                    MetricName = last.Metric,
                    Dimensions = [new MetricDimension { Name = MetricNames.TrainingJob, Value = job.Name }],
                }));
        }

        return new ListMetricsResponse { Metrics = metrics, NextToken = page.NextToken };
    }
}
