using System.Text.Json;

namespace Rekindle.Cli.Tests.Suggesting;

public sealed class SuggestLoopTests
{
    private const string Ask = """{"op":"ask"}""";

    [Fact]
    public async Task Asking_gives_ids_texts_inside_the_ranges_an_origin_and_the_time()
    {
        var answers = await SuggestRun.AnswersAsync(SuggestRun.Space, Ask, """{"op":"ask","count":3}""");

        Assert.Equal(["1"], Ids(answers[0]));
        Assert.Equal(["2", "3", "4"], Ids(answers[1]));
        Assert.All(answers[1].GetProperty("suggestions").EnumerateArray(), suggestion =>
        {
            var texts = suggestion.GetProperty("HyperParameters");
            Assert.Equal(["eta", "depth", "booster"], texts.EnumerateObject().Select(p => p.Name));
            Assert.InRange(double.Parse(texts.GetProperty("eta").GetString()!), 0.001, 1);
            Assert.InRange(int.Parse(texts.GetProperty("depth").GetString()!), 2, 10);
            Assert.Contains(texts.GetProperty("booster").GetString(), (string[])["tree", "linear"]);
            Assert.Equal("random", suggestion.GetProperty("Origin").GetString());
        });
        Assert.InRange(answers[1].GetProperty("seconds").GetDouble(), 0, 60);
    }

    [Fact]
    public async Task Every_line_has_one_answer_whatever_is_in_it()
    {
        string[] lines =
        [
            "", "   ", "nonsense", "[]", "7", "null", "{", """{"op":""", "{}", """{"op":7}""", """{"op":"dance"}""", """{"op":"ask","op":"tell"}""",
            """{"op":"ask","count":0}""", """{"op":"ask","count":-1}""", """{"op":"ask","count":1.5}""", """{"op":"ask","count":"2"}""",
            """{"op":"ask","count":99999999999999999999}""", """{"op":"ask","count":null}""",
            """{"op":"tell"}""", """{"op":"tell","id":"1"}""", """{"op":"tell","value":1}""", """{"op":"tell","id":"1","value":1}""",
            """{"op":"tell","id":["1"],"value":1}""", """{"op":"tell","id":null,"value":1}""", """{"op":"tell","id":"\ud800","value":1}""",
            """{"op":"tell","HyperParameters":7,"value":1}""", """{"op":"report"}""", """{"op":"report","id":"1"}""", """{"op":"best"}""",
            new string('[', 1000), """{"op":"ask"} {"op":"ask"}""", "{\"op\":\"ask\"}\0", Ask,
        ];

        var answers = await SuggestRun.AnswersAsync(SuggestRun.Space, lines);

        Assert.Equal(lines.Length, answers.Count);
        Assert.All(answers.SkipLast(1).Index(), answer =>
        {
            Assert.NotEmpty(answer.Item.GetProperty("error").GetString()!);
            Assert.Equal(answer.Index + 1, answer.Item.GetProperty("line").GetInt32());
        });
        Assert.Equal(["1"], Ids(answers[^1]));
    }

    [Theory]
    [InlineData("""{"op":"ask","count":1001}""", "count must be a whole number from 1 to 1000.")]
    [InlineData("""{"op":"tell","id":"2","value":1}""", "No suggestion has the id '2'.")]
    [InlineData("""{"op":"tell","id":2,"value":1}""", "No suggestion has the id '2'.")]
    [InlineData("""{"op":"tell","id":"","value":1}""", "No suggestion has the id ''.")]
    [InlineData("""{"op":"tell","id":99999999999999999999999999,"value":1}""", "No suggestion has the id '99999999999999999999999999'.")]
    [InlineData("""{"op":"report","id":"x1","resource":1,"value":1}""", "No suggestion has the id 'x1'.")]
    [InlineData("""{"op":"report","id":"1","resource":0,"value":1}""", "resource must be a finite number above 0.")]
    [InlineData("""{"op":"report","id":"1","resource":1e999,"value":1}""", "resource must be a finite number above 0.")]
    [InlineData("""{"op":"report","id":"1","resource":"3","value":1}""", "report needs a resource, such as the epoch.")]
    [InlineData("""{"op":"tell","HyperParameters":{"eta":"0.1","depth":"3"},"value":1}""", "HyperParameters has no booster.")]
    [InlineData(
        """{"op":"tell","HyperParameters":{"eta":"0.1","depth":"3","booster":"tree","more":"1"},"value":1}""",
        "There is no hyperparameter 'more' in the search.")]
    [InlineData("""{"op":"tell","HyperParameters":{"eta":"0.1","depth":"11","booster":"tree"},"value":1}""", "'11' lies outside the range of depth.")]
    [InlineData("""{"op":"tell","HyperParameters":{"eta":"abc","depth":"3","booster":"tree"},"value":1}""", "'abc' lies outside the range of eta.")]
    [InlineData(
        """{"op":"tell","HyperParameters":{"eta":0.1,"depth":"3","booster":"tree"},"value":1}""",
        """HyperParameters must be an object of texts, such as {"eta": "0.1"}.""")]
    public async Task A_mistake_is_said_in_a_sentence(string line, string sentence)
    {
        var answers = await SuggestRun.AnswersAsync(SuggestRun.Space, Ask, line);

        Assert.Equal(sentence, answers[1].GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_huge_id_is_not_echoed_whole()
    {
        var answers = await SuggestRun.AnswersAsync(SuggestRun.Space, $$"""{"op":"tell","id":"{{new string('9', 1_000_000)}}","value":1}""");

        Assert.InRange(answers[0].GetProperty("error").GetString()!.Length, 1, 100);
    }

    [Fact]
    public async Task A_value_can_be_told_once_only()
    {
        var answers = await SuggestRun.AnswersAsync(
            SuggestRun.Space, Ask, """{"op":"tell","id":"1","value":null}""", """{"op":"tell","id":"1","value":2}""",
            """{"op":"report","id":"1","resource":1,"value":2}""");

        Assert.True(answers[1].GetProperty("ok").GetBoolean());
        Assert.Equal("The value of '1' was told before.", answers[2].GetProperty("error").GetString());
        Assert.Equal("The value of '1' was told before.", answers[3].GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("1e999")]
    [InlineData("\"0.5\"")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public async Task What_is_no_finite_number_is_a_failed_evaluation(string value)
    {
        var answers = await SuggestRun.AnswersAsync(
            SuggestRun.Space, Ask, $$"""{"op":"tell","id":"1","value":{{value}}}""", """{"op":"best"}""", """{"op":"ask"}""");

        Assert.True(answers[1].GetProperty("ok").GetBoolean());
        Assert.Equal("No value was told yet.", answers[2].GetProperty("error").GetString());
        Assert.Equal(["2"], Ids(answers[3]));
    }

    [Fact]
    public async Task The_best_is_the_smallest_or_the_largest_value_and_the_earliest_of_equals()
    {
        string[] lines =
        [
            """{"op":"ask","count":3}""", """{"op":"tell","id":"1","value":2}""", """{"op":"tell","id":"3","value":1}""",
            """{"op":"tell","id":"2","value":1}""", """{"op":"best"}""",
        ];

        var minimal = await SuggestRun.AnswersAsync(SuggestRun.Space, lines);
        var maximal = await SuggestRun.AnswersAsync(SuggestRun.Space.Replace("Minimize", "Maximize", StringComparison.Ordinal), lines);

        Assert.Equal("2", minimal[^1].GetProperty("id").GetString());
        Assert.Equal(1, minimal[^1].GetProperty("value").GetDouble());
        Assert.Equal(
            minimal[0].GetProperty("suggestions")[1].GetProperty("HyperParameters").GetRawText(),
            minimal[^1].GetProperty("HyperParameters").GetRawText());
        Assert.Equal("1", maximal[^1].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Outside_observations_have_ids_of_their_own_and_can_be_the_best()
    {
        const string Outside = """{"op":"tell","HyperParameters":{"eta":"0.1","depth":"3","booster":"tree"},"value":0.5}""";

        var answers = await SuggestRun.AnswersAsync(SuggestRun.Space, Outside, Outside, Ask, """{"op":"best"}""");

        Assert.Equal("x1", answers[0].GetProperty("id").GetString());
        Assert.Equal("x2", answers[1].GetProperty("id").GetString());
        Assert.Equal(["1"], Ids(answers[2]));
        Assert.Equal("x1", answers[3].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_finite_space_ends_without_a_repeat()
    {
        const string Finite =
            """
            {"Strategy": "Bayesian", "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
             "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
             "ParameterRanges": {"IntegerParameterRanges": [{"Name": "n", "MinValue": "1", "MaxValue": "4"}]}, "RandomSeed": 0}
            """;

        var answers = await SuggestRun.AnswersAsync(
            Finite, """{"op":"ask","count":3}""", """{"op":"tell","id":"1","value":1}""", """{"op":"tell","id":"2","value":null}""",
            """{"op":"ask","count":3}""", Ask);

        var texts = answers[0].GetProperty("suggestions").EnumerateArray().Concat(answers[3].GetProperty("suggestions").EnumerateArray())
            .Select(s => s.GetProperty("HyperParameters").GetProperty("n").GetString());
        Assert.Equal(["1", "2", "3", "4"], texts.Order());
        Assert.Empty(Ids(answers[4]));
        Assert.True(answers[4].GetProperty("exhausted").GetBoolean());
    }

    [Fact]
    public async Task A_hopeless_evaluation_is_to_be_stopped_when_early_stopping_is_auto()
    {
        List<string> lines = ["""{"op":"ask","count":6}"""];
        for (var id = 1; id <= 5; id++)
        {
            lines.AddRange(Enumerable.Range(1, 4).Select(e => $$"""{"op":"report","id":"{{id}}","resource":{{e}},"value":{{id}}}"""));
            lines.Add($$"""{"op":"tell","id":"{{id}}","value":{{id}}}""");
        }

        lines.Add("""{"op":"report","id":"6","resource":2,"value":3.5}""");
        lines.Add("""{"op":"report","id":"6","resource":3,"value":NaN}""");
        lines.Add("""{"op":"report","id":"6","resource":4,"value":2.5}""");
        lines.Add("""{"op":"report","id":"6","resource":4,"value":2.5}""");

        var auto = await SuggestRun.AnswersAsync(SuggestRun.Space, [.. lines]);
        var off = await SuggestRun.AnswersAsync(SuggestRun.Space.Replace("\"Auto\"", "\"Off\"", StringComparison.Ordinal), [.. lines]);

        Assert.Equal(["stop", "continue", "continue"], auto.TakeLast(4).SkipLast(1).Select(Decision));
        Assert.Equal("resource must be above 4.0, which was reported before.", auto[^1].GetProperty("error").GetString());
        Assert.All(off.Where(answer => answer.TryGetProperty("decision", out _)), answer => Assert.Equal("continue", Decision(answer)));
    }

    [Fact]
    public async Task Hyperband_lets_the_best_third_at_each_rung_run_on_and_ends_it_at_the_most()
    {
        var answers = await SuggestRun.AnswersAsync(
            Hyperband,
            """{"op":"ask","count":4}""",
            Report(1, 1, 0.5), Report(1, 2, 0.4), Report(1, 3, 0.4), Report(1, 8, 0.4), Report(1, 9, 0.3),
            Report(2, 1, 0.9), Report(2, 2, 0.1),
            Report(3, 0.5, 0.9), Report(3, 1, 0.1), Report(3, 3, 0.5), Report(4, 2, 0.8));

        Assert.Equal(
            ["continue", "continue", "continue", "continue", "stop", "stop", "stop", "continue", "continue", "stop", "stop"],
            answers.Skip(1).Select(Decision));
    }

    [Theory]
    [InlineData("null", "1", 0.5)]
    [InlineData("NaN", "1", 0.5)]
    [InlineData("0.35", "2", 0.35)]
    public async Task What_was_told_to_stop_has_the_value_that_is_told_and_failed_without_one(string told, string best, double value)
    {
        var answers = await SuggestRun.AnswersAsync(
            Hyperband,
            """{"op":"ask","count":2}""",
            Report(1, 1, 0.3), Report(2, 1, 0.4), """{"op":"tell","id":"1","value":0.5}""",
            $$"""{"op":"tell","id":"2","value":{{told}}}""", """{"op":"best"}""");

        Assert.Equal("stop", Decision(answers[2]));
        Assert.Equal((best, value), (answers[^1].GetProperty("id").GetString(), answers[^1].GetProperty("value").GetDouble()));
    }

    [Fact]
    public async Task Hyperband_learns_from_reports_and_from_what_it_stopped()
    {
        // Whatever has a large eta is stopped at its first report.
        List<string> lines = [];
        List<JsonElement> answers = [];
        for (var id = 1; id <= 24; id++)
        {
            lines.Add(Ask);
            answers = [.. await SuggestRun.AnswersAsync(Hyperband, [.. lines])];
            var eta = Eta(answers[^1]);
            lines.AddRange(eta > 0.05
                ? [Report(id, 1, 1 + eta), $$"""{"op":"tell","id":"{{id}}","value":{{1 + eta}}}"""]
                : [Report(id, 1, eta), Report(id, 3, eta), Report(id, 9, eta), $$"""{"op":"tell","id":"{{id}}","value":{{eta}}}"""]);
        }

        lines.Add("""{"op":"ask","count":5}""");
        var last = (await SuggestRun.AnswersAsync(Hyperband, [.. lines]))[^1];

        Assert.All(last.GetProperty("suggestions").EnumerateArray(), s => Assert.Equal("model", s.GetProperty("Origin").GetString()));
        Assert.InRange(last.GetProperty("suggestions").EnumerateArray().Count(s => EtaOf(s) <= 0.05), 4, 5);

        static double Eta(JsonElement answer) => EtaOf(answer.GetProperty("suggestions")[0]);

        static double EtaOf(JsonElement suggestion) =>
            double.Parse(suggestion.GetProperty("HyperParameters").GetProperty("eta").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Hyperband => SuggestRun.Space
        .Replace("\"Random\"", "\"Hyperband\", \"StrategyConfig\": {\"HyperbandStrategyConfig\": {\"MinResource\": 1, \"MaxResource\": 9}}", StringComparison.Ordinal)
        .Replace("\"Auto\"", "\"Off\"", StringComparison.Ordinal);

    private static string Report(int id, double resource, double value) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $$"""{"op":"report","id":"{{id}}","resource":{{resource}},"value":{{value}}}""");

    private static string? Decision(JsonElement answer) => answer.GetProperty("decision").GetString();

    private static IEnumerable<string> Ids(JsonElement answer) =>
        answer.GetProperty("suggestions").EnumerateArray().Select(s => s.GetProperty("id").GetString()!);
}
