using System.Diagnostics;
using Rekindle.Bench.Problems;
using Rekindle.Optimization;

namespace Rekindle.Bench.Quality;

/// <summary>One evaluation of a run.</summary>
/// <param name="Number">Which one to end, from 1.</param>
/// <param name="Origin">Why this configuration.</param>
/// <param name="Repeats">Whether the same configuration was suggested before in this run.</param>
/// <param name="Observed">What the search was told.</param>
/// <param name="Best">True value of the evaluation with the lowest observed value so far.</param>
/// <param name="Milliseconds">Time the suggestion took.</param>
internal sealed record Evaluation(
    int Number, SuggestionOrigin Origin, bool Repeats, double Observed, double Best, double Milliseconds);

/// <summary>Drives a strategy over a problem, as a tuning job with a number of workers does.</summary>
internal sealed class SearchRun
{
    private readonly Problem _problem;
    private readonly int _seed;
    private readonly int _budget;
    private readonly WarmStart? _warmStart;
    private readonly Strategy _strategy;
    private readonly CancellationToken _cancellationToken;
    private readonly List<Launch> _launches = [];
    private readonly HashSet<Configuration> _seen = [];
    private readonly PriorityQueue<Launch, (double Time, int Index)> _running = new();

    private SearchRun(
        Problem problem, string strategyName, int seed, int budget, int workers, WarmStart? warmStart, CancellationToken cancellationToken)
    {
        (_problem, _seed, _budget, _warmStart, _cancellationToken) = (problem, seed, budget, warmStart, cancellationToken);
        var task = new TuningProblem(problem.Space, Goal.Minimize, new Dictionary<string, string>(), budget, workers);
        _strategy = strategyName switch
        {
            "bayesian" => new BayesianStrategy(task),
            "random" => new RandomStrategy(task),
            _ => throw new BenchmarkException($"There is no strategy '{strategyName}'. Known: bayesian, random."),
        };
    }

    /// <summary>One evaluation after the other.</summary>
    public static IReadOnlyList<Evaluation> Run(
        Problem problem, string strategyName, int seed, int budget, WarmStart? warmStart, CancellationToken cancellationToken) =>
        Run(problem, strategyName, seed, budget, 1, warmStart, cancellationToken);

    /// <summary>
    /// Workers that take the next suggestion as soon as they are free. Evaluations last differently long, lognormal with deviation 0.5,
    /// so that they overlap as in real life.
    /// </summary>
    /// <returns>The evaluations in the order they ended.</returns>
    public static IReadOnlyList<Evaluation> Run(
        Problem problem, string strategyName, int seed, int budget, int workers, WarmStart? warmStart, CancellationToken cancellationToken) =>
        new SearchRun(problem, strategyName, seed, budget, workers, warmStart, cancellationToken).Run(workers);

    private List<Evaluation> Run(int workers)
    {
        var evaluations = new List<Evaluation>();
        var (lowest, best) = (double.PositiveInfinity, double.NaN);
        Start(Math.Min(workers, _budget), now: 0);
        while (_running.TryDequeue(out var ended, out var at))
        {
            ended.Observed = _problem.Observe(ended.Suggestion.Configuration, _seed, ended.Index);
            if (ended.Observed < lowest)
            {
                (lowest, best) = (ended.Observed.Value, _problem.True(ended.Suggestion.Configuration));
            }

            evaluations.Add(new Evaluation(
                evaluations.Count + 1, ended.Suggestion.Origin, ended.Repeats, ended.Observed.Value, best, ended.Milliseconds));
            if (_launches.Count < _budget)
            {
                Start(1, at.Time);
            }
        }

        return evaluations;
    }

    private void Start(int count, double now)
    {
        var history = History.Empty with
        {
            Completed = [.. _launches.Where(l => l.Observed is not null).Select(l => new Observation(l.Suggestion.Configuration, l.Observed!.Value))],
            Pending = [.. _launches.Where(l => l.Observed is null).Select(l => l.Suggestion.Configuration)],
            WarmStart = _warmStart,
        };
        var start = Stopwatch.GetTimestamp();
        var suggestions = _strategy.Suggest(history, count, Seed.For(_seed, _launches.Count + 1), _cancellationToken);
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds / count;
        if (suggestions.Count != count)
        {
            throw new BenchmarkException($"{_problem.Name}, seed {_seed}: {suggestions.Count} suggestions instead of {count} after {_launches.Count}.");
        }

        foreach (var suggestion in suggestions)
        {
            var launch = new Launch(_launches.Count, suggestion, !_seen.Add(suggestion.Configuration), milliseconds);
            _launches.Add(launch);
            // Another stream than the noise of the objective.
            _running.Enqueue(launch, (now + Math.Exp(0.5 * PortableNoise.Gauss(1_000 + _seed, launch.Index)), launch.Index));
        }
    }

    private sealed class Launch(int index, Suggestion suggestion, bool repeats, double milliseconds)
    {
        public int Index { get; } = index;

        public Suggestion Suggestion { get; } = suggestion;

        public bool Repeats { get; } = repeats;

        public double Milliseconds { get; } = milliseconds;

        public double? Observed { get; set; }
    }
}
