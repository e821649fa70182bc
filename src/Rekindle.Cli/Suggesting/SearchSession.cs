using System.Diagnostics;
using System.Globalization;
using Rekindle.Optimization;
using Rekindle.Optimization.EarlyStopping;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Cli.Suggesting;

/// <summary>A search driven from outside: what was suggested, what came of it, and what else is known.</summary>
internal sealed class SearchSession(TuningJobDefinition definition, WarmStart? warmStart)
{
    private readonly TuningProblem _problem = definition.ToProblem();
    private readonly Strategy _strategy = definition.ToStrategy();
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, Entry> _byId = new(StringComparer.Ordinal);
    private readonly SuccessiveHalving? _halving = definition is { Strategy: StrategyKind.Hyperband, Hyperband: { MaxResource: { } most } resources }
        ? new SuccessiveHalving(definition.Objective.Goal.ToOptimizer(), resources.MinResource, most)
        : null;
    private long _reports;
    private int _suggested;
    private int _outside;

    /// <summary>What to evaluate next, and how long the optimizer thought about it.</summary>
    public (IReadOnlyList<(string Id, Suggestion Suggestion)> Suggestions, TimeSpan Time) Ask(int count, CancellationToken cancellationToken)
    {
        var history = History();
        // The launch index counts from 1, as the server's does.
        var seed = Seed.For(definition.RandomSeed, _entries.Count + 1);
        var start = Stopwatch.GetTimestamp();
        var suggestions = _strategy.Suggest(history, count, seed, cancellationToken);
        var time = Stopwatch.GetElapsedTime(start);
        return ([.. suggestions.Select(s => (Add(Number(++_suggested), s.Configuration), s))], time);
    }

    /// <summary>
    /// Ends an evaluation; null when it failed. One that was told to stop has not failed: without a value it keeps the last one it reported.
    /// </summary>
    public void Tell(string id, double? value)
    {
        var entry = Open(id);
        (entry.Ended, entry.Value) = (true, value);
    }

    /// <summary>Adds what was evaluated without having been suggested.</summary>
    /// <returns>Its id.</returns>
    public string TellOutside(Configuration configuration, double? value)
    {
        foreach (var parameter in _problem.Space.Parameters.Where(p => !configuration.Values.ContainsKey(p.Name)))
        {
            throw new RequestException($"HyperParameters has no {parameter.Name}.");
        }

        foreach (var name in configuration.Values.Keys.Where(name => _problem.Space.Parameters.All(p => p.Name != name)))
        {
            throw new RequestException($"There is no hyperparameter '{Shorten(name)}' in the search.");
        }

        if (!_problem.Space.Contains(configuration))
        {
            var outside = configuration.Values.First(pair => !Space(pair.Key).Contains(new Configuration([pair])));
            throw new RequestException($"'{Shorten(outside.Value)}' lies outside the range of {outside.Key}.");
        }

        var id = $"x{Number(++_outside)}";
        Add(id, configuration);
        Tell(id, value);
        return id;
    }

    /// <summary>Takes an intermediate value.</summary>
    /// <returns>Whether the evaluation should be stopped.</returns>
    public bool Report(string id, double resource, double value)
    {
        var entry = Open(id);
        if (!double.IsFinite(resource) || resource <= 0)
        {
            throw new RequestException("resource must be a finite number above 0.");
        }

        if (entry.Readings is [.., var last] && resource <= last.Resource)
        {
            throw new RequestException($"resource must be above {NumberText.Format(last.Resource)}, which was reported before.");
        }

        entry.Readings.Add(new Reading(resource, value, ++_reports));
        var others = _entries.Where(e => e != entry && e is not { Ended: true, Value: null } && e.Readings.Count > 0).Select(e => e.Curve).ToList();
        var decision = _halving is not null ? _halving.Decide(entry.Curve, others)
            : definition.EarlyStopping && MedianRule.ShouldStop(_problem.Goal, entry.Curve, others) ? HalvingDecision.Stop
            : HalvingDecision.Continue;
        // The first answer counts: a caller may take a while to stop.
        entry.Decision = entry.Decision == HalvingDecision.Continue ? decision : entry.Decision;
        return decision != HalvingDecision.Continue;
    }

    /// <summary>The best of what was told, the earliest on ties; null when nothing was.</summary>
    public (string Id, Configuration Configuration, double Value)? Best()
    {
        var told = _entries.Where(e => e.Value is not null);
        var best = _problem.Goal == Goal.Maximize ? told.MaxBy(e => e.Value) : told.MinBy(e => e.Value);
        return best is null ? null : (best.Id, best.Configuration, best.Value!.Value);
    }

    /// <summary>Foreign text in an answer, without letting it flood the answer.</summary>
    internal static string Shorten(string text) => text.Length <= 40 ? text : $"{text[..40]}…";

    private History History() => Optimization.History.Empty with
    {
        Completed =
        [
            .. _entries.Where(e => e.Value is not null).Select(e => new Observation(e.Configuration, e.Value!.Value)
            {
                Readings = e.Readings,
                StoppedEarly = e.Decision == HalvingDecision.Stop,
            }),
        ],
        Pending = [.. _entries.Where(e => !e.Ended).Select(e => e.Configuration)],
        PendingReadings = [.. _entries.Where(e => !e.Ended).Select(e => e.Readings)],
        Failed = [.. _entries.Where(e => e is { Ended: true, Value: null }).Select(e => e.Configuration)],
        WarmStart = warmStart,
    };

    /// <summary>One hyperparameter of the search as a space of its own.</summary>
    private SearchSpace Space(string name) => new([_problem.Space.Parameters.Single(p => p.Name == name)]);

    private string Add(string id, Configuration configuration)
    {
        var entry = new Entry(id, configuration);
        _entries.Add(entry);
        _byId.Add(id, entry);
        return id;
    }

    private Entry Open(string id)
    {
        var entry = _byId.GetValueOrDefault(id) ?? throw new RequestException($"No suggestion has the id '{Shorten(id)}'.");
        return entry.Ended ? throw new RequestException($"The value of '{id}' was told before.") : entry;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Entry(string id, Configuration configuration)
    {
        public string Id { get; } = id;

        public Configuration Configuration { get; } = configuration;

        public List<Reading> Readings { get; } = [];

        public bool Ended { get; set; }

        public double? Value { get; set; }

        /// <summary>What its caller was first told to do with it, other than to go on.</summary>
        public HalvingDecision Decision { get; set; }

        public LearningCurve Curve => new(Readings, RanToEnd: Ended && Decision != HalvingDecision.Stop);
    }
}
