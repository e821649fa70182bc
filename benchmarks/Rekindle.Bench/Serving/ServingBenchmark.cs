using System.Globalization;
using System.Net;
using System.Text;
using Rekindle.Api;
using Rekindle.Api.Client;
using Rekindle.Api.Shapes;
using Rekindle.Bench.Report;

namespace Rekindle.Bench.Serving;

/// <summary>
/// How many requests for the state of a tuning job with very many training jobs the server answers in a second, quiet and while rows change
/// twenty times a second, beside moto in the same run.
/// </summary>
internal static class ServingBenchmark
{
    private const string List = "ListTrainingJobsForHyperParameterTuningJob";
    private const int PeerTrainingJobs = 100;
    private static readonly int[] Connections = [1, 16, 64];
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string root, string[] options, CancellationToken cancellationToken)
    {
        var given = Parse(options);
        var jobs = given.Whole("--jobs", 500);
        var duration = TimeSpan.FromSeconds(given.Whole("--seconds", 5));
        var folder = Directory.CreateDirectory(Path.Combine(root, "artifacts", "bench", Guid.NewGuid().ToString("N"))).FullName;
        var rows = new List<ServingRow>();
        try
        {
            var parents = new WarmStartParents("/bin/true", 1, jobs);
            await parents.StoreAsync(Path.Combine(folder, "data"), cancellationToken);
            await using (var server = await ServerProcess.StartAsync(root, Path.Combine(folder, "data"), 1, cancellationToken))
            {
                var address = new IPEndPoint(IPAddress.Loopback, server.Url.Port);
                var name = WarmStartParents.NameOf(0);
                using var http = new HttpClient();
                var client = new RekindleClient(http, server.Url, null, "us-east-1", TimeProvider.System);
                var arn = (await client.DescribeHyperParameterTuningJobAsync(name, cancellationToken)).HyperParameterTuningJobArn!;
                (string Operation, string Body)[] asked =
                [
                    (ServingRow.Describe, $$"""{"HyperParameterTuningJobName":"{{name}}"}"""),
                    (List, $$"""{"HyperParameterTuningJobName":"{{name}}","MaxResults":100}"""),
                ];
                foreach (var busy in (bool[])[false, true])
                {
                    using var writing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    var writer = busy ? WriteAsync(client, arn, writing.Token) : Task.CompletedTask;
                    foreach (var (operation, body) in asked)
                    {
                        await MeasureAsync(
                            rows, busy ? "rekindle, rows changing" : "rekindle", jobs, new LoadClient(address, operation, body), operation, duration, cancellationToken);
                    }

                    await writing.CancelAsync();
                    await writer;
                }
            }

            await MeasurePeerAsync(rows, parents, duration, cancellationToken);
            ServingRow.Print(new ReportWriter(Console.Out, markdown: false), rows);
            await ServingFile.WriteAsync(Path.Combine(root, "benchmarks", "results", "server.csv"), rows, cancellationToken);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static BenchOptions Parse(string[] words) => new("server", words, ["--jobs", "--seconds"], []);

    private static async Task MeasureAsync(
        List<ServingRow> rows, string who, int jobs, LoadClient load, string operation, TimeSpan duration, CancellationToken cancellationToken)
    {
        await load.SaturateAsync(16, WarmUp, cancellationToken);
        foreach (var connections in Connections)
        {
            var full = await load.SaturateAsync(connections, duration, cancellationToken);
            var half = await load.PaceAsync(connections, full.PerSecond / 2, duration, cancellationToken);
            var row = new ServingRow(who, operation, jobs, connections, full, half);
            rows.Add(row);
            Console.WriteLine(row.Text);
        }
    }

    private static async Task MeasurePeerAsync(List<ServingRow> rows, WarmStartParents parents, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var moto = await MotoProcess.StartAsync(cancellationToken);
        if (moto is null)
        {
            Console.WriteLine("moto is not installed (pip install 'moto[server]'): no peer in this run.");
            return;
        }

        var parent = parents.Child("peer", "TransferLearning", 1) with { WarmStartConfig = null };
        await SendAsync(moto, "CreateHyperParameterTuningJob", Encoding.UTF8.GetString(ApiJson.Serialize(parent)), cancellationToken);
        for (var number = 0; number < PeerTrainingJobs; number++)
        {
            var training = new CreateTrainingJobRequest
            {
                TrainingJobName = string.Create(CultureInfo.InvariantCulture, $"peer-{number:000}"),
                AlgorithmSpecification = new AlgorithmSpecification { TrainingImage = "image", TrainingInputMode = "File" },
                RoleArn = parent.TrainingJobDefinition!.RoleArn,
                OutputDataConfig = parent.TrainingJobDefinition.OutputDataConfig,
                ResourceConfig = parent.TrainingJobDefinition.ResourceConfig,
                StoppingCondition = parent.TrainingJobDefinition.StoppingCondition,
            };
            await SendAsync(moto, "CreateTrainingJob", Encoding.UTF8.GetString(ApiJson.Serialize(training)), cancellationToken);
        }

        (string Operation, string Body)[] asked = [(ServingRow.Describe, """{"HyperParameterTuningJobName":"peer"}"""), ("ListTrainingJobs", """{"MaxResults":100}""")];
        foreach (var (operation, body) in asked)
        {
            await MeasureAsync(rows, ServingRow.Peer, PeerTrainingJobs, new LoadClient(moto.Address, operation, body), operation, duration, cancellationToken);
        }
    }

    private static async Task SendAsync(MotoProcess moto, string operation, string body, CancellationToken cancellationToken) =>
        await new LoadClient(moto.Address, operation, body).SaturateAsync(1, TimeSpan.FromTicks(1), cancellationToken);

    /// <summary>Rows change as they do while training jobs run.</summary>
    private static async Task WriteAsync(RekindleClient client, string arn, CancellationToken cancellationToken)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                await client.AddTagsAsync(
                    new AddTagsRequest { ResourceArn = arn, Tags = [new Tag { Key = "n", Value = number.ToString(CultureInfo.InvariantCulture) }] },
                    cancellationToken);
                await Task.Delay(BetweenWrites, TimeProvider.System, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Measured enough.
        }
    }
}
