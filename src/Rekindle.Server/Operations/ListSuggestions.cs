using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using TrainingJob = Rekindle.Server.TrainingJobs.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>Says of each training job of a tuning job how it was suggested and why it was stopped: AWS's lists have no place for it.</summary>
internal sealed class ListSuggestions(IStore store) : Operation<ListSuggestionsRequest, ListSuggestionsResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    private const int PageSize = 1000;

    public override string Target => OperationTable.ExtensionPrefix + nameof(ListSuggestions);

    protected override async Task<ListSuggestionsResponse> HandleAsync(
        ListSuggestionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var job = await store.FindTuningJobAsync(name, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        var trainingJobs = new List<TrainingJob>();
        var query = new TrainingJobQuery { TuningJobId = job.Id, SortBy = TrainingJobSort.CreationTime, MaxResults = PageSize };
        do
        {
            var page = await store.ListTrainingJobsAsync(query, cancellationToken);
            trainingJobs.AddRange(page.Items);
            query = query with { NextToken = page.NextToken };
        }
        while (query.NextToken is not null);

        return new ListSuggestionsResponse
        {
            HyperParameterTuningJobName = job.Name,
            Suggestions =
            [
                .. trainingJobs.OrderBy(training => training.LaunchIndex).Select(ToWire),
            ],
        };
    }

    private static SuggestedTrainingJob ToWire(TrainingJob training)
    {
        var (whole, billable) = training.Definition.ManagedSpot ? Operations.ToWire.Seconds(training.Progress) : (null, null);
        return new SuggestedTrainingJob
        {
            TrainingJobName = training.Name,
            Origin = WarmStartToWire.Origin(training.Origin),
            Parent = training.Explanation?.Parent,
            StopReason = training.Progress.Status == TrainingJobStatus.Stopped ? training.StopReason?.ToString() : null,
            Interruptions = training.Definition.ManagedSpot ? training.Progress.Interruptions : null,
            TrainingTimeInSeconds = whole,
            BillableTimeInSeconds = billable,
        };
    }
}
