using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>
/// Lists training jobs, of tuning jobs or of their own. The real service cuts the page before it filters by status; here every page is
/// full, which no client can tell from luck.
/// </summary>
internal sealed class ListTrainingJobs(IStore store) : Operation<ListTrainingJobsRequest, ListTrainingJobsResponse>
{
    protected override async Task<ListTrainingJobsResponse> HandleAsync(
        ListTrainingJobsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        TrainingJobStatus? status = request.StatusEquals is { } text && Enum.TryParse<TrainingJobStatus>(text, out var parsed) ? parsed : null;
        if ((request.StatusEquals is not null && status is null)
            || request.WarmPoolStatusEquals is not null
            || request.TrainingPlanArnEquals is not null)
        {
            return new ListTrainingJobsResponse { TrainingJobSummaries = [] };
        }

        try
        {
            var page = await store.ListTrainingJobsAsync(
                new TrainingJobQuery
                {
                    MaxResults = request.MaxResults ?? 10,
                    NextToken = request.NextToken,
                    SortBy = Enum.Parse<TrainingJobSort>(request.SortBy ?? nameof(TrainingJobSort.CreationTime)),
                    SortOrder = Enum.Parse<SortOrder>(request.SortOrder ?? nameof(SortOrder.Ascending)),
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
        catch (InvalidTokenException)
        {
            throw Refusal.InvalidToken();
        }
    }
}
