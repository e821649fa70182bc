using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Driving;
using Rekindle.Server.Storage;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Driving;

public sealed class ModelCleaningTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rekindle-cleaning-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_model_that_could_not_be_removed_is_tried_again_when_there_is_news()
    {
        var loser = Given.Completed(1, 0.1);
        loser = loser with { Progress = loser.Progress with { ModelArtifact = $"s3://b/out/{loser.Name}/output/model.tar.gz" } };
        var store = DispatchProxy.Create<IStore, OneTuningJob>();
        var one = (OneTuningJob)(object)store;
        one.Snapshot = Given.Snapshot(Given.Job(Given.Definition), loser, Given.Completed(2, 0.9));
        using var cleaning = new ModelCleaning(
            store, new ModelArtifacts(new StorageRoots(_data, new Dictionary<string, string>(), [])), keep: 1, TimeProvider.System, NullLogger<ModelCleaning>.Instance);

        // The bucket's folder is not where it was: what lies there instead may not be touched.
        var bucket = Directory.CreateDirectory(Path.Combine(_data, "s3", "b")).FullName;
        var elsewhere = Directory.CreateDirectory(Path.Combine(_data, "elsewhere", loser.Name, "output")).FullName;
        await File.WriteAllTextAsync(Path.Combine(elsewhere, "model.tar.gz"), "", TestContext.Current.CancellationToken);
        var output = Directory.CreateSymbolicLink(Path.Combine(bucket, "out"), Path.Combine(_data, "elsewhere"));
        await cleaning.CleanAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(Path.Combine(elsewhere, "model.tar.gz")));

        output.Delete();
        Directory.Move(Path.Combine(_data, "elsewhere"), output.FullName);
        one.Snapshot = one.Snapshot with { TrainingJobs = [.. one.Snapshot.TrainingJobs, Given.Completed(3, 0.2)] };
        await cleaning.CleanAsync(TestContext.Current.CancellationToken);
        Assert.False(File.Exists(Path.Combine(output.FullName, loser.Name, "output", "model.tar.gz")));
    }

    /// <summary>A store with one tuning job that is running.</summary>
    public class OneTuningJob : DispatchProxy
    {
        internal TuningSnapshot Snapshot { get; set; } = null!;

        protected override object Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(IStore.ListTuningJobsAsync) => Task.FromResult(new Page<TuningJobListing>(
                ((TuningJobQuery)args![0]!).Status == TuningJobStatus.InProgress ? [new TuningJobListing(Snapshot.Job, TuningJobCounters.Of(Snapshot))] : [], null)),
            nameof(IStore.ReadTuningSnapshotAsync) => Task.FromResult<TuningSnapshot?>(Snapshot),
            _ => throw new NotSupportedException(targetMethod.Name),
        };
    }
}
