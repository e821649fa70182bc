using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>Lists tuning jobs with their counters, a page at a time.</summary>
internal sealed class ListHyperParameterTuningJobs(IStore store)
    : ListOperation<ListHyperParameterTuningJobsRequest, ListHyperParameterTuningJobsResponse>
{
    public override bool FollowsFromRows => true;

    protected override async Task<ListHyperParameterTuningJobsResponse> ListAsync(
        ListHyperParameterTuningJobsRequest request, CancellationToken cancellationToken)
    {
        if (!TryReadStatus<TuningJobStatus>(request.StatusEquals, out var status))
        {
            return new ListHyperParameterTuningJobsResponse { HyperParameterTuningJobSummaries = [] };
        }

        var page = await store.ListTuningJobsAsync(
            new TuningJobQuery
            {
                MaxResults = request.MaxResults ?? DefaultPage,
                NextToken = request.NextToken,
                SortBy = Enum.Parse<TuningJobSort>(request.SortBy ?? nameof(TuningJobSort.Name)),
                SortOrder = Order(request.SortOrder),
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
}
