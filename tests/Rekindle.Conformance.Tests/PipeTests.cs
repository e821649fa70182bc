using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>The input mode Pipe in a server as it is shipped.</summary>
public sealed class PipeTests
{
    /// <summary>Half through an epoch, and again in the next: to the program, a dead writer would be the end of the data.</summary>
    [Fact(Timeout = 300_000)]
    [Trait("Needs", "bwrap")]
    public async Task Killing_the_server_half_through_an_epoch_takes_no_byte_from_the_program()
    {
        using var workspace = new Workspace();
        var token = TestContext.Current.CancellationToken;
        var data = new byte[24 << 20];
        new Random(6).NextBytes(data);
        var folder = Directory.CreateDirectory(Path.Combine(workspace.Data, "s3", "bucket", "pipe")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "a"), data[..(9 << 20)], token);
        await File.WriteAllBytesAsync(Path.Combine(folder, "b"), data[(9 << 20)..], token);
        // Reads a part of each epoch, says so, and reads on only when it is told to.
        var program = workspace.Program(
            "train.sh",
            """
            cd /opt/ml/input/data
            for epoch in 0 1; do
                exec 3<train_$epoch
                head -c 5000000 <&3 >/tmp/part; echo reading $epoch
                while [ ! -e go-$epoch ]; do sleep 0.02; done
                echo sum $(cat /tmp/part - <&3 | sha256sum); exec 3<&-
            done
            echo score=$x
            """);
        var request = Tuning.Request("piped", program, jobs: 1);
        request = request with
        {
            TrainingJobDefinition = request.TrainingJobDefinition! with
            {
                AlgorithmSpecification = request.TrainingJobDefinition.AlgorithmSpecification! with { TrainingInputMode = "Pipe" },
                InputDataConfig = [new() { ChannelName = "train", DataSource = new() { S3DataSource = new() { S3DataType = "S3Prefix", S3Uri = "s3://bucket/pipe/" } } }],
            },
        };
        var server = await ServerProcess.StartAsync(workspace.Data);
        try
        {
            await Tuning.Client(server).CreateHyperParameterTuningJobAsync(request, token);
            for (var epoch = 0; epoch < 2; epoch++)
            {
                var execution = await LoggedAsync(workspace, string.Create(CultureInfo.InvariantCulture, $"reading {epoch}"));
                await server.KillAsync();
                await server.DisposeAsync();
                // It reads on while no server is there, and once after one was started again.
                if (epoch == 1) server = await ServerProcess.StartAsync(workspace.Data);
                await File.WriteAllTextAsync(Path.Combine(execution, "opt-ml", "input", "data", string.Create(CultureInfo.InvariantCulture, $"go-{epoch}")), "", token);
                if (epoch == 0)
                {
                    await LoggedAsync(workspace, "sum ");
                    server = await ServerProcess.StartAsync(workspace.Data);
                }
            }

            var client = Tuning.Client(server);
            Assert.Equal("Completed", (await client.EndOfAsync("piped")).HyperParameterTuningJobStatus);
            var job = Assert.Single(await client.TrainingJobsOfAsync("piped"));
            Assert.Equal("Completed", job.TrainingJobStatus);
            var sum = Convert.ToHexStringLower(SHA256.HashData(data));
            var log = await client.LogOfAsync(job.TrainingJobName!);
            Assert.Equal(["reading 0", $"sum {sum} -", "reading 1", $"sum {sum} -"], log.Take(4));
            server.AssertSound();
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact(Timeout = 300_000)]
    [Trait("Needs", "clients")]
    public async Task A_tuning_job_of_boto3_trains_from_fifos_with_gzip_and_recordio()
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        // Each object is a number; the score is the sum of the records of two epochs, read as RecordIO by hand.
        var program = workspace.Program(
            "train.sh",
            """
            cat > /tmp/read.py << 'READ'
            import struct
            total, orders = 0, []
            for epoch in range(2):
                order = []
                with open(f"/opt/ml/input/data/train_{epoch}", "rb") as pipe:
                    while header := pipe.read(8):
                        magic, length = struct.unpack("<II", header)
                        assert magic == 0xced7230a
                        order.append(int(pipe.read((length + 3) // 4 * 4)[:length]))
                total += sum(order)
                orders.append(order)
            print("sorted", sorted(orders[0]) == list(range(20)), "shuffled", orders[0] != orders[1])
            print(f"score={total}")
            READ
            exec python3 /tmp/read.py
            """);

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python, [ClientProgram.Script("pipe.py"), program], ("AWS_ENDPOINT_URL", server.Url));

        Checks.AllOk(code, output, atLeast: 7);
        server.AssertSound();
    }

    /// <summary>The folder of the one execution, once its log holds a text.</summary>
    private static async Task<string> LoggedAsync(Workspace workspace, string text)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var executions = Path.Combine(workspace.Data, "executions");
            foreach (var execution in Directory.Exists(executions) ? Directory.GetDirectories(executions) : [])
            {
                var log = Path.Combine(execution, "log");
                if (File.Exists(log) && (await File.ReadAllTextAsync(log)).Contains(text, StringComparison.Ordinal)) return execution;
            }

            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(60), $"No log says '{text}'.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
