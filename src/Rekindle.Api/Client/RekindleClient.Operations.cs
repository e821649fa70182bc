using Rekindle.Api.Shapes;

namespace Rekindle.Api.Client;

public sealed partial class RekindleClient
{
    /// <summary>Starts a tuning job.</summary>
    public Task<CreateHyperParameterTuningJobResponse> CreateHyperParameterTuningJobAsync(
        CreateHyperParameterTuningJobRequest request, CancellationToken cancellation) =>
        CallAsync<CreateHyperParameterTuningJobRequest, CreateHyperParameterTuningJobResponse>(
            "SageMaker.CreateHyperParameterTuningJob", request, cancellation);

    /// <summary>Everything known about a tuning job.</summary>
    public Task<DescribeHyperParameterTuningJobResponse> DescribeHyperParameterTuningJobAsync(
        string name, CancellationToken cancellation) =>
        CallAsync<DescribeHyperParameterTuningJobRequest, DescribeHyperParameterTuningJobResponse>(
            "SageMaker.DescribeHyperParameterTuningJob", new() { HyperParameterTuningJobName = name }, cancellation);

    /// <summary>One page of tuning jobs.</summary>
    public Task<ListHyperParameterTuningJobsResponse> ListHyperParameterTuningJobsAsync(
        ListHyperParameterTuningJobsRequest request, CancellationToken cancellation) =>
        CallAsync<ListHyperParameterTuningJobsRequest, ListHyperParameterTuningJobsResponse>(
            "SageMaker.ListHyperParameterTuningJobs", request, cancellation);

    /// <summary>Stops a tuning job and its training jobs.</summary>
    public Task<StopHyperParameterTuningJobResponse> StopHyperParameterTuningJobAsync(string name, CancellationToken cancellation) =>
        CallAsync<StopHyperParameterTuningJobRequest, StopHyperParameterTuningJobResponse>(
            "SageMaker.StopHyperParameterTuningJob", new() { HyperParameterTuningJobName = name }, cancellation);

    /// <summary>Deletes an ended tuning job.</summary>
    public Task<DeleteHyperParameterTuningJobResponse> DeleteHyperParameterTuningJobAsync(string name, CancellationToken cancellation) =>
        CallAsync<DeleteHyperParameterTuningJobRequest, DeleteHyperParameterTuningJobResponse>(
            "SageMaker.DeleteHyperParameterTuningJob", new() { HyperParameterTuningJobName = name }, cancellation);

    /// <summary>One page of the training jobs of a tuning job.</summary>
    public Task<ListTrainingJobsForHyperParameterTuningJobResponse> ListTrainingJobsForHyperParameterTuningJobAsync(
        ListTrainingJobsForHyperParameterTuningJobRequest request, CancellationToken cancellation) =>
        CallAsync<ListTrainingJobsForHyperParameterTuningJobRequest, ListTrainingJobsForHyperParameterTuningJobResponse>(
            "SageMaker.ListTrainingJobsForHyperParameterTuningJob", request, cancellation);

    /// <summary>Starts a training job.</summary>
    public Task<CreateTrainingJobResponse> CreateTrainingJobAsync(CreateTrainingJobRequest request, CancellationToken cancellation) =>
        CallAsync<CreateTrainingJobRequest, CreateTrainingJobResponse>("SageMaker.CreateTrainingJob", request, cancellation);

    /// <summary>Everything known about a training job.</summary>
    public Task<DescribeTrainingJobResponse> DescribeTrainingJobAsync(string name, CancellationToken cancellation) =>
        CallAsync<DescribeTrainingJobRequest, DescribeTrainingJobResponse>(
            "SageMaker.DescribeTrainingJob", new() { TrainingJobName = name }, cancellation);

    /// <summary>One page of training jobs.</summary>
    public Task<ListTrainingJobsResponse> ListTrainingJobsAsync(ListTrainingJobsRequest request, CancellationToken cancellation) =>
        CallAsync<ListTrainingJobsRequest, ListTrainingJobsResponse>("SageMaker.ListTrainingJobs", request, cancellation);

    /// <summary>Stops a training job.</summary>
    public Task<StopTrainingJobResponse> StopTrainingJobAsync(string name, CancellationToken cancellation) =>
        CallAsync<StopTrainingJobRequest, StopTrainingJobResponse>(
            "SageMaker.StopTrainingJob", new() { TrainingJobName = name }, cancellation);

    /// <summary>Deletes an ended training job.</summary>
    public Task<DeleteTrainingJobResponse> DeleteTrainingJobAsync(string name, CancellationToken cancellation) =>
        CallAsync<DeleteTrainingJobRequest, DeleteTrainingJobResponse>(
            "SageMaker.DeleteTrainingJob", new() { TrainingJobName = name }, cancellation);

    /// <summary>Adds tags to a resource.</summary>
    public Task<AddTagsResponse> AddTagsAsync(AddTagsRequest request, CancellationToken cancellation) =>
        CallAsync<AddTagsRequest, AddTagsResponse>("SageMaker.AddTags", request, cancellation);

    /// <summary>One page of the tags of a resource.</summary>
    public Task<ListTagsResponse> ListTagsAsync(ListTagsRequest request, CancellationToken cancellation) =>
        CallAsync<ListTagsRequest, ListTagsResponse>("SageMaker.ListTags", request, cancellation);

    /// <summary>Makes a tuning job out of one that ran elsewhere.</summary>
    public Task<ImportTuningJobResponse> ImportTuningJobAsync(ImportTuningJobRequest request, CancellationToken cancellation) =>
        CallAsync<ImportTuningJobRequest, ImportTuningJobResponse>("Rekindle.ImportTuningJob", request, cancellation);

    /// <summary>A tuning job as a document to import elsewhere.</summary>
    public Task<ExportTuningJobResponse> ExportTuningJobAsync(string name, CancellationToken cancellation) =>
        CallAsync<ExportTuningJobRequest, ExportTuningJobResponse>(
            "Rekindle.ExportTuningJob", new() { HyperParameterTuningJobName = name }, cancellation);

    /// <summary>Removes tags from a resource.</summary>
    public Task<DeleteTagsResponse> DeleteTagsAsync(DeleteTagsRequest request, CancellationToken cancellation) =>
        CallAsync<DeleteTagsRequest, DeleteTagsResponse>("SageMaker.DeleteTags", request, cancellation);
}
