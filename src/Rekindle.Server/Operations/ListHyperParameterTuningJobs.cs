using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

internal sealed class ListHyperParameterTuningJobs(IStore store)
    : Operation<ListHyperParameterTuningJobsRequest, ListHyperParameterTuningJobsResponse>
{
    protected override async Task<ListHyperParameterTuningJobsResponse> HandleAsync(
        ListHyperParameterTuningJobsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        // Deleting and DeleteFailed are statuses no job of this server is ever in.
        TuningJobStatus? status = request.StatusEquals is { } text && Enum.TryParse<TuningJobStatus>(text, out var parsed) ? parsed : null;
        if (request.StatusEquals is not null && status is null)
        {
            return new ListHyperParameterTuningJobsResponse { HyperParameterTuningJobSummaries = [] };
        }

        try
        {
            var page = await store.ListTuningJobsAsync(
                new TuningJobQuery
                {
                    MaxResults = request.MaxResults ?? 10,
                    NextToken = request.NextToken,
                    SortBy = Enum.Parse<TuningJobSort>(request.SortBy ?? nameof(TuningJobSort.Name)),
                    SortOrder = Enum.Parse<SortOrder>(request.SortOrder ?? nameof(SortOrder.Ascending)),
                    NameContains = request.NameContains,
                    Status = status,
                    CreationTimeAfter = request.CreationTimeAfter,
                    CreationTimeBefore = request.CreationTimeBefore,
                    LastModifiedTimeAfter = request.LastModifiedTimeAfter,
                    LastModifiedTimeBefore = request.LastModifiedTimeBefore,
                },
                cancellationToken);
            return new ListHyperParameterTuningJobsResponse
            {
                HyperParameterTuningJobSummaries = [.. page.Items.Select(ToWire.Summary)],
                NextToken = page.NextToken,
            };
        }
        catch (InvalidTokenException)
        {
            throw Refusal.InvalidToken();
        }
    }
}
