namespace Rekindle.Bench.Quality;

/// <summary>What the quality benchmarks have in common on the command line.</summary>
internal static class QualityOptions
{
    public static BenchOptions Parse(string[] words) => new(
        "quality", words, ["--problems", "--seeds", "--strategy", "--out", "--baseline", "--cores", "--parallel", "--min-resource"], ["--warm", "--report", "--hyperband"]);

    extension(BenchOptions options)
    {
        public int Cores => options.Whole("--cores", Environment.ProcessorCount);

        /// <summary>Earlier runs of ours to compare with: a file, or the name of one among the results.</summary>
        public CurveSet? Baseline(string root)
        {
            if (options.Text("--baseline") is not { } name)
            {
                return null;
            }

            var results = Results(root);
            string[] candidates = [name, Path.Combine(results, name), Path.Combine(results, $"{name}.csv")];
            var path = candidates.FirstOrDefault(File.Exists)
                ?? throw new BenchmarkException($"There is no file {name}, and none of that name in {results}.");
            return RunFile.ReadCurves(path);
        }

        public async Task<int> WriteAsync(string root, string otherwise, IReadOnlyList<Run> runs, CancellationToken cancellationToken)
        {
            var path = Path.Combine(Results(root), $"{options.Text("--out") ?? otherwise}.csv");
            await RunFile.WriteAsync(path, runs, cancellationToken);
            Console.WriteLine($"Every evaluation is in {Path.GetRelativePath(root, path)}, to be named with --baseline later.");
            return 0;
        }
    }

    private static string Results(string root) => Path.Combine(root, "benchmarks", "results");
}
