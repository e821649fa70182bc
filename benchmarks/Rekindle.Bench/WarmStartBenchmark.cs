using System.Diagnostics;
using System.Globalization;
using Rekindle.Api.Client;
using Rekindle.Api.Shapes;

namespace Rekindle.Bench;

/// <summary>
/// How long a user waits for a warm start with as many parents as there may be: until the preview is there, until the tuning job is
/// created, until its first training job is launched with the first suggestion. Through a real server, whose database holds the parents.
/// </summary>
internal static class WarmStartBenchmark
{
    private const int Parents = 5;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private static readonly string[] Types = ["IdenticalDataAndAlgorithm", "TransferLearning"];

    public static BenchOptions Parse(string[] words) => new("warmstart", words, ["--jobs", "--rounds"], []);

    public static async Task<int> RunAsync(string root, string[] words, CancellationToken cancellationToken)
    {
        var options = Parse(words);
        var jobs = options.Whole("--jobs", 100);
        var rounds = options.Whole("--rounds", 5);
        var folder = Directory.CreateDirectory(Path.Combine(root, "artifacts", "bench", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var program = Path.Combine(folder, "empty.sh");
            await File.WriteAllTextAsync(program, "#!/bin/sh\necho score=0.5\n", cancellationToken);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var data = Path.Combine(folder, "data");
            var space = new WarmStartParents(program, Parents, jobs);
            await space.StoreAsync(data, cancellationToken);
            // AWS's limit counts the parents' training jobs too, and five parents of 100 use it up.
            var limit = ((Parents * jobs) + 100).ToString(CultureInfo.InvariantCulture);
            await using var server = await ServerProcess.StartAsync(
                root, data, slots: 2, cancellationToken, ("REKINDLE_WarmStart__MaxTrainingJobs", limit));
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            var client = new RekindleClient(http, server.Url, null, "us-east-1", TimeProvider.System);
            var rows = new List<Row>();
            // The first round warms caches and compilers and is not counted.
            for (var round = 0; round <= rounds; round++)
            {
                foreach (var type in Types)
                {
                    var row = await MeasureAsync(client, space, type, round, cancellationToken);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"round {round}{(round == 0 ? " (warm-up)" : "")} {type,-25}  preview {row.Preview,7:0} ms  created {row.Created,5:0} ms  first suggestion {row.Launched,6:0} ms"));
                    if (round > 0)
                    {
                        rows.Add(row);
                    }
                }
            }

            await ReportAsync(root, jobs, rows, cancellationToken);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Row> MeasureAsync(
        RekindleClient client, WarmStartParents space, string type, int round, CancellationToken cancellationToken)
    {
        var request = space.Child(string.Create(CultureInfo.InvariantCulture, $"child-{type[..5].ToLowerInvariant()}-{round}"), type, round);
        var clock = Stopwatch.StartNew();
        var preview = await client.PreviewWarmStartAsync(request, cancellationToken);
        var previewed = clock.Elapsed.TotalMilliseconds;
        if (preview is not { Accepted: true, FirstSuggestions.Count: > 0 })
        {
            throw new BenchmarkException($"The preview refuses: {(preview.Violations is [var first, ..] ? first.Message : "no suggestion")}");
        }

        clock.Restart();
        await client.CreateHyperParameterTuningJobAsync(request, cancellationToken);
        var created = clock.Elapsed.TotalMilliseconds;
        var list = new ListTrainingJobsForHyperParameterTuningJobRequest { HyperParameterTuningJobName = request.HyperParameterTuningJobName, MaxResults = 1 };
        HyperParameterTrainingJobSummary tried;
        while (true)
        {
            if ((await client.ListTrainingJobsForHyperParameterTuningJobAsync(list, cancellationToken)).TrainingJobSummaries is [var launched, ..])
            {
                tried = launched;
                break;
            }

            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }

        var suggested = clock.Elapsed.TotalMilliseconds;
        if (!preview.FirstSuggestions[0].HyperParameters!.OrderBy(pair => pair.Key).SequenceEqual(tried.TunedHyperParameters!.OrderBy(pair => pair.Key)))
        {
            throw new BenchmarkException("The tuning job did not try first what its preview said.");
        }

        while ((await client.DescribeHyperParameterTuningJobAsync(request.HyperParameterTuningJobName!, cancellationToken)).HyperParameterTuningJobStatus
            is "InProgress" or "Stopping")
        {
            await Task.Delay(Poll * 10, TimeProvider.System, cancellationToken);
        }

        return new Row(round, type, previewed, created, suggested);
    }

    private static async Task ReportAsync(string root, int jobs, List<Row> rows, CancellationToken cancellationToken)
    {
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Slowest of the rounds, {Parents} parents with {jobs} training jobs each:"));
        foreach (var group in rows.GroupBy(row => row.Type))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Key,-25}  preview {group.Max(r => r.Preview),7:0} ms  created {group.Max(r => r.Created),5:0} ms  first suggestion {group.Max(r => r.Launched),6:0} ms"));
        }

        var results = Directory.CreateDirectory(Path.Combine(root, "benchmarks", "results")).FullName;
        await File.WriteAllLinesAsync(
            Path.Combine(results, "warmstart.csv"),
            rows.Select(r => string.Create(
                    CultureInfo.InvariantCulture, $"{r.Round},{r.Type},{Parents},{jobs},{r.Preview:0.0},{r.Created:0.0},{r.Launched:0.0}"))
                .Prepend("round,type,parents,training_jobs_per_parent,preview_ms,created_ms,first_suggestion_ms"),
            cancellationToken);
    }

    /// <param name="Round">From 1.</param>
    /// <param name="Type">The warm start type.</param>
    /// <param name="Preview">Milliseconds until the preview was there.</param>
    /// <param name="Created">Milliseconds until the tuning job was created.</param>
    /// <param name="Launched">Milliseconds from asking for it until its first training job was launched.</param>
    private sealed record Row(int Round, string Type, double Preview, double Created, double Launched);
}
