using System.Globalization;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using TrainingJob = Rekindle.Server.TrainingJobs.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>
/// Searches the logs of training jobs, one after the other in the order they were created; an answer ends when it has enough lines, or
/// has looked at enough. A token names the training job and the byte position to search on from.
/// </summary>
internal sealed class FilterLogEvents(IStore store, IExecutor executor, LogTimes times) : Operation<FilterLogEventsRequest, FilterLogEventsResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    private const int MostLines = 10_000;
    private const long MostBytes = 16 << 20;
    private const int JobsPerPage = 100;

    // Opening a log costs as much as reading so many bytes of it.
    private const int BytesOfOpening = 4 << 10;

    public override string Target => LogNames.TargetPrefix + "FilterLogEvents";

    protected override async Task<FilterLogEventsResponse> HandleAsync(
        FilterLogEventsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        LogNames.DemandGroup(request.LogGroupName ?? LogNames.GroupOf(request.LogGroupIdentifier));
        if (request.LogStreamNames is not null && request.LogStreamNamePrefix is not null)
        {
            throw new ApiException(ErrorCode.InvalidParameterException, "logStreamNames and logStreamNamePrefix can't be given both.");
        }

        var pattern = LogPattern.Parse(request.FilterPattern);
        var start = Start(request.NextToken);
        var found = new List<FilteredLogEvent>();
        var bytes = 0L;
        foreach (var job in await JobsAsync(request, cancellationToken))
        {
            if (job.Id < start.Job || times.Latest(job) < request.StartTime) continue;
            var position = job.Id == start.Job ? start.Position : 0;
            bytes += BytesOfOpening;
            while (true)
            {
                var read = await executor.ReadLogAsync(job.Name, position, backwards: false, cancellationToken);
                var at = times.Of(job, read.Lines, read.NextPosition);
                for (var line = 0; line < read.Lines.Count; line++)
                {
                    if (found.Count == (request.Limit ?? MostLines)) return Page(found, job, read.Lines[line].Offset);
                    if (at[line] < request.StartTime || at[line] > request.EndTime || !pattern.Fits(read.Lines[line].Text)) continue;
                    found.Add(Event(job, read.Lines[line], at[line]));
                }

                bytes += read.NextPosition - position;
                position = read.NextPosition;
                if (bytes > MostBytes) return Page(found, job, position);
                if (!read.More) break;
            }
        }

        return Page(found, null, 0);
    }

    private async Task<IReadOnlyList<TrainingJob>> JobsAsync(FilterLogEventsRequest request, CancellationToken cancellationToken)
    {
        var jobs = new List<TrainingJob>();
        if (request.LogStreamNames is { } names)
        {
            foreach (var name in names)
            {
                jobs.Add(await LogNames.FindJobAsync(store, name, cancellationToken));
            }
        }
        else
        {
            string? token = null;
            do
            {
                var page = await store.ListTrainingJobsAsync(
                    new TrainingJobQuery { MaxResults = JobsPerPage, NextToken = token, SortBy = TrainingJobSort.CreationTime }, cancellationToken);
                jobs.AddRange(page.Items.Where(job => LogNames.Stream(job).StartsWith(request.LogStreamNamePrefix ?? "", StringComparison.Ordinal)));
                token = page.NextToken;
            }
            while (token is not null);
        }

        return [.. jobs.Where(job => job.Progress.TrainingStartTime is not null).DistinctBy(job => job.Id).OrderBy(job => job.Id)];
    }

    private static FilteredLogEvent Event(TrainingJob job, LogLine line, long time) => new()
    {
        LogStreamName = LogNames.Stream(job),
        Timestamp = time,
        IngestionTime = time,
        Message = line.Text,
        EventId = string.Create(CultureInfo.InvariantCulture, $"{job.Id:D28}{line.Offset:D28}"),
    };

    private static FilterLogEventsResponse Page(List<FilteredLogEvent> found, TrainingJob? job, long position) => new()
    {
        Events = [.. found.OrderBy(one => one.Timestamp)],
        SearchedLogStreams = [],
        NextToken = job is null ? null : string.Create(CultureInfo.InvariantCulture, $"{job.Id}/{position}"),
    };

    private static (long Job, long Position) Start(string? token)
    {
        if (token is null) return (0, 0);
        var parts = token.Split('/');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var job)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? (job, position)
            : throw new ApiException(ErrorCode.InvalidParameterException, "The specified nextToken is invalid.");
    }
}
