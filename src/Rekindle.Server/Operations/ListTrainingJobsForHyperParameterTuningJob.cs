using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>Lists the training jobs that a tuning job launched, with their hyperparameters and objectives.</summary>
internal sealed class ListTrainingJobsForHyperParameterTuningJob(IStore store)
    : ListOperation<ListTrainingJobsForHyperParameterTuningJobRequest, ListTrainingJobsForHyperParameterTuningJobResponse>
{
    public override bool FollowsFromRows => true;

    protected override async Task<ListTrainingJobsForHyperParameterTuningJobResponse> ListAsync(
        ListTrainingJobsForHyperParameterTuningJobRequest request, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var job = await store.FindTuningJobAsync(name, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        if (!TryReadStatus<TrainingJobStatus>(request.StatusEquals, out var status))
        {
            return new ListTrainingJobsForHyperParameterTuningJobResponse { TrainingJobSummaries = [] };
        }

        var page = await store.ListTrainingJobsAsync(
            new TrainingJobQuery
            {
                TuningJobId = job.Id,
                MaxResults = request.MaxResults ?? DefaultPage,
                NextToken = request.NextToken,
                SortBy = Enum.Parse<TrainingJobSort>(request.SortBy ?? nameof(TrainingJobSort.Name)),
                SortOrder = Order(request.SortOrder),
                Status = status,
            },
            cancellationToken);
        var description = TuningDescription.Read(job);
        return new ListTrainingJobsForHyperParameterTuningJobResponse
        {
            TrainingJobSummaries =
            [
                .. page.Items.Select(training => ToWire.Summary(
                    training, job.Definition.Of(training.Algorithm).Objective, TuningDescription.DefinitionName(description, training))),
            ],
            NextToken = page.NextToken,
        };
    }
}
