using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using TrainingJob = Rekindle.Server.TrainingJobs.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>Lists the logs there are. Clients ask for those of one training job, by the prefix <c>job/</c>, before they read them.</summary>
internal sealed class DescribeLogStreams(IStore store, LogTimes times) : ListOperation<DescribeLogStreamsRequest, DescribeLogStreamsResponse>
{
    private const int MostStreams = 50;

    public override string Target => LogNames.TargetPrefix + "DescribeLogStreams";

    protected override async Task<DescribeLogStreamsResponse> ListAsync(DescribeLogStreamsRequest request, CancellationToken cancellationToken)
    {
        LogNames.DemandGroup(request.LogGroupName ?? LogNames.GroupOf(request.LogGroupIdentifier));
        var prefix = request.LogStreamNamePrefix ?? "";
        if (prefix.Length > 0 && request.OrderBy == "LastEventTime")
        {
            throw new ApiException(ErrorCode.InvalidParameterException, "Cannot order by LastEventTime with a logStreamNamePrefix.");
        }

        var slash = prefix.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            var job = slash == 0 ? null : await store.FindTrainingJobAsync(prefix[..slash], cancellationToken);
            return new DescribeLogStreamsResponse { LogStreams = job is null ? [] : Streams([job], prefix) };
        }

        var page = await store.ListTrainingJobsAsync(
            new TrainingJobQuery
            {
                MaxResults = request.Limit ?? MostStreams,
                NextToken = request.NextToken,
                SortBy = request.OrderBy == "LastEventTime" ? TrainingJobSort.LastModifiedTime : TrainingJobSort.Name,
                SortOrder = request.Descending == true ? SortOrder.Descending : SortOrder.Ascending,
                NamePrefix = prefix,
                // A training job has a log from when its program runs; one without would use up the page.
                HasStarted = true,
            },
            cancellationToken);
        return new DescribeLogStreamsResponse { LogStreams = Streams(page.Items, prefix), NextToken = page.NextToken };
    }

    private IReadOnlyList<LogStreamSummary> Streams(IEnumerable<TrainingJob> jobs, string prefix) =>
    [
        .. jobs.Where(job => job.Progress.TrainingStartTime is not null && LogNames.Stream(job).StartsWith(prefix, StringComparison.Ordinal))
            .Select(job => new LogStreamSummary
            {
                LogStreamName = LogNames.Stream(job),
                CreationTime = job.CreationTime.ToUnixTimeMilliseconds(),
                FirstEventTimestamp = LogNames.Time(job),
                LastEventTimestamp = times.Latest(job),
                LastIngestionTime = times.Latest(job),
                Arn = LogNames.Arn(job),
                StoredBytes = 0,
            }),
    ];
}
