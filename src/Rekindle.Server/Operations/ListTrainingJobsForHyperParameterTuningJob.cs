using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

internal sealed class ListTrainingJobsForHyperParameterTuningJob(IStore store)
    : Operation<ListTrainingJobsForHyperParameterTuningJobRequest, ListTrainingJobsForHyperParameterTuningJobResponse>
{
    protected override async Task<ListTrainingJobsForHyperParameterTuningJobResponse> HandleAsync(
        ListTrainingJobsForHyperParameterTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var job = await store.FindTuningJobAsync(name, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        TrainingJobStatus? status = request.StatusEquals is { } text && Enum.TryParse<TrainingJobStatus>(text, out var parsed) ? parsed : null;
        if (request.StatusEquals is not null && status is null)
        {
            return new ListTrainingJobsForHyperParameterTuningJobResponse { TrainingJobSummaries = [] };
        }

        try
        {
            var page = await store.ListTrainingJobsAsync(
                new TrainingJobQuery
                {
                    TuningJobId = job.Id,
                    MaxResults = request.MaxResults ?? 10,
                    NextToken = request.NextToken,
                    SortBy = Enum.Parse<TrainingJobSort>(request.SortBy ?? nameof(TrainingJobSort.Name)),
                    SortOrder = Enum.Parse<SortOrder>(request.SortOrder ?? nameof(SortOrder.Ascending)),
                    Status = status,
                },
                cancellationToken);
            var definitionName = TuningDescription.TrainingJobDefinition(TuningDescription.Read(job)).DefinitionName;
            return new ListTrainingJobsForHyperParameterTuningJobResponse
            {
                TrainingJobSummaries = [.. page.Items.Select(t => ToWire.Summary(t, job.Definition.Objective, definitionName))],
                NextToken = page.NextToken,
            };
        }
        catch (InvalidTokenException)
        {
            throw Refusal.InvalidToken();
        }
    }
}
