using System.Text.Json.Nodes;
using Rekindle.Server.Executors;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ForeignStorage;

/// <summary>Brings what a training job reads from buckets elsewhere, and says where on this machine its executor finds it.</summary>
internal sealed class ForeignInputs(
    BucketsElsewhere elsewhere, IReadOnlyDictionary<string, ForeignEndpoint> endpoints, ContentCache cache, ForeignCheckpoints checkpoints, JobPlaces places, TimeProvider time)
{
    private const long LargestManifest = 64L << 20;

    // A few keys are asked for one by one; for more, what they have in common is listed.
    private const int FewKeys = 32;

    // A content that changes while it is read is listed again; one that always does is nothing to train with.
    private const int MostListings = 5;

    /// <summary>Whether anything of a job lies elsewhere, its output included.</summary>
    public bool Concerns(ExecutionSpec spec) =>
        elsewhere.Find(spec.Definition.OutputPath) is not null
        || spec.Definition.Channels.Any(channel => elsewhere.Find(channel.S3Uri) is not null)
        || CodeOf(spec.HyperParameters) is not null
        || elsewhere.Find(spec.Definition.CheckpointS3Uri ?? "") is not null;

    /// <summary>Why something that lies elsewhere can't be used as it is asked for; null when it can.</summary>
    public string? Refuse(TrainingDefinition definition, IReadOnlyDictionary<string, string> hyperParameters) =>
        PlacesOf(definition, hyperParameters).Select(RefuseKey).FirstOrDefault(problem => problem is not null)
        ?? RefuseChannels(definition);

    /// <summary>The URIs of a job that may lie elsewhere.</summary>
    private static IEnumerable<string> PlacesOf(TrainingDefinition definition, IReadOnlyDictionary<string, string> hyperParameters) =>
        ((string?[])[definition.OutputPath, definition.CheckpointS3Uri, ScriptMode.Find(hyperParameters)?.SubmitDirectory, .. definition.Channels.Select(channel => channel.S3Uri)]).OfType<string>();

    // A key becomes a path here. S3 itself has no rule about its parts.
    private string? RefuseKey(string uri) =>
        elsewhere.Find(uri) is var (_, key) && key.TrimEnd('/') is { Length: > 0 } path && !ObjectListing.IsPath(path)
            ? $"\"{uri}\" can't be used: parts of its key are empty, \".\", \"..\" or too long, and what lies there could not be a file."
            : null;

    private string? RefuseChannels(TrainingDefinition definition) =>
        definition.Channels.FirstOrDefault(channel => channel.S3DataType == ChannelModes.AugmentedManifest && elsewhere.Find(channel.S3Uri) is not null) is { } augmented
            ? $"Channel \"{augmented.Name}\": an augmented manifest can't lie in a bucket elsewhere ({elsewhere.AddressOf(augmented.S3Uri)}); S3Prefix and ManifestFile can."
            : null;

    /// <summary>The job as its executor is to see it, once all is here.</summary>
    /// <exception cref="ExecutionRefusedException">Something is not to be had, for a reason of the user's.</exception>
    public async Task<ExecutionSpec> BringAsync(ExecutionSpec spec, Action<string?> tell, CancellationToken cancellationToken)
    {
        if (PlacesOf(spec.Definition, spec.HyperParameters).Select(RefuseKey).FirstOrDefault(problem => problem is not null) is { } refused) throw new ExecutionRefusedException(refused);
        var channels = new List<Channel>();
        foreach (var (index, channel) in spec.Definition.Channels.Index())
        {
            channels.Add(elsewhere.Find(channel.S3Uri) is not var (bucket, key) ? channel
                : channel.S3DataType == "ManifestFile" ? await BringManifestAsync(spec, index, channel, endpoints[bucket], key, tell, cancellationToken)
                : channel with { S3Uri = await BringPrefixAsync(spec, channel.S3Uri, endpoints[bucket], key, tell, cancellationToken) });
        }

        var code = CodeOf(spec.HyperParameters) is var (uri, codeBucket, codeKey)
            ? await BringPrefixAsync(spec, uri, endpoints[codeBucket], codeKey, tell, cancellationToken)
            : null;
        var definition = spec.Definition with { Channels = channels, CheckpointS3Uri = await BringCheckpointsAsync(spec, tell, cancellationToken) };
        return spec with { Definition = definition, CodeUri = code };
    }

    private async Task<string?> BringCheckpointsAsync(ExecutionSpec spec, Action<string?> tell, CancellationToken cancellationToken)
    {
        if (spec.Definition.CheckpointS3Uri is not { } uri || elsewhere.Find(uri) is not var (bucket, key)) return spec.Definition.CheckpointS3Uri;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await checkpoints.RestoreAsync(spec.Name, bucket, key, tell, cancellationToken);
            }
            catch (ObjectChangedException) when (attempt < MostListings)
            {
                // Another job may be writing there; it has no more than so many chances.
            }
            catch (Exception refused) when (refused is EndpointRefusedException or ObjectChangedException)
            {
                throw new ExecutionRefusedException($"The checkpoints under \"{uri}\" could not be restored: {refused.Message}");
            }
        }
    }

    private (string Uri, string Bucket, string Key)? CodeOf(IReadOnlyDictionary<string, string> hyperParameters) =>
        ScriptMode.Find(hyperParameters) is { } script && elsewhere.Find(script.SubmitDirectory) is var (bucket, key) ? (script.SubmitDirectory, bucket, key) : null;

    private async Task<string> BringPrefixAsync(
        ExecutionSpec spec, string uri, ForeignEndpoint endpoint, string prefix, Action<string?> tell, CancellationToken cancellationToken)
    {
        var content = await BringAsync(
            spec,
            uri,
            endpoint,
            async token => ObjectListing.Of(endpoint, await Patience.WithEndpoint(time).TryAsync(() => endpoint.ListAsync(prefix, token), tell, token)),
            tell,
            cancellationToken);
        return elsewhere.AliasUri(ContentCache.KeyOf(content, prefix));
    }

    private async Task<Channel> BringManifestAsync(
        ExecutionSpec spec, int index, Channel channel, ForeignEndpoint endpoint, string key, Action<string?> tell, CancellationToken cancellationToken)
    {
        var given = await BringAsync(
            spec,
            channel.S3Uri,
            endpoint,
            async token => ObjectListing.Of(endpoint, await FindAsync(endpoint, [key], tell, token) is [{ } one]
                ? one.Size <= LargestManifest ? [one] : throw new ExecutionRefusedException($"Channel \"{channel.Name}\": the manifest \"{channel.S3Uri}\" is too large.")
                : []),
            tell,
            cancellationToken);
        var (prefix, suffixes) = InputChannels.ReadManifest(channel, cache.PathOf(given, key));
        if (elsewhere.Find(prefix) is not var (bucket, start))
        {
            throw new ExecutionRefusedException($"Channel \"{channel.Name}\": the manifest \"{channel.S3Uri}\" lies elsewhere, and so must what it names; its prefix is \"{prefix}\".");
        }

        var source = endpoints[bucket];
        List<string> keys = [.. suffixes.Select(suffix => KeyOf(prefix + suffix, bucket)).Distinct(StringComparer.Ordinal)];
        var content = await BringAsync(
            spec,
            channel.S3Uri,
            source,
            async token =>
            {
                var found = await FindAsync(source, keys, tell, token);
                var missing = keys.Where((_, at) => found[at] is null).FirstOrDefault();
                return missing is null ? ObjectListing.Of(source, found!) : throw InputChannels.NoObjects($"s3://{bucket}/{missing}", bucket, spec.Region, roleArn: null);
            },
            tell,
            cancellationToken);
        // The same manifest, of what is here.
        var ours = new JsonArray(new JsonObject { ["prefix"] = elsewhere.AliasUri(ContentCache.KeyOf(content, "")) + prefix[$"s3://{bucket}".Length..].TrimStart('/') });
        foreach (var suffix in suffixes)
        {
            ours.Add(suffix);
        }

        var name = $"manifest-{index}";
        await File.WriteAllTextAsync(Path.Combine(places.FolderOf(spec.Name), name), ours.ToJsonString(), cancellationToken);
        return channel with { S3Uri = elsewhere.AliasUri(JobPlaces.KeyOf(spec.Name, name)) };

        string KeyOf(string uri, string expected) => elsewhere.Find(uri) is var (found, inner) && found == expected ? inner
            : throw new ExecutionRefusedException($"Channel \"{channel.Name}\": the manifest \"{channel.S3Uri}\" names \"{uri}\", which is in another bucket than its prefix.");
    }

    /// <summary>Lists a content and brings it, and again when it changed in between. Its hash.</summary>
    private async Task<string> BringAsync(
        ExecutionSpec spec,
        string uri,
        ForeignEndpoint endpoint,
        Func<CancellationToken, Task<ObjectListing>> list,
        Action<string?> tell,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var listing = await list(cancellationToken);
                if (listing.Objects.Count == 0) throw Nothing(uri, endpoint, spec, $"The bucket lies at {endpoint.Address}, which lists no such object.");
                await cache.UseAsync(spec.Name, listing, tell, cancellationToken);
                return listing.Hash;
            }
            catch (ObjectChangedException) when (attempt < MostListings)
            {
                // Whoever writes there may be done by now.
            }
            catch (ObjectChangedException changed)
            {
                throw new ExecutionRefusedException($"What is under \"{uri}\" at {endpoint.Address} changes all the time: {changed.Message}");
            }
            catch (EndpointRefusedException refused)
            {
                throw Nothing(uri, endpoint, spec, refused.Message);
            }
        }
    }

    // AWS's sentence, and what we know besides.
    private static ExecutionRefusedException Nothing(string uri, ForeignEndpoint endpoint, ExecutionSpec spec, string because) =>
        new($"{InputChannels.NoObjects(uri, endpoint.Name, spec.Region, roleArn: null).Message} {because}");

    /// <summary>The objects of some keys, each in the place of its key; null where there is none.</summary>
    private async Task<IReadOnlyList<ListedObject?>> FindAsync(
        ForeignEndpoint endpoint, List<string> keys, Action<string?> tell, CancellationToken cancellationToken)
    {
        if (keys.Count > FewKeys)
        {
            var listed = await Patience.WithEndpoint(time).TryAsync(() => endpoint.ListAsync(CommonStart(keys), cancellationToken), tell, cancellationToken);
            var byKey = listed.ToDictionary(item => item.Key, StringComparer.Ordinal);
            return [.. keys.Select(byKey.GetValueOrDefault)];
        }

        var found = new List<ListedObject?>();
        foreach (var key in keys)
        {
            found.Add(key.Length == 0 ? null : await Patience.WithEndpoint(time).TryAsync(() => endpoint.FindAsync(key, cancellationToken), tell, cancellationToken));
        }

        return found;
    }

    private static string CommonStart(List<string> keys)
    {
        var first = keys[0];
        var length = keys.Min(key => key.AsSpan().CommonPrefixLength(first));
        // Half of a pair of surrogates is no text.
        return length > 0 && char.IsHighSurrogate(first[length - 1]) ? first[..(length - 1)] : first[..length];
    }
}
