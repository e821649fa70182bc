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

    /// <summary>A new search, or one that goes on where it was saved.</summary>
    /// <param name="problem">What is searched.</param>
    /// <param name="options">Seed, parents, strategy and what is known already; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">No evaluation, or none at once, is allowed.</exception>
    /// <exception cref="ArgumentException">
    /// The space is empty, or what was saved does not fit: another goal, a configuration outside of the space, or a completed evaluation without a value.
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

            _evaluations.Add(new Evaluation(_evaluations.Count + 1, configuration, saved.Origin) { Outcome = new(saved.State, saved.Value) });
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
                    }),
                ],
            };
        }
    }

    private History History() => new(
        [.. _evaluations.Where(each => each.State == EvaluationState.Completed).Select(each => new Observation(each.Configuration, each.Value!.Value))],
        [.. _evaluations.Where(each => each.State == EvaluationState.Pending).Select(each => each.Configuration)],
        [.. _evaluations.Where(each => each.State == EvaluationState.Failed).Select(each => each.Configuration)],
        Options.WarmStart);

    private void End(Evaluation evaluation, double? value)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        lock (_gate)
        {
            if (evaluation.Number > _evaluations.Count || !ReferenceEquals(_evaluations[evaluation.Number - 1], evaluation))
            {
                throw new ArgumentException($"Evaluation {evaluation.Number} is not of this tuner.", nameof(evaluation));
            }

            if (evaluation.State != EvaluationState.Pending) throw new InvalidOperationException($"Evaluation {evaluation.Number} has ended before.");
            evaluation.Outcome = new(value is null ? EvaluationState.Failed : EvaluationState.Completed, value);
        }
    }
}

/// <summary>How a <see cref="Tuner"/> searches.</summary>
public sealed record TunerOptions
{
    /// <summary>Every number is a seed; the same seed and the same values give the same suggestions, on any machine.</summary>
    public long Seed { get; init; }

    /// <summary>Earlier searches to learn from; null for a cold start.</summary>
    public WarmStart? WarmStart { get; init; }

    /// <summary>Makes the strategy; Bayesian if null.</summary>
    public Func<TuningProblem, Strategy>? Strategy { get; init; }

    /// <summary>What this search had come to before, from <see cref="Tuner.Save"/>.</summary>
    public TuningRecord? Resume { get; init; }
}
