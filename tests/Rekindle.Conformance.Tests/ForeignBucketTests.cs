using System.Globalization;

namespace Rekindle.Conformance.Tests;

/// <summary>Buckets on another S3, of a server as it is shipped: another such server.</summary>
public sealed class ForeignBucketTests
{
    private const int Objects = 800;
    private const string Secret = "a-secret-that-no-log-may-hold";

    [Fact(Timeout = 300_000)]
    [Trait("Needs", "bwrap")]
    public async Task Killing_the_server_half_through_a_download_loses_nothing_and_repeats_little()
    {
        using var there = new Workspace();
        using var here = new Workspace();
        var token = TestContext.Current.CancellationToken;
        for (var number = 0; number < Objects; number++)
        {
            there.Put(string.Create(CultureInfo.InvariantCulture, $"bucket/many/{number / 100}/{number}"));
        }

        var program = here.Program(
            "train.sh", "find /opt/ml/input/data/train -type f | wc -l\nenv | grep -c SECRET\necho $x > /opt/ml/model/x; echo $x > /opt/ml/checkpoints/x; echo score=$x");
        await using var other = await ServerProcess.StartAsync(there.Data, there.Config($$"""{"Access": {"Keys": {"SOMEBODY": "{{Secret}}"} } }"""));
        var config = here.Config($$"""
            {"LogLevel": "Debug", "Buckets": {"far": {"Endpoint": "{{other.Url}}", "Name": "bucket", "AccessKeyId": "SOMEBODY", "SecretAccessKey": "{{Secret}}"} } }
            """);
        var request = Tuning.Request("far", program, jobs: 2, parallel: 2);
        request = request with
        {
            TrainingJobDefinition = request.TrainingJobDefinition! with
            {
                InputDataConfig = [new() { ChannelName = "train", DataSource = new() { S3DataSource = new() { S3DataType = "S3Prefix", S3Uri = "s3://far/many/" } } }],
                OutputDataConfig = new() { S3OutputPath = "s3://far/output" },
                CheckpointConfig = new() { S3Uri = "s3://far/checkpoints" },
            },
        };
        var server = await ServerProcess.StartAsync(here.Data, config);
        var logs = "";
        try
        {
            await Tuning.Client(server).CreateHyperParameterTuningJobAsync(request, token);
            var cache = Path.Combine(here.Data, "cache");
            int half;
            while ((half = Directory.Exists(cache) ? Brought(cache, ".partial-*") : 0) < 50)
            {
                Assert.Equal(0, Brought(cache, "????????????????????????????????????????"));
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, token);
            }

            await server.KillAsync();
            Assert.InRange(half, 50, Objects - 1);
            Assert.Equal(0, Brought(cache, "????????????????????????????????????????"));
            logs += server.Errors;
            await server.DisposeAsync();
            server = await ServerProcess.StartAsync(here.Data, config);
            var job = await Tuning.Client(server).EndOfAsync("far");
            Assert.Equal(("Completed", 2), (job.HyperParameterTuningJobStatus!, job.TrainingJobStatusCounters!.Completed));
            foreach (var trainingJob in await Tuning.Client(server).TrainingJobsOfAsync("far"))
            {
                Assert.Equal([Objects.ToString(CultureInfo.InvariantCulture), "0"], (await Tuning.Client(server).LogOfAsync(trainingJob.TrainingJobName!))[..2]);
                Assert.True(File.Exists(Path.Combine(there.Data, "s3", "bucket", "output", trainingJob.TrainingJobName!, "output", "model.tar.gz")));
            }

            Assert.True(Directory.Exists(Path.Combine(there.Data, "s3", "bucket", "checkpoints")));
            Assert.Equal((0, Objects), (Brought(cache, ".partial-*"), Brought(cache, "????????????????????????????????????????")));
            server.AssertSound();
            logs += server.Errors;
            Assert.DoesNotContain(Secret, logs, StringComparison.Ordinal);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>How many objects contents hold whose folders have names of a pattern.</summary>
    private static int Brought(string cache, string pattern)
    {
        try
        {
            return !Directory.Exists(cache) ? 0 : Directory.EnumerateDirectories(cache, pattern)
                .Select(content => Path.Combine(content, "objects")).Where(Directory.Exists)
                .Sum(objects => Directory.EnumerateFiles(objects, "*", SearchOption.AllDirectories).Count());
        }
        catch (DirectoryNotFoundException)
        {
            // It got its name just now.
            return 0;
        }
    }
}
