using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ForeignStorage;

/// <summary>
/// Carries what a program left behind into a bucket elsewhere: packed here as for any other, then uploaded. What is packed stays until all of
/// it is there, so that an endpoint that is away costs no second packing, and a server that was killed goes on with the upload.
/// </summary>
internal sealed class ForeignOutputs(BucketsElsewhere elsewhere, IReadOnlyDictionary<string, ForeignEndpoint> endpoints, JobPlaces places)
{
    private const string Outgoing = "outgoing";

    /// <param name="spec">The execution, as its owner wrote it.</param>
    /// <param name="collect">Packs into the output path of the specification it is given.</param>
    /// <param name="cancellationToken">Ends the packing or the upload; it can be begun again.</param>
    /// <exception cref="StorageAwayException">The endpoint can't be reached just now.</exception>
    /// <exception cref="ExecutionRefusedException">It takes nothing of ours.</exception>
    public async Task<CollectedArtifacts> CollectAsync(
        ExecutionSpec spec, Func<ExecutionSpec, Task<CollectedArtifacts>> collect, CancellationToken cancellationToken)
    {
        if (elsewhere.Find(spec.Definition.OutputPath) is not var (bucket, prefix)) return await collect(spec);
        var here = elsewhere.AliasUri(JobPlaces.KeyOf(spec.Name, Outgoing));
        var there = spec.Definition.OutputPath.TrimEnd('/');
        if (ReadPacked(spec.Name) is not { } packed)
        {
            Directory.CreateDirectory(places.FolderOf(spec.Name));
            packed = await collect(spec with { Definition = spec.Definition with { OutputPath = here } });
            packed = new CollectedArtifacts(packed.ModelArtifact?.Replace(here, there, StringComparison.Ordinal), packed.OutputArtifact?.Replace(here, there, StringComparison.Ordinal));
            await WritePackedAsync(spec.Name, packed, cancellationToken);
        }

        try
        {
            await UploadAsync(endpoints[bucket], places.OutgoingOf(spec.Name), prefix.TrimEnd('/'), cancellationToken);
        }
        catch (EndpointAwayException away)
        {
            throw new StorageAwayException(away.Message);
        }
        catch (EndpointRefusedException refused)
        {
            throw new ExecutionRefusedException(refused.Message);
        }

        FolderRemoval.Remove(places.OutgoingOf(spec.Name));
        return packed;
    }

    private static async Task UploadAsync(ForeignEndpoint endpoint, string folder, string prefix, CancellationToken cancellationToken)
    {
        // Once all was uploaded there is nothing left of it.
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(folder, path);
            await using var file = File.OpenRead(path);
            await endpoint.UploadAsync(file, prefix.Length == 0 ? name : $"{prefix}/{name}", isAlone: true, cancellationToken);
        }
    }

    private CollectedArtifacts? ReadPacked(string job) =>
        File.Exists(places.PackedOf(job)) && File.ReadAllText(places.PackedOf(job)).Split('\n') is [var model, var output, ..]
            ? new CollectedArtifacts(NullIfEmpty(model), NullIfEmpty(output))
            : null;

    private async Task WritePackedAsync(string job, CollectedArtifacts packed, CancellationToken cancellationToken)
    {
        var temporary = places.PackedOf(job) + ".partial";
        await File.WriteAllTextAsync(temporary, $"{packed.ModelArtifact}\n{packed.OutputArtifact}\n", cancellationToken);
        File.Move(temporary, places.PackedOf(job), overwrite: true);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
