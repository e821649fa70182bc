using System.Text.Json;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Operations.Import;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>A tuning job as a document to import elsewhere: what ran here as it stands, what was imported as it came.</summary>
internal sealed class ExportTuningJob(IStore store, TimeProvider time) : Operation<ExportTuningJobRequest, ExportTuningJobResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    private readonly DescribeHyperParameterTuningJob _describe = new(store, time);

    public override string Target => OperationTable.ExtensionPrefix + nameof(ExportTuningJob);

    protected override async Task<ExportTuningJobResponse> HandleAsync(
        ExportTuningJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.HyperParameterTuningJobName!;
        var job = await store.FindTuningJobAsync(name, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        var snapshot = await store.ReadTuningSnapshotAsync(job.Id, cancellationToken) ?? throw Refusal.TuningJobNotFound(name);
        var tags = (await store.ReadTagsAsync(ResourceTags.Key(job.Arn), cancellationToken) ?? []).Where(tag => tag.Key != ImportMark.Key).ToList();
        return (job.ImportedAt is null ? await NativeAsync(snapshot, cancellationToken) : Imported(snapshot)) with
        {
            Tags = tags.Count > 0 ? ToWire.Tags(tags) : null,
        };
    }

    private static ExportTuningJobResponse Imported(TuningSnapshot snapshot) => new()
    {
        TuningJob = JsonElement.Parse(snapshot.Job.Description),
        TrainingJobs = ListOf(snapshot.TrainingJobs.Select(job => JsonElement.Parse(job.Description!))),
    };

    private async Task<ExportTuningJobResponse> NativeAsync(TuningSnapshot snapshot, CancellationToken cancellationToken)
    {
        var description = await _describe.DescribeAsync(snapshot, exact: true, cancellationToken);
        var definition = snapshot.Job.Definition;
        return new ExportTuningJobResponse
        {
            TuningJob = JsonElement.Parse(ApiJson.Serialize(description)),
            TrainingJobs = ListOf(snapshot.TrainingJobs.Select(job => JsonElement.Parse(
                ApiJson.Serialize(ToWire.Summary(
                    job, definition.Of(job.Algorithm).Objective, TuningDescription.DefinitionName(description, job), exact: true))))),
        };
    }

    private static JsonElement ListOf(IEnumerable<JsonElement> items) => JsonSerializer.SerializeToElement(items);
}
