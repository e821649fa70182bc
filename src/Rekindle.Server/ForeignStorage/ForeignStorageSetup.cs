using Microsoft.Extensions.DependencyInjection;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ForeignStorage;

/// <summary>Puts buckets elsewhere before the executors, where the settings name any.</summary>
internal static class ForeignStorageSetup
{
    /// <summary>The folder of the data that holds what was brought here.</summary>
    public const string FolderName = "cache";

    /// <summary>The buckets elsewhere; null when there are none.</summary>
    public static BucketsElsewhere? AddForeignStorage(this IServiceCollection services, ServerOptions options, string dataFolder)
    {
        if (Names(options, dataFolder) is not { } elsewhere) return null;
        services.AddSingleton(elsewhere);
        return elsewhere;
    }

    /// <summary>The buckets elsewhere for those who need to know which there are; what stands for the folder is another one each time.</summary>
    public static BucketsElsewhere? Names(ServerOptions options, string dataFolder) => options.ForeignBuckets.Count == 0 ? null : new BucketsElsewhere(
        options.ForeignBuckets.ToDictionary(bucket => bucket.Key, bucket => bucket.Value.Address, StringComparer.Ordinal),
        Path.Combine(Path.GetFullPath(dataFolder), FolderName));

    /// <summary>The executor that jobs are given to.</summary>
    public static IExecutor Around(IServiceProvider provider, IExecutor inner)
    {
        if (provider.GetService<BucketsElsewhere>() is not { } elsewhere) return inner;
        var options = provider.GetRequiredService<ServerOptions>();
        return new ForeignBucketExecutor(
            inner,
            elsewhere,
            options.ForeignBuckets.ToDictionary(bucket => bucket.Key, bucket => new ForeignEndpoint(bucket.Key, bucket.Value), StringComparer.Ordinal),
            options.CacheMaxBytes,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ForeignBucketExecutor>>());
    }
}
