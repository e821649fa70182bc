using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Optimization;

/// <summary>
/// A search that is asked for configurations and told what came of them. It remembers what was asked and told and holds nothing else:
/// what it suggests next is a function of that and of the seed. Any number of threads may ask and tell at once; each suggestion knows
/// of all that are under evaluation.
/// </summary>
public sealed class Tuner
{
    /// <summary>So long a thread that waits to ask hears nothing of its cancellation.</summary>
    private static readonly TimeSpan LongestDeafness = TimeSpan.FromMilliseconds(20);

    // Held while a suggestion is computed; the gate only while the list is read or changed, so that nobody who tells waits for a model.
    private readonly Lock _asking = new();
    private readonly Lock _gate = new();
    private readonly Strategy _strategy;
    private readonly List<Evaluation> _evaluations = [];
    private readonly Queue<Evaluation> _unfinished;
    private readonly SuccessiveHalving? _halving;
    private long _reports;

    /// <summary>A new search, or one that goes on where it was saved.</summary>
    /// <param name="problem">What is searched.</param>
    /// <param name="options">Seed, parents, strategy and what is known already; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">No evaluation, or none at once, is allowed.</exception>
    /// <exception cref="ArgumentException">
    /// The space is empty; two rules are to stop evaluations early; or what was saved does not fit: another goal, a configuration outside of
    /// the space, a completed evaluation without a value, or reports in disorder.
    /// </exception>
    public Tuner(TuningProblem problem, TunerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentOutOfRangeException.ThrowIfLessThan(problem.MaxTrainingJobs, 1, nameof(problem));
        ArgumentOutOfRangeException.ThrowIfLessThan(problem.MaxParallel, 1, nameof(problem));
        if (problem.Space.Parameters.Count == 0) throw new ArgumentException("The space has no parameter.", nameof(problem));
        Problem = problem;
        Options = options ?? new TunerOptions();
        _strategy = Options.Strategy?.Invoke(problem) ?? new BayesianStrategy(problem);
        _halving = (_strategy as HyperbandStrategy)?.Halving;
        if (_halving is not null && Options.StopEarly)
        {
            throw new ArgumentException("Hyperband stops evaluations by a rule of its own: leave StopEarly out.", nameof(options));
        }

        if (Options.Resume is { } resumed && resumed.Goal != problem.Goal)
        {
            throw new ArgumentException($"The goal was {resumed.Goal} when the search was saved, and is {problem.Goal} now.", nameof(options));
        }

        foreach (var saved in Options.Resume?.Evaluations ?? [])
        {
            var configuration = new Configuration(saved.HyperParameters);
            if ((saved.State == EvaluationState.Completed) != saved.Value.HasValue || !double.IsFinite(saved.Value ?? 0))
            {
                throw new ArgumentException($"The saved configuration {configuration} is {saved.State} with the value {saved.Value}.", nameof(options));
            }

            if (!problem.Space.Contains(configuration))
            {
                throw new ArgumentException($"The saved configuration {configuration} does not lie in the space.", nameof(options));
            }

            _evaluations.Add(new Evaluation(_evaluations.Count + 1, configuration, saved.Origin)
            {
                Outcome = new(saved.State, saved.Value),
                // What was under evaluation begins anew, and reports anew.
                Progress = saved.State == EvaluationState.Pending ? EvaluationProgress.None : saved.Progress(),
            });
            _reports = Math.Max(_reports, _evaluations[^1].Readings.Select(reading => reading.Order).DefaultIfEmpty().Max());
        }

        _unfinished = new Queue<Evaluation>(_evaluations.Where(evaluation => evaluation.State == EvaluationState.Pending));
    }

    /// <summary>What is searched.</summary>
    public TuningProblem Problem { get; }

    /// <summary>The options in force.</summary>
    public TunerOptions Options { get; }

    /// <summary>All evaluations by now, in the order in which they were asked for or added.</summary>
    public IReadOnlyList<Evaluation> Evaluations
    {
        get
        {
            lock (_gate) return [.. _evaluations];
        }
    }

    /// <summary>The evaluation with the best value, the earliest on ties; null before the first value.</summary>
    public Evaluation? Best
    {
        get
        {
            lock (_gate)
            {
                var completed = _evaluations.Where(evaluation => evaluation.State == EvaluationState.Completed);
                return Problem.Goal == Goal.Maximize ? completed.MaxBy(each => each.Value) : completed.MinBy(each => each.Value);
            }
        }
    }

    /// <summary>
    /// What to evaluate next. After a resumption the evaluations that were saved unfinished come first, so none is lost. Threads that
    /// ask at once wait for each other; those that tell wait for nobody.
    /// </summary>
    /// <param name="ct">Cancels the wait and the computation; nothing is asked for then.</param>
    /// <returns>
    /// The evaluation, or null when <see cref="TuningProblem.MaxTrainingJobs"/> were asked for or a finite space is used up.
    /// </returns>
    public Evaluation? Ask(CancellationToken ct = default)
    {
        do ct.ThrowIfCancellationRequested();
        while (!_asking.TryEnter(LongestDeafness));
        try
        {
            History history;
            int launched;
            lock (_gate)
            {
                // One that was told in the meantime, because its value came in after all, needs no second evaluation.
                while (_unfinished.TryDequeue(out var unfinished))
                {
                    if (unfinished.State == EvaluationState.Pending) return unfinished;
                }

                if (_evaluations.Count >= Problem.MaxTrainingJobs) return null;
                (history, launched) = (History(), _evaluations.Count);
            }

            if (_strategy.Suggest(history, 1, Seed.For(Options.Seed, launched + 1), ct) is not [var suggestion, ..]) return null;
            lock (_gate)
            {
                var evaluation = new Evaluation(_evaluations.Count + 1, suggestion.Configuration, suggestion.Origin) { Explanation = suggestion.Explanation };
                _evaluations.Add(evaluation);
                return evaluation;
            }
        }
        finally
        {
            _asking.Exit();
        }
    }

    /// <summary>
    /// Takes what an evaluation has come to on its way, and says whether it is worth going on: by successive halving with
    /// <see cref="HyperbandStrategy"/>, by the median rule with <see cref="TunerOptions.StopEarly"/>; else it always is. One that is to stop
    /// is ended by <see cref="Tell"/> with its last value, which models then hold loosely.
    /// </summary>
    /// <param name="evaluation">One that <see cref="Ask"/> gave.</param>
    /// <param name="resource">How far it is, such as the epoch: above 0, and above what it reported before.</param>
    /// <param name="value">Its objective there; a value that is not finite says nothing.</param>
    /// <exception cref="ArgumentException">It is not of this tuner.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The resource is not finite, not above 0, or not above the one reported before.</exception>
    /// <exception cref="InvalidOperationException">It has ended before.</exception>
    public ReportDecision Report(Evaluation evaluation, double resource, double value)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        if (!double.IsFinite(resource) || resource <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(resource), resource, "A resource must be a finite number above 0.");
        }

        lock (_gate)
        {
            DemandPending(evaluation);
            var (curve, first) = evaluation.Progress;
            if (curve.Readings is [.., var last] && resource <= last.Resource)
            {
                throw new ArgumentOutOfRangeException(nameof(resource), resource, $"A resource must be above {NumberText.Format(last.Resource)}, which was reported before.");
            }

            curve = new LearningCurve([.. curve.Readings, new Reading(resource, value, ++_reports)], RanToEnd: false);
            var others = _evaluations.Where(other => other != evaluation && other.State != EvaluationState.Failed && other.Readings.Count > 0)
                .Select(other => other.Progress.Curve with { RanToEnd = other is { State: EvaluationState.Completed, WasStoppedEarly: false } })
                .ToList();
            var decision = _halving is not null ? _halving.Decide(curve, others)
                : Options.StopEarly && MedianRule.ShouldStop(Problem.Goal, curve, others) ? HalvingDecision.Stop
                : HalvingDecision.Continue;
            // The first answer counts: who is told to stop may take a while.
            evaluation.Progress = new EvaluationProgress(curve, first == HalvingDecision.Continue ? decision : first);
            return decision == HalvingDecision.Continue ? ReportDecision.Continue : ReportDecision.Stop;
        }
    }

    /// <summary>Ends an evaluation.</summary>
    /// <param name="evaluation">One that <see cref="Ask"/> gave.</param>
    /// <param name="value">The objective in your units; a value that is not finite counts as a failure.</param>
    /// <exception cref="ArgumentException">It is not of this tuner.</exception>
    /// <exception cref="InvalidOperationException">It has ended before.</exception>
    public void Tell(Evaluation evaluation, double value) => End(evaluation, double.IsFinite(value) ? value : null);

    /// <summary>Ends an evaluation that gave no value. Its configuration is avoided, and never averaged with others.</summary>
    /// <param name="evaluation">One that <see cref="Ask"/> gave.</param>
    /// <exception cref="ArgumentException">It is not of this tuner.</exception>
    /// <exception cref="InvalidOperationException">It has ended before.</exception>
    public void TellFailed(Evaluation evaluation) => End(evaluation, null);

    /// <summary>Adds the value of a configuration that was evaluated without being asked for. It counts as one of the evaluations.</summary>
    /// <param name="configuration">A point of the space.</param>
    /// <param name="value">Its objective, finite.</param>
    /// <returns>The evaluation.</returns>
    /// <exception cref="ArgumentException">The configuration does not lie in the space.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public Evaluation Add(Configuration configuration, double value)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "The value must be finite.");
        if (!Problem.Space.Contains(configuration)) throw new ArgumentException($"{configuration} does not lie in the space.", nameof(configuration));
        lock (_gate)
        {
            var evaluation = new Evaluation(_evaluations.Count + 1, configuration, null) { Outcome = new(EvaluationState.Completed, value) };
            _evaluations.Add(evaluation);
            return evaluation;
        }
    }

    /// <summary>All that is needed to go on later, or to be a parent of another search.</summary>
    /// <param name="name">Tells parents of one search apart.</param>
    public TuningRecord Save(string name = "tuner")
    {
        lock (_gate)
        {
            return new TuningRecord
            {
                Name = name,
                Goal = Problem.Goal,
                Parameters = [.. Problem.Space.Parameters.Select(RecordedParameter.Of)],
                StaticHyperParameters = Problem.StaticHyperParameters,
                Evaluations =
                [
                    .. _evaluations.Select(each => new RecordedEvaluation(each.Configuration.Values, each.State)
                    {
                        Value = each.Value,
                        Origin = each.Origin,
                        Readings = each.Readings.Count == 0 ? null : [.. each.Readings.Where(reading => double.IsFinite(reading.Value))],
                        WasStoppedEarly = each.WasStoppedEarly,
                    }),
                ],
            };
        }
    }

    private History History() => new(
        [
            .. _evaluations.Where(each => each.State == EvaluationState.Completed).Select(each => new Observation(each.Configuration, each.Value!.Value)
            {
                Readings = each.Readings,
                StoppedEarly = each.WasStoppedEarly,
            }),
        ],
        [.. _evaluations.Where(each => each.State == EvaluationState.Pending).Select(each => each.Configuration)],
        [.. _evaluations.Where(each => each.State == EvaluationState.Failed).Select(each => each.Configuration)],
        Options.WarmStart)
    {
        PendingReadings = [.. _evaluations.Where(each => each.State == EvaluationState.Pending).Select(each => each.Readings)],
    };

    private void End(Evaluation evaluation, double? value)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        lock (_gate)
        {
            DemandPending(evaluation);
            evaluation.Outcome = new(value is null ? EvaluationState.Failed : EvaluationState.Completed, value);
        }
    }

    private void DemandPending(Evaluation evaluation)
    {
        if (evaluation.Number > _evaluations.Count || !ReferenceEquals(_evaluations[evaluation.Number - 1], evaluation))
        {
            throw new ArgumentException($"Evaluation {evaluation.Number} is not of this tuner.", nameof(evaluation));
        }

        if (evaluation.State != EvaluationState.Pending) throw new InvalidOperationException($"Evaluation {evaluation.Number} has ended before.");
    }
}
