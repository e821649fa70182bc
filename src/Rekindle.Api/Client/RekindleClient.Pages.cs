using System.Runtime.CompilerServices;
using Rekindle.Api.Shapes;

namespace Rekindle.Api.Client;

public sealed partial class RekindleClient
{
    /// <summary>Every tuning job a request selects, page after page.</summary>
    public IAsyncEnumerable<HyperParameterTuningJobSummary> AllHyperParameterTuningJobsAsync(
        ListHyperParameterTuningJobsRequest request, CancellationToken cancellation)
    {
        return PagesAsync(Read, cancellation);

        async Task<(IReadOnlyList<HyperParameterTuningJobSummary>?, string?)> Read(string? token)
        {
            var next = request with { NextToken = token ?? request.NextToken };
            var page = await ListHyperParameterTuningJobsAsync(next, cancellation).ConfigureAwait(false);
            return (page.HyperParameterTuningJobSummaries, page.NextToken);
        }
    }

    /// <summary>Every training job of a tuning job that a request selects, page after page.</summary>
    public IAsyncEnumerable<HyperParameterTrainingJobSummary> AllTrainingJobsForHyperParameterTuningJobAsync(
        ListTrainingJobsForHyperParameterTuningJobRequest request, CancellationToken cancellation)
    {
        return PagesAsync(Read, cancellation);

        async Task<(IReadOnlyList<HyperParameterTrainingJobSummary>?, string?)> Read(string? token)
        {
            var next = request with { NextToken = token ?? request.NextToken };
            var page = await ListTrainingJobsForHyperParameterTuningJobAsync(next, cancellation).ConfigureAwait(false);
            return (page.TrainingJobSummaries, page.NextToken);
        }
    }

    /// <summary>Every training job a request selects, page after page.</summary>
    public IAsyncEnumerable<TrainingJobSummary> AllTrainingJobsAsync(
        ListTrainingJobsRequest request, CancellationToken cancellation)
    {
        return PagesAsync(Read, cancellation);

        async Task<(IReadOnlyList<TrainingJobSummary>?, string?)> Read(string? token)
        {
            var next = request with { NextToken = token ?? request.NextToken };
            var page = await ListTrainingJobsAsync(next, cancellation).ConfigureAwait(false);
            return (page.TrainingJobSummaries, page.NextToken);
        }
    }

    /// <summary>Every tag of a resource, page after page.</summary>
    public IAsyncEnumerable<Tag> AllTagsAsync(
        ListTagsRequest request, CancellationToken cancellation)
    {
        return PagesAsync(Read, cancellation);

        async Task<(IReadOnlyList<Tag>?, string?)> Read(string? token)
        {
            var next = request with { NextToken = token ?? request.NextToken };
            var page = await ListTagsAsync(next, cancellation).ConfigureAwait(false);
            return (page.Tags, page.NextToken);
        }
    }

    private static async IAsyncEnumerable<T> PagesAsync<T>(
        Func<string?, Task<(IReadOnlyList<T>? Items, string? NextToken)>> read, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? token = null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var (items, next) = await read(token).ConfigureAwait(false);
            foreach (var item in items ?? [])
                yield return item;
            if (string.IsNullOrEmpty(next))
                yield break;
            // A server that gives the same page again would be read for ever.
            if (next == token)
                throw new ApiException(ErrorCode.InternalFailure, "The server gave the same page token twice.");
            token = next;
        }
    }
}
