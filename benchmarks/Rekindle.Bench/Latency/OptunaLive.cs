using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Rekindle.Bench.Latency;

/// <summary>Runs the same task in the Optuna of the system's Python, when there is one.</summary>
internal static class OptunaLive
{
    private const string Python = "/usr/bin/python3";

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Latency", "optuna_latency.py");

    /// <summary>The samplers that can be run; empty without Optuna.</summary>
    public static async Task<IReadOnlyList<string>> SamplersAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Python))
        {
            return [];
        }

        var (code, output) = await RunAsync(["samplers"], cancellationToken);
        return code == 0 ? output.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
    }

    public static async Task<LatencyCell> MeasureAsync(
        string sampler, int dimensions, int observations, int suggestions, CancellationToken cancellationToken)
    {
        string[] arguments = [sampler, .. ((int[])[dimensions, observations, suggestions]).Select(n => n.ToString(CultureInfo.InvariantCulture))];
        var (code, output) = await RunAsync(arguments, cancellationToken);
        if (code != 0)
        {
            throw new BenchmarkException($"{Script} {string.Join(' ', arguments)} ended with {code}.");
        }

        var seconds = JsonSerializer.Deserialize<double[]>(output)!.Select(s => 1000 * s).ToList();
        return new LatencyCell($"live {sampler}", dimensions, observations, seconds[0], seconds[1..], null, null);
    }

    private static async Task<(int Code, string Output)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, [Script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new BenchmarkException($"{Python} did not start.");
        // Warnings and log lines are of no interest, but have to be read.
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await errors;
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output);
    }
}
