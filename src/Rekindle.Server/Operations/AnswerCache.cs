using System.Collections.Concurrent;
using System.Text;
using Rekindle.Server.Storage;

namespace Rekindle.Server.Operations;

/// <summary>
/// Gives an answer again while the rows it follows from are still the same: clients ask for the state of a job over and over. Nothing is
/// ever older than the last change that was acknowledged, nor than a second, since some answers tell how long a job has been running.
/// </summary>
/// <param name="revision">The store's, see <see cref="IStore.Revision"/>.</param>
/// <param name="time">Measures an answer's age.</param>
internal sealed class AnswerCache(Func<long> revision, TimeProvider time)
{
    private const int MostRequestBytes = 8 << 10;
    private const long MostBytes = 64 << 20;
    private static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Target, string Region, string Account, string Body), Kept> _answers = new();
    private long _bytes;

    public async Task<byte[]> InvokeAsync(
        IOperation operation, ReadOnlyMemory<byte> body, RequestContext context, CancellationToken cancellationToken)
    {
        if (!operation.FollowsFromRows || body.Length > MostRequestBytes)
        {
            return await operation.InvokeAsync(body, context, cancellationToken);
        }

        var key = (operation.Target, context.Region, context.Account, Encoding.Latin1.GetString(body.Span));
        // Read before the rows are: a change in between makes the answer one of an older revision.
        var before = revision();
        if (_answers.TryGetValue(key, out var kept) && kept.Revision == before && time.GetElapsedTime(kept.At) < LongestAge)
        {
            return kept.Answer;
        }

        var at = time.GetTimestamp();
        var answer = await operation.InvokeAsync(body, context, cancellationToken);
        if (Interlocked.Add(ref _bytes, answer.Length + body.Length) > MostBytes)
        {
            _answers.Clear();
            Interlocked.Exchange(ref _bytes, 0);
        }

        _answers[key] = new Kept(before, at, answer);
        return answer;
    }

    private sealed record Kept(long Revision, long At, byte[] Answer);
}
