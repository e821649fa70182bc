using Rekindle.Bench;

if (args is not ["--root", var root, ..])
{
    Console.Error.WriteLine("Start it as ./bench from the repository's root.");
    return 2;
}

using var cancel = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    cancel.Cancel();
};

try
{
    return args[2..] switch
    {
        ["overhead", .. var options] => await OverheadBenchmark.RunAsync(root, options, cancel.Token),
        ["warmstart", .. var options] => await WarmStartBenchmark.RunAsync(root, options, cancel.Token),
        _ => Usage(),
    };
}
catch (OperationCanceledException) when (cancel.IsCancellationRequested)
{
    return 130;
}
catch (BenchmarkException problem)
{
    Console.Error.WriteLine($"bench: {problem.Message}");
    return 1;
}

static int Usage()
{
    Console.WriteLine(
        """
        ./bench overhead [--jobs 200] [--parallel 4] [--rounds 3]
            What the service adds to a training job: wall time per training job of an empty program, through a real
            server, beside bare bubblewrap starts of the same program. Writes benchmarks/results/overhead.csv.

        ./bench warmstart [--jobs 100] [--rounds 5]
            How long a warm start with five parents of so many training jobs takes, through a real server: until its preview
            is there, until it is created, until its first suggestion. Writes benchmarks/results/warmstart.csv.
        """);
    return 2;
}
