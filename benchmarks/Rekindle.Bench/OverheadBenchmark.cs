using System.Diagnostics;
using System.Globalization;
using Rekindle.Api.Client;
using Rekindle.Api.Shapes;

namespace Rekindle.Bench;

/// <summary>
/// Wall time per training job of a program that does nothing but print its metric, against starting the same program under bubblewrap
/// with nothing around it. Both run the same number at once, in turns, so that a slow moment of the machine meets both.
/// </summary>
internal static class OverheadBenchmark
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public static BenchOptions Parse(string[] words) => new("overhead", words, ["--jobs", "--parallel", "--rounds"], []);

    public static async Task<int> RunAsync(string root, string[] words, CancellationToken cancellationToken)
    {
        var options = Parse(words);
        var jobs = options.Whole("--jobs", 200);
        var parallel = options.Whole("--parallel", 4);
        var rounds = options.Whole("--rounds", 3);
        // Not below the temporary folder: training programs have one of their own.
        var folder = Directory.CreateDirectory(Path.Combine(root, "artifacts", "bench", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var program = Path.Combine(folder, "empty.sh");
            await File.WriteAllTextAsync(program, "#!/bin/sh\necho score=0.5\n", cancellationToken);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await using var server = await ServerProcess.StartAsync(root, Path.Combine(folder, "data"), parallel, cancellationToken);
            var rows = new List<(int Round, string Strategy, double Bare, double Service)>();
            // The first round warms caches and compilers of both sides and is not counted.
            for (var round = 0; round <= rounds; round++)
            {
                foreach (var strategy in (string[])["Random", "Bayesian"])
                {
                    var bare = await BareAsync(program, jobs, parallel, cancellationToken);
                    var service = await ServiceAsync(server.Url, program, folder, strategy, jobs, parallel, round, cancellationToken);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"round {round}{(round == 0 ? " (warm-up)" : "")} {strategy,-8}  bare bwrap {bare,6:0.00} ms  service {service,6:0.00} ms  ratio {service / bare:0.00}"));
                    if (round > 0)
                    {
                        rows.Add((round, strategy, bare, service));
                    }
                }
            }

            await ReportAsync(root, jobs, parallel, rows, cancellationToken);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> BareAsync(string program, int jobs, int parallel, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, jobs),
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            async (_, token) =>
            {
                using var process = Process.Start(new ProcessStartInfo(
                    "bwrap", ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid", "--die-with-parent", program, "train"])
                {
                    RedirectStandardOutput = true,
                }) ?? throw new BenchmarkException("bwrap did not start.");
                var output = await process.StandardOutput.ReadToEndAsync(token);
                await process.WaitForExitAsync(token);
                if (process.ExitCode != 0 || output != "score=0.5\n")
                {
                    throw new BenchmarkException($"The bare program ended with {process.ExitCode} and printed '{output}'.");
                }
            });
        return clock.Elapsed.TotalMilliseconds / jobs;
    }

    private static async Task<double> ServiceAsync(
        Uri url, string program, string folder, string strategy, int jobs, int parallel, int round, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var client = new RekindleClient(http, url, null, "us-east-1", TimeProvider.System);
        var name = string.Create(CultureInfo.InvariantCulture, $"overhead-{strategy}-{round}");
        var clock = Stopwatch.StartNew();
        await client.CreateHyperParameterTuningJobAsync(Request(name, strategy, program, folder, jobs, parallel), cancellationToken);
        while (true)
        {
            var job = await client.DescribeHyperParameterTuningJobAsync(name, cancellationToken);
            if (job.HyperParameterTuningJobStatus == "Completed")
            {
                var elapsed = clock.Elapsed.TotalMilliseconds;
                return job.ObjectiveStatusCounters!.Succeeded == jobs
                    ? elapsed / jobs
                    : throw new BenchmarkException($"{job.ObjectiveStatusCounters.Succeeded} of {jobs} training jobs gave their metric.");
            }

            if (job.HyperParameterTuningJobStatus != "InProgress")
            {
                throw new BenchmarkException($"The tuning job is {job.HyperParameterTuningJobStatus}: {job.FailureReason}");
            }

            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }
    }

    private static CreateHyperParameterTuningJobRequest Request(
        string name, string strategy, string program, string folder, int jobs, int parallel) => new()
        {
            HyperParameterTuningJobName = name,
            HyperParameterTuningJobConfig = new HyperParameterTuningJobConfig
            {
                Strategy = strategy,
                HyperParameterTuningJobObjective = new HyperParameterTuningJobObjective { Type = "Maximize", MetricName = "score" },
                ResourceLimits = new ResourceLimits { MaxNumberOfTrainingJobs = jobs, MaxParallelTrainingJobs = parallel },
                RandomSeed = 1,
                ParameterRanges = new ParameterRanges
                {
                    ContinuousParameterRanges = [new ContinuousParameterRange { Name = "x", MinValue = "0", MaxValue = "1" }],
                },
            },
            TrainingJobDefinition = new HyperParameterTrainingJobDefinition
            {
                AlgorithmSpecification = new HyperParameterAlgorithmSpecification
                {
                    TrainingImage = program,
                    TrainingInputMode = "File",
                    MetricDefinitions = [new MetricDefinition { Name = "score", Regex = "score=(\\S+)" }],
                },
                RoleArn = "arn:aws:iam::000000000000:role/benchmark",
                OutputDataConfig = new OutputDataConfig { S3OutputPath = "s3://bench/output" },
                ResourceConfig = new ResourceConfig { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 1 },
                StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = 60 },
            },
        };

    private static async Task ReportAsync(
        string root, int jobs, int parallel, List<(int Round, string Strategy, double Bare, double Service)> rows, CancellationToken cancellationToken)
    {
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Median of the rounds, {jobs} training jobs, {parallel} at a time, per training job:"));
        foreach (var group in rows.GroupBy(row => row.Strategy))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Key,-8}  bare bwrap {Median(group.Select(r => r.Bare)),6:0.00} ms  service {Median(group.Select(r => r.Service)),6:0.00} ms  ratio {Median(group.Select(r => r.Service / r.Bare)):0.00}"));
        }

        var results = Directory.CreateDirectory(Path.Combine(root, "benchmarks", "results")).FullName;
        await File.WriteAllLinesAsync(
            Path.Combine(results, "overhead.csv"),
            rows.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Round},{r.Strategy},{jobs},{parallel},{r.Bare:0.000},{r.Service:0.000},{r.Service / r.Bare:0.000}"))
                .Prepend("round,strategy,training_jobs,parallel,bare_bwrap_ms,service_ms,ratio"),
            cancellationToken);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
