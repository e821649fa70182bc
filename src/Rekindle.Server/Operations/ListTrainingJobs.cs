using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>
/// Lists training jobs, of tuning jobs or of their own. The real service cuts the page before it filters by status; here every page is
/// full, which no client can tell from luck.
/// </summary>
internal sealed class ListTrainingJobs(IStore store) : ListOperation<ListTrainingJobsRequest, ListTrainingJobsResponse>
{
    public override bool FollowsFromRows => true;

    protected override async Task<ListTrainingJobsResponse> ListAsync(ListTrainingJobsRequest request, CancellationToken cancellationToken)
    {
        if (!TryReadStatus<TrainingJobStatus>(request.StatusEquals, out var status)
            || request.WarmPoolStatusEquals is not null
            || request.TrainingPlanArnEquals is not null)
        {
            return new ListTrainingJobsResponse { TrainingJobSummaries = [] };
        }

        var page = await store.ListTrainingJobsAsync(
            new TrainingJobQuery
            {
                MaxResults = request.MaxResults ?? DefaultPage,
                NextToken = request.NextToken,
                SortBy = Enum.Parse<TrainingJobSort>(request.SortBy ?? nameof(TrainingJobSort.CreationTime)),
                SortOrder = Order(request.SortOrder),
                NameContains = request.NameContains,
                Status = status,
                CreationTimeAfter = request.CreationTimeAfter,
                CreationTimeBefore = request.CreationTimeBefore,
                LastModifiedTimeAfter = request.LastModifiedTimeAfter,
                LastModifiedTimeBefore = request.LastModifiedTimeBefore,
            },
            cancellationToken);
        return new ListTrainingJobsResponse { TrainingJobSummaries = [.. page.Items.Select(ToWire.Summary)], NextToken = page.NextToken };
    }
}
