using Rekindle.Bench;
using Rekindle.Bench.Latency;
using Rekindle.Bench.Quality;
using Rekindle.Bench.Serving;

if (args is not ["--root", var root, .. var words])
{
    Console.Error.WriteLine("Start it as ./bench from the repository's root.");
    return 2;
}

if (BenchHelp.IsWanted(words))
{
    Console.WriteLine(BenchHelp.Of(words[0]) ?? BenchHelp.All);
    return 0;
}

using var cancel = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    cancel.Cancel();
};

try
{
    return words switch
    {
        ["overhead", .. var options] => await OverheadBenchmark.RunAsync(root, options, cancel.Token),
        ["warmstart", .. var options] => await WarmStartBenchmark.RunAsync(root, options, cancel.Token),
        ["server", .. var options] => await ServingBenchmark.RunAsync(root, options, cancel.Token),
        ["latency", .. var options] => await LatencyBenchmark.RunAsync(root, options, cancel.Token),
        ["quality", .. var options] => await QualityBenchmark.RunAsync(root, options, cancel.Token),
        _ => Unknown(words),
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

static int Unknown(string[] words)
{
    var said = words is [var name, ..] ? $"There is no benchmark '{name}'." : "Which benchmark?";
    Console.Error.WriteLine($"bench: {said} There are: {string.Join(", ", BenchHelp.Names)}. ./bench --help says what each of them does.");
    return 2;
}
