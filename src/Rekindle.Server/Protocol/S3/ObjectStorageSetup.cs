using Microsoft.Extensions.DependencyInjection;
using Rekindle.Server.ForeignStorage;
using Rekindle.Server.ObjectStorage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Protocol.S3;

/// <summary>Everything that S3 consists of here.</summary>
internal static class ObjectStorageSetup
{
    /// <param name="services">Where it is added.</param>
    /// <param name="options">Names the buckets that lie elsewhere.</param>
    /// <param name="dataFolder">Holds all others in its folder <c>s3</c>, and what is known of objects in <c>s3-metadata</c>.</param>
    public static void AddObjectStorage(this IServiceCollection services, ServerOptions options, string dataFolder)
    {
        services.AddSingleton(new MetadataFolder(Path.Combine(dataFolder, "s3-metadata")));
        services.AddSingleton(provider => new Buckets(
            Path.Combine(dataFolder, "s3"),
            options.Buckets,
            new StorageRoots(dataFolder, options.Buckets, [], ForeignStorageSetup.Names(options, dataFolder)),
            provider.GetRequiredService<MetadataFolder>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ObjectStore>();
        services.AddSingleton<MultipartUploads>();
        services.AddSingleton<S3Signature>();
        services.AddSingleton<ServiceRequests>();
        services.AddSingleton<ListRequests>();
        services.AddSingleton<ReadRequests>();
        services.AddSingleton<WriteRequests>();
        services.AddSingleton<MultipartRequests>();
        services.AddSingleton<S3Endpoint>();
    }
}
