using System.Globalization;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>
/// Hands out the log of a training job the way CloudWatch Logs does: pages of lines, oldest first in each, from the end of the log
/// unless its head is asked for. A token holds the byte position where the page ends, and the direction to read on in.
/// </summary>
internal sealed class GetLogEvents(IStore store, IExecutor executor, LogTimes times) : Operation<GetLogEventsRequest, GetLogEventsResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    private const string ForwardPrefix = "f/";
    private const string BackwardPrefix = "b/";
    private const int MostLines = 10_000;

    public override string Target => LogNames.TargetPrefix + "GetLogEvents";

    protected override async Task<GetLogEventsResponse> HandleAsync(
        GetLogEventsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        LogNames.DemandGroup(request.LogGroupName);
        var job = await LogNames.FindJobAsync(store, request.LogStreamName!, cancellationToken);
        var (position, backwards) = Start(request);
        var limit = request.Limit ?? MostLines;
        var read = await executor.ReadLogAsync(job.Name, position, backwards, cancellationToken);
        var at = times.Of(job, read.Lines, read.NextPosition);
        if (backwards)
        {
            var skipped = Math.Max(0, read.Lines.Count - limit);
            var before = skipped < read.Lines.Count ? read.Lines[skipped].Offset : Math.Min(position, read.NextPosition);
            return Page(Events(skipped..), before, read.NextPosition);
        }

        return read.Lines.Count > limit
            ? Page(Events(..limit), position, read.Lines[limit].Offset)
            : Page(Events(..), position, read.NextPosition);

        IReadOnlyList<OutputLogEvent> Events(Range range) =>
        [
            .. read.Lines.Zip(at).Take(range)
                .Where(line => !(line.Second < request.StartTime) && !(line.Second >= request.EndTime))
                .Select(line => new OutputLogEvent { Timestamp = line.Second, IngestionTime = line.Second, Message = line.First.Text }),
        ];
    }

    private static (long Position, bool Backwards) Start(GetLogEventsRequest request)
    {
        if (request.NextToken is not { } token) return request.StartFromHead == true ? (0, false) : (long.MaxValue, true);
        var backwards = token.StartsWith(BackwardPrefix, StringComparison.Ordinal);
        return (backwards || token.StartsWith(ForwardPrefix, StringComparison.Ordinal))
            && long.TryParse(token.AsSpan(ForwardPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? (position, backwards)
            : throw new ApiException(ErrorCode.InvalidParameterException, "The specified nextToken is invalid.");
    }

    private static GetLogEventsResponse Page(IReadOnlyList<OutputLogEvent> events, long before, long after) => new()
    {
        Events = events,
        NextForwardToken = ForwardPrefix + after.ToString(CultureInfo.InvariantCulture),
        NextBackwardToken = BackwardPrefix + before.ToString(CultureInfo.InvariantCulture),
    };
}
