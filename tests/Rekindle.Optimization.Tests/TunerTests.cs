using System.Text.Json;

namespace Rekindle.Optimization.Tests;

public sealed class TunerTests
{
    private static readonly SearchSpace Space = new(
        [new ContinuousParameter("x", -2, 2), new IntegerParameter("n", 1, 8), new CategoricalParameter("c", ["a", "b"])]);

    private static readonly TuningProblem Problem = new(Space, Goal.Minimize, maxTrainingJobs: 25);

    [Fact]
    public void Asks_as_often_as_the_problem_allows_and_comes_near_the_optimum()
    {
        var tuner = new Tuner(Problem, new TunerOptions { Seed = 1 });

        Run(tuner);

        Assert.Equal(25, tuner.Evaluations.Count);
        Assert.Equal(Enumerable.Range(1, 25), tuner.Evaluations.Select(evaluation => evaluation.Number));
        Assert.InRange(tuner.Best!.Value!.Value, 0, 0.1);
        Assert.Equal(tuner.Evaluations.Min(evaluation => evaluation.Value), tuner.Best.Value);
    }

    [Fact]
    public void A_finite_space_ends_when_it_is_used_up()
    {
        var space = new SearchSpace([new CategoricalParameter("c", ["a", "b", "c"])]);
        var tuner = new Tuner(new TuningProblem(space, Goal.Maximize, 10));

        Run(tuner, evaluation => evaluation["c"][0]);

        Assert.Equal(["a", "b", "c"], tuner.Evaluations.Select(evaluation => evaluation["c"]).Order());
        Assert.Equal("c", tuner.Best!["c"]);
    }

    [Fact]
    public void Failures_have_no_value_and_are_not_asked_for_again()
    {
        var tuner = new Tuner(Problem);
        var (first, second) = (tuner.Ask()!, tuner.Ask()!);

        tuner.TellFailed(first);
        tuner.Tell(second, double.NaN);
        Run(tuner);

        Assert.Equal((EvaluationState.Failed, null), (second.State, second.Value));
        Assert.Equal(25, tuner.Evaluations.Select(evaluation => evaluation.Configuration).Distinct().Count());
        Assert.NotNull(tuner.Best!.Value);
    }

    [Fact]
    public async Task Workers_at_once_share_the_evaluations_without_repeating_one()
    {
        var tuner = new Tuner(Problem with { MaxParallel = 4 }, new TunerOptions { Seed = 2 });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Run(tuner), TestContext.Current.CancellationToken)));

        Assert.Equal(25, tuner.Evaluations.Select(evaluation => evaluation.Configuration).Distinct().Count());
        Assert.All(tuner.Evaluations, evaluation => Assert.Equal(EvaluationState.Completed, evaluation.State));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(16)]
    public async Task Goes_on_from_what_was_saved_as_if_nothing_had_been(int before)
    {
        var straight = new Tuner(Problem, new TunerOptions { Seed = 3 });
        Run(straight);
        var interrupted = new Tuner(Problem, new TunerOptions { Seed = 3 });
        for (var i = 0; i < before; i++)
        {
            var evaluation = interrupted.Ask()!;
            interrupted.Tell(evaluation, Value(evaluation));
        }

        var unfinished = interrupted.Ask()!;
        var resumed = new Tuner(Problem, new TunerOptions { Seed = 3, Resume = await ThroughAFileAsync(interrupted.Save()) });
        Assert.Equal(unfinished.Configuration, resumed.Evaluations[^1].Configuration);
        Run(resumed);

        Assert.Equal(
            straight.Evaluations.Select(evaluation => (evaluation.Configuration, evaluation.Value)),
            resumed.Evaluations.Select(evaluation => (evaluation.Configuration, evaluation.Value)));
    }

    [Fact]
    public async Task A_record_keeps_every_kind_of_parameter_and_every_bit_of_a_value()
    {
        double[] values = [double.Epsilon, -0.0, 0.1 + 0.2, double.MaxValue];
        var tuner = new Tuner(Problem);
        foreach (var value in values) tuner.Tell(tuner.Ask()!, value);

        var record = await ThroughAFileAsync(tuner.Save("mother"));
        var parent = record.ToParent(Goal.Minimize);

        Assert.Equal("mother", parent.Name);
        Assert.Equal(Space.Parameters.Select(p => p.Name), parent.Space.Parameters.Select(p => p.Name));
        Assert.Equal(["a", "b"], Assert.IsType<CategoricalParameter>(parent.Space.Parameters[2]).Values);
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), parent.Observations.Select(each => BitConverter.DoubleToInt64Bits(each.Value)));
    }

    [Fact]
    public void A_child_of_two_earlier_searches_begins_where_they_found_something()
    {
        var (first, second) = (new Tuner(Problem, new TunerOptions { Seed = 4 }), new Tuner(Problem, new TunerOptions { Seed = 5 }));
        Run(first);
        Run(second);
        var child = new Tuner(Problem with { MaxTrainingJobs = 3 }, new TunerOptions
        {
            Seed = 6,
            WarmStart = new WarmStart(WarmStartType.TransferLearning, [first.Save("first").ToParent(Goal.Minimize), second.Save("second").ToParent(Goal.Minimize)]),
        });

        Run(child);

        Assert.Equal(SuggestionOrigin.Parent, child.Evaluations[0].Origin);
        Assert.InRange(child.Best!.Value!.Value, 0, 0.1);
    }

    [Fact]
    public void What_was_evaluated_elsewhere_counts_and_is_not_asked_for()
    {
        var space = new SearchSpace([new CategoricalParameter("c", ["a", "b"])]);
        var tuner = new Tuner(new TuningProblem(space, Goal.Minimize, 5));

        var added = tuner.Add(new Configuration([new("c", "a")]), 1);

        Assert.Null(added.Origin);
        Assert.Equal("b", tuner.Ask()!["c"]);
        Assert.Null(tuner.Ask());
    }

    [Fact]
    public void Mistakes_are_named()
    {
        var (tuner, other) = (new Tuner(Problem), new Tuner(Problem));
        var evaluation = tuner.Ask()!;

        Assert.Throws<ArgumentException>(() => other.Tell(evaluation, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Tuner(Problem with { MaxTrainingJobs = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Tuner(Problem with { MaxParallel = 0 }));
        Assert.Throws<ArgumentException>(() => new Tuner(new TuningProblem(new SearchSpace([]), Goal.Minimize, 5)));
        tuner.Tell(evaluation, 1);
        Assert.Throws<InvalidOperationException>(() => tuner.Tell(evaluation, 2));
        Assert.Throws<ArgumentException>(() => tuner.Add(new Configuration([new("x", "7"), new("n", "1"), new("c", "a")]), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => tuner.Add(evaluation.Configuration, double.NaN));
        var narrow = new TuningProblem(new SearchSpace([new ContinuousParameter("x", 5, 6)]), Goal.Minimize, 5);
        Assert.Throws<ArgumentException>(() => new Tuner(narrow, new TunerOptions { Resume = tuner.Save() }));
    }

    [Fact]
    public async Task A_file_that_is_no_record_is_refused()
    {
        using var stream = new MemoryStream("""{"Name":"x"}"""u8.ToArray());

        await Assert.ThrowsAsync<JsonException>(() => TuningRecord.ReadAsync(stream, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"Name":"x","Goal":"Minimize","Parameters":null,"Evaluations":[]}""")]
    [InlineData("""{"Name":"x","Goal":"Minimize","Parameters":[],"Evaluations":[{"HyperParameters":null,"State":"Pending"}]}""")]
    [InlineData("""{"Name":"x","Goal":"Sideways","Parameters":[],"Evaluations":[]}""")]
    public async Task A_damaged_file_is_refused(string text)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));

        await Assert.ThrowsAsync<JsonException>(() => TuningRecord.ReadAsync(stream, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_record_that_contradicts_itself_or_the_problem_is_refused()
    {
        var tuner = new Tuner(Problem);
        tuner.Tell(tuner.Ask()!, 1);
        var record = tuner.Save();
        Tuner Resumed(TuningRecord saved) => new(Problem, new TunerOptions { Resume = saved });

        Assert.Throws<ArgumentException>(() => Resumed(record with { Goal = Goal.Maximize }));
        Assert.Throws<ArgumentException>(() => Resumed(record with { Evaluations = [record.Evaluations[0] with { Value = null }] }));
        Assert.Throws<ArgumentException>(() => Resumed(record with { Evaluations = [record.Evaluations[0] with { State = EvaluationState.Pending }] }));
        Assert.Throws<ArgumentException>(() => record.ToParent(Goal.Maximize));
        Assert.Throws<JsonException>(() => (record with { Parameters = [new RecordedParameter("n") { IntegerRange = [5, 1] }] }).ToParent(Goal.Minimize));
    }

    [Fact]
    public void What_came_in_before_it_was_asked_for_again_is_not_asked_for()
    {
        var tuner = new Tuner(Problem, new TunerOptions { Seed = 3 });
        tuner.Ask();
        var resumed = new Tuner(Problem, new TunerOptions { Seed = 3, Resume = tuner.Save() });

        resumed.Tell(Assert.Single(resumed.Evaluations), 1);

        Assert.Equal(2, resumed.Ask()!.Number);
    }

    [Fact]
    public async Task Telling_does_not_wait_for_a_suggestion_and_waiting_to_ask_can_be_cancelled()
    {
        using var strategy = new Thinking();
        var tuner = new Tuner(Problem, new TunerOptions { Strategy = _ => strategy });
        strategy.Go.Release();
        var first = tuner.Ask()!;
        var asking = Task.Run(() => tuner.Ask(), TestContext.Current.CancellationToken);
        await strategy.Began.WaitAsync(TestContext.Current.CancellationToken);
        await strategy.Began.WaitAsync(TestContext.Current.CancellationToken);

        tuner.Tell(first, 1);
        Assert.Equal(1, tuner.Best!.Value);
        using var hasty = new CancellationTokenSource();
        await hasty.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => tuner.Ask(hasty.Token));

        strategy.Go.Release();
        Assert.Equal(2, (await asking)!.Number);
    }

    private sealed class Thinking : Strategy, IDisposable
    {
        private readonly RandomStrategy _random = new(Problem);

        public SemaphoreSlim Began { get; } = new(0);

        public SemaphoreSlim Go { get; } = new(0);

        public override IReadOnlyList<Suggestion> Suggest(History history, int count, Seed seed, CancellationToken ct = default)
        {
            Began.Release();
            Go.Wait(ct);
            return _random.Suggest(history, count, seed, ct);
        }

        public void Dispose()
        {
            Began.Dispose();
            Go.Dispose();
        }
    }

    private static void Run(Tuner tuner, Func<Evaluation, double>? value = null)
    {
        while (tuner.Ask() is { } evaluation) tuner.Tell(evaluation, (value ?? Value)(evaluation));
    }

    private static double Value(Evaluation evaluation) =>
        Math.Pow(evaluation.Real("x") - 0.7, 2) + (Math.Abs(evaluation.Whole("n") - 5) * 0.2) + (evaluation["c"] == "a" ? 0 : 1);

    private static async Task<TuningRecord> ThroughAFileAsync(TuningRecord record)
    {
        using var stream = new MemoryStream();
        await record.WriteAsync(stream, TestContext.Current.CancellationToken);
        stream.Position = 0;
        return await TuningRecord.ReadAsync(stream, TestContext.Current.CancellationToken);
    }
}
