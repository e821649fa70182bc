namespace Rekindle.Bench;

/// <summary>What <c>./bench --help</c> and <c>./bench NAME --help</c> say.</summary>
internal static class BenchHelp
{
    private static readonly OrderedDictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["overhead"] =
            """
            ./bench overhead [--jobs 200] [--parallel 4] [--rounds 3]
                What the service adds to a training job: wall time per training job of an empty program, through a real
                server, beside bare bubblewrap starts of the same program. Writes benchmarks/results/overhead.csv.
            """,
        ["warmstart"] =
            """
            ./bench warmstart [--jobs 100] [--rounds 5]
                How long a warm start with five parents of so many training jobs takes, through a real server: until its preview
                is there, until it is created, until its first suggestion. Writes benchmarks/results/warmstart.csv.
            """,
        ["server"] =
            """
            ./bench server [--jobs 500] [--seconds 5]
                How many requests in a second the server answers for the state of a tuning job with so many training jobs, over 1, 16 and
                64 connections, quiet and while rows change, and its times at half load; beside moto, when the python3 here has
                moto[server]. Writes benchmarks/results/server.csv.
            """,
        ["quality"] =
            """
            ./bench quality [--problems GLOB,GLOB] [--seeds 20] [--strategy bayesian|random] [--out NAME] [--baseline FILE.csv] [--cores N]
                How good the suggestions are: normalised regret on the problems of benchmarks/data, beside the recorded runs of
                other tuners. --baseline compares with an earlier run, pair by pair. Writes benchmarks/results/NAME.csv.
            ./bench quality --warm [--problems GLOB] [--seeds 10] [--out NAME] [--baseline FILE.csv]
                What a parent brings and what a misleading one costs: the recorded pairs parent>child, cold, warm, and with flipped
                parents.
            ./bench quality --parallel 10 [--problems GLOB,GLOB] [--seeds 5]
                What is lost when so many evaluations run at once, at equal numbers of evaluations, and whether any is repeated.
            ./bench quality --hyperband [--problems GLOB,GLOB] [--seeds 20] [--min-resource 9] [--parallel 1] [--out NAME]
                What stopping hopeless evaluations saves on the tables with learning curves: boosting rounds until random search's
                final quality is reached. The resource counts reports, one every 5 rounds. Writes benchmarks/results/quality-hyperband.csv.
            ./bench quality --report
                Writes docs/benchmarks.md and its pictures from the files the others left in benchmarks/results.
            """,
        ["latency"] =
            """
            ./bench latency [--suggestions 60] [--live-suggestions 10] [--no-live] [--out NAME]
                How long a suggestion takes on one core with 50 to 800 observations, what it allocates and holds, beside recorded
                peers and, when Debian's python3-optuna is installed, the same task in it. Writes benchmarks/results/latency.csv.
            """,
    };

    public static IReadOnlyList<string> Names => Texts.Keys;

    /// <summary>Everything there is.</summary>
    public static string All => string.Join("\n\n", Texts.Values);

    /// <summary>Whether help is what is asked for.</summary>
    public static bool IsWanted(IEnumerable<string> words) => words.Any(word => word is "--help" or "-h" or "-?");

    /// <summary>One benchmark and its options; null when there is none of that name.</summary>
    public static string? Of(string name) => Texts.GetValueOrDefault(name);
}
