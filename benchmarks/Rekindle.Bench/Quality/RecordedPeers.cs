using Rekindle.Bench.Data;

namespace Rekindle.Bench.Quality;

/// <summary>The runs of other tuners, recorded once on the same problems.</summary>
internal static class RecordedPeers
{
    /// <summary>The peer whose level at 50 evaluations is the one to reach sooner.</summary>
    public const string Tpe = "optuna5_tpe";

    /// <summary>Multivariate is that peer's default: the same runs again.</summary>
    public const string TpeMultivariate = "optuna5_tpe_mv";

    public static CurveSet Load(string dataFolder) => new(Curves(Path.Combine(dataFolder, "runs.csv.gz"), "peer", "problem"));

    /// <summary>Curves of a file whose rows come in the order of the runs and of their evaluations.</summary>
    public static IEnumerable<Curve> Curves(string path, string methodColumn, string problemColumn) =>
        from row in CsvFile.Read(path)
        group row.Number("best_so_far") by (Method: row.Text(methodColumn), Problem: row.Text(problemColumn), Seed: row.Whole("seed")) into run
        select new Curve(run.Key.Method, run.Key.Problem, run.Key.Seed, [.. run]);
}
