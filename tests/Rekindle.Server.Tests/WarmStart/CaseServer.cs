using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Api.Client;
using Rekindle.Server.Storage;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>
/// A server that finds the parents of every case in its database, in whatever state the case wants them. It demands signatures, and its
/// training programs only sleep.
/// </summary>
public sealed class CaseServer : IAsyncLifetime
{
    private static readonly string[] Data = ["b/train", "b/old", "b/new", "sagemaker-us-west-2-123456789012/d"];

    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-cases-").FullName;
    private readonly HttpClient _http = new();
    private RekindleServer _server = null!;

    internal RekindleClient Client { get; private set; } = null!;

    internal Uri Url => _server.Url;

    internal const string AccessKeyId = "CASES";

    internal const string Secret = "signed/with+this";

    /// <summary>What the tuning job of a case is called here; all cases share one server.</summary>
    internal static string NameOf(string id, string name) => $"{id}-{name}";

    public async ValueTask InitializeAsync()
    {
        foreach (var channel in Data)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, "s3", channel)).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "part-1"), "1\n");
        }

        await using (var store = SqlStore.Open(Path.Combine(_folder, "rekindle.db"), TimeProvider.System, NullLogger.Instance))
        {
            await store.MigrateAsync(TestContext.Current.CancellationToken);
            var seeding = new Seeding(store);
            foreach (var id in WarmStartCase.Ids)
            {
                foreach (var parent in WarmStartCase.ParentsOf(id))
                {
                    await seeding.AddAsync(parent.Job with { Name = NameOf(id, parent.Job.Name) }, [.. TrainingJobsOf(parent)]);
                    if (parent.IsDeleted)
                    {
                        await store.DeleteTuningJobAsync(NameOf(id, parent.Job.Name), Given.Start, TestContext.Current.CancellationToken);
                    }
                }
            }
        }

        _server = await RekindleServer.StartAsync(
            new ServerOptions
            {
                Url = "http://127.0.0.1:0",
                DataFolder = _folder,
                AccessKeys = new Dictionary<string, AccessKey> { [AccessKeyId] = new(Secret, "cases", AccessScope.Admin) },
                Images = new Dictionary<string, IReadOnlyList<string>> { ["*"] = ["/bin/sleep", "60"] },
                Slots = 1,
                Sandbox = false,
                EndsOnSignal = false,
                LogLevel = "Error",
            },
            TestContext.Current.CancellationToken);
        Client = new RekindleClient(_http, _server.Url, new Credentials(AccessKeyId, Secret), "us-east-1", TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static IEnumerable<SeededTrainingJob> TrainingJobsOf(StoredParent parent)
    {
        // A few observations are enough for a search; the others only count.
        const int Observed = 5;
        for (var index = 0; index < parent.Launched; index++)
        {
            var position = index / (double)Math.Max(1, parent.Launched);
            var tuned = parent.Job.Definition.Ranges.ToDictionary(range => range.Name, range => range.Kind switch
            {
                ParameterKind.Categorical => range.Values[index % range.Values.Count],
                ParameterKind.Integer => range.MinValue!,
                _ => Between(range, position).ToString("R", CultureInfo.InvariantCulture),
            });
            yield return index < Observed ? new SeededTrainingJob(tuned, position)
                : index < parent.Launched - parent.Failed ? new SeededTrainingJob(tuned, null, TrainingJobStatus.Stopped)
                : new SeededTrainingJob(tuned, null, TrainingJobStatus.Failed, "AlgorithmError: exit code 1");
        }

        static double Between(ParameterRange range, double position)
        {
            var (min, max) = (double.Parse(range.MinValue!, CultureInfo.InvariantCulture), double.Parse(range.MaxValue!, CultureInfo.InvariantCulture));
            return min + ((max - min) * position);
        }
    }
}
