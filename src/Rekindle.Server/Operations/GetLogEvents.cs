using System.Globalization;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>Hands out the log of a training job the way CloudWatch Logs does, oldest lines first.</summary>
internal sealed class GetLogEvents(IStore store, IExecutor executor) : Operation<GetLogEventsRequest, GetLogEventsResponse>
{
    private const string Group = "/aws/sagemaker/TrainingJobs";
    private const string TokenPrefix = "f/";
    private const int MostBytes = 1024 * 1024;
    private const int MostLines = 10_000;

    public override string Target => "Logs_20140328.GetLogEvents";

    protected override async Task<GetLogEventsResponse> HandleAsync(
        GetLogEventsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.LogStreamName!.Split('/')[0];
        var job = request.LogGroupName == Group ? await store.FindTrainingJobAsync(name, cancellationToken) : null;
        if (job is null)
        {
            throw new ApiException(
                ErrorCode.ResourceNotFoundException,
                $"The specified log {(request.LogGroupName == Group ? "stream" : "group")} does not exist.");
        }

        var position = Position(request.NextToken);
        var part = await executor.ReadLogAsync(job.Name, position, MostBytes, cancellationToken);
        var time = (job.Progress.TrainingStartTime ?? job.CreationTime).ToUnixTimeMilliseconds();
        var (lines, next) = WholeLines(part, position, request.Limit ?? MostLines, job.IsTerminal);
        return new GetLogEventsResponse
        {
            Events = [.. lines.Select(line => new OutputLogEvent { Timestamp = time, IngestionTime = time, Message = line })],
            NextForwardToken = TokenPrefix + next.ToString(CultureInfo.InvariantCulture),
            NextBackwardToken = TokenPrefix + "0",
        };
    }

    private static long Position(string? token) => token is null ? 0
        : token.StartsWith(TokenPrefix, StringComparison.Ordinal)
            && long.TryParse(token.AsSpan(TokenPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw new ApiException(ErrorCode.InvalidParameterException, "The specified nextToken is invalid.");

    /// <summary>A line that is still being written waits for the next answer, unless nothing more will come.</summary>
    private static (List<string> Lines, long Next) WholeLines(LogPart part, long position, int limit, bool ended)
    {
        var lines = new List<string>();
        var start = 0;
        while (lines.Count < limit && start < part.Text.Length)
        {
            var end = part.Text.IndexOf('\n', start);
            if (end < 0)
            {
                var longerThanAPart = lines.Count == 0 && !part.Complete;
                if (!longerThanAPart && !(ended && part.Complete))
                {
                    break;
                }

                end = part.Text.Length;
            }

            lines.Add(part.Text[start..end].TrimEnd('\r'));
            start = Math.Min(end + 1, part.Text.Length);
        }

        // Counting bytes again would be wrong where invalid UTF-8 was replaced, so a full part ends where the executor says.
        var next = start == part.Text.Length ? part.NextPosition : position + System.Text.Encoding.UTF8.GetByteCount(part.Text.AsSpan(0, start));
        return (lines, next);
    }
}
