using System.Globalization;
using Rekindle.Bench.Problems;
using Rekindle.Optimization;
using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Bench.Fidelity;

/// <summary>An evaluation that ended.</summary>
/// <param name="TotalRounds">Boosting rounds of all evaluations by then.</param>
/// <param name="OwnRounds">Rounds of this one.</param>
/// <param name="Best">The best last value of an ended evaluation so far.</param>
internal sealed record FidelityPoint(int TotalRounds, int OwnRounds, double Best);

/// <summary>What a search with successive halving may spend.</summary>
/// <param name="Rounds">Boosting rounds in all.</param>
/// <param name="MinResource">Reports before which nothing is stopped.</param>
/// <param name="Workers">Evaluations at once.</param>
internal sealed record FidelityEffort(int Rounds, int MinResource, int Workers);

/// <summary>
/// Drives a search over a table with learning curves. The resource of successive halving is one report, made after every five rounds; an
/// evaluation is worth the last value it reported, not its best one.
/// </summary>
internal sealed class FidelityRun
{
    public const int MostRounds = 200;

    private const string RoundsName = "num_round";
    private const int LaunchesKnownOf = 200;

    private readonly Problem _problem;
    private readonly int _seed;
    private readonly FidelityEffort _effort;
    private readonly CancellationToken _cancellationToken;
    private readonly Strategy _strategy;
    private readonly SuccessiveHalving _halving;
    private readonly List<Evaluation> _evaluations = [];
    private readonly PriorityQueue<Evaluation, (double Time, int Index)> _running = new();
    private long _reports;

    private FidelityRun(
        Problem problem, Func<TuningProblem, SuccessiveHalving, Strategy> strategy, int seed, FidelityEffort effort, CancellationToken cancellationToken)
    {
        (_problem, _seed, _effort, _cancellationToken) = (problem, seed, effort, cancellationToken);
        _halving = new SuccessiveHalving(Goal.Minimize, effort.MinResource, MostRounds / TrainingTable.StepOfRounds);
        _strategy = strategy(
            new TuningProblem(problem.Space, Goal.Minimize, new Dictionary<string, string>(), LaunchesKnownOf, effort.Workers), _halving);
    }

    /// <summary>Searches with successive halving until the rounds are spent.</summary>
    public static IReadOnlyList<FidelityPoint> Halving(
        Problem problem, Func<TuningProblem, SuccessiveHalving, Strategy> strategy, int seed, FidelityEffort effort, CancellationToken cancellationToken) =>
        new FidelityRun(problem, strategy, seed, effort, cancellationToken).Run();

    /// <summary>Searches with whole evaluations whose number of rounds is a hyperparameter like the others.</summary>
    public static IReadOnlyList<FidelityPoint> Whole(
        Problem problem, Func<TuningProblem, Strategy> strategy, int seed, CancellationToken cancellationToken)
    {
        var search = strategy(new TuningProblem(problem.Space, Goal.Minimize, new Dictionary<string, string>(), problem.Budget, 1));
        var (completed, points, total) = (new List<Observation>(), new List<FidelityPoint>(), 0);
        for (var i = 1; i <= problem.Budget; i++)
        {
            var configuration = search.Suggest(
                History.Empty with { Completed = completed }, 1, Seed.For(seed, i), cancellationToken)[0].Configuration;
            completed.Add(new Observation(configuration, problem.True(configuration)));
            var rounds = RoundsOf(configuration);
            points.Add(new FidelityPoint(total += rounds, rounds, completed.Min(o => o.Value)));
        }

        return points;
    }

    private List<FidelityPoint> Run()
    {
        var (points, total, best) = (new List<FidelityPoint>(), 0, double.PositiveInfinity);
        for (var i = 0; i < _effort.Workers; i++) Start(0);
        while (total < _effort.Rounds && _running.TryDequeue(out var current, out var at))
        {
            var rounds = Math.Min(current.Rounds + TrainingTable.StepOfRounds, current.AllRounds);
            total += rounds - current.Rounds;
            current.Rounds = rounds;
            current.Readings.Add(new Reading(rounds / (double)TrainingTable.StepOfRounds, ValueAfter(current.Configuration, rounds), ++_reports));
            var decision = _halving.Decide(
                current.Curve, [.. _evaluations.Where(e => e != current && e.Readings.Count > 0).Select(e => e.Curve)]);
            if (decision == HalvingDecision.Continue && rounds < current.AllRounds)
            {
                _running.Enqueue(current, (at.Time + current.Pace, current.Index));
                continue;
            }

            // What ends by itself has ended, whatever the rule would have said.
            (current.Ended, current.StoppedEarly) = (true, rounds < current.AllRounds);
            best = Math.Min(best, current.Readings[^1].Value);
            points.Add(new FidelityPoint(total, rounds, best));
            Start(at.Time);
        }

        return points;
    }

    private void Start(double now)
    {
        var running = _evaluations.Where(e => !e.Ended).ToList();
        var history = History.Empty with
        {
            Completed =
            [
                .. _evaluations.Where(e => e.Ended).Select(e =>
                    new Observation(e.Configuration, e.Readings[^1].Value) { Readings = e.Readings, StoppedEarly = e.StoppedEarly }),
            ],
            Pending = [.. running.Select(e => e.Configuration)],
            PendingReadings = [.. running.Select(e => e.Readings)],
        };
        var suggestion = _strategy.Suggest(history, 1, Seed.For(_seed, _evaluations.Count + 1), _cancellationToken)[0];
        var index = _evaluations.Count;
        var pace = Math.Exp(0.5 * PortableNoise.Gauss(1_000 + _seed, index));
        var evaluation = new Evaluation(index, suggestion.Configuration, RoundsOf(suggestion.Configuration), pace);
        _evaluations.Add(evaluation);
        _running.Enqueue(evaluation, (now + evaluation.Pace, index));
    }

    private static int RoundsOf(Configuration configuration) =>
        int.Parse(configuration.Values[RoundsName], NumberStyles.None, CultureInfo.InvariantCulture);

    private double ValueAfter(Configuration configuration, int rounds) => _problem.True(new Configuration(
        configuration.Values.Select(pair => pair.Key == RoundsName ? new(pair.Key, NumberText.Format(rounds)) : pair)));

    private sealed record Evaluation(int Index, Configuration Configuration, int AllRounds, double Pace)
    {
        public int Rounds { get; set; }

        public List<Reading> Readings { get; } = [];

        public bool Ended { get; set; }

        public bool StoppedEarly { get; set; }

        public LearningCurve Curve => new(Readings, Ended && !StoppedEarly);
    }
}
