using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

public sealed class MetricScraperTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // As the built-in algorithms and the documentation of SageMaker have them.
    private const string Accuracy = @"Epoch\S+ Validation-accuracy=(\S+)";
    private const string Auc = @".*\[[0-9]+\].*#011validation-auc:(\S+)";
    private const string Loose = @"loss=([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)";

    [Theory]
    [InlineData("1e-5", 1e-5)]
    [InlineData("-7.5e-05", -7.5e-05)]
    [InlineData("-7.53E+05", -7.53E+05)]
    [InlineData(".98", .98)]
    [InlineData("5.", 5)]
    [InlineData("+3", 3)]
    [InlineData("888", 888)]
    [InlineData("1.2e32", 1.2e32)]
    [InlineData("1e308", 1e308)]
    [InlineData("1e-308", 1e-308)]
    [InlineData("0.33333333333333333333333333333333333333333333333333", 1.0 / 3)]
    public void Reads_a_number_in_each_of_its_forms(string text, double value)
    {
        Assert.Equal(value, Assert.Single(Scrape(@"loss=(\S+)", $"epoch 1 loss={text} done")).Value);
        Assert.Equal(value, Assert.Single(Scrape(@"loss=(.*?);", $"loss= {text} ;")).Value);
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("inf")]
    [InlineData("-Infinity")]
    [InlineData("\u221E")]
    [InlineData("1e999")]
    [InlineData("1,5")]
    [InlineData("1_000")]
    [InlineData("0x10")]
    [InlineData("95%")]
    [InlineData("(5)")]
    [InlineData("\u0665")]
    [InlineData("--1")]
    [InlineData("1e")]
    [InlineData("tensor(0.5)")]
    public void What_is_no_finite_number_is_counted_but_no_reading(string text)
    {
        var scraper = Scraper(new MetricDefinition("loss", @"loss=(\S+)"));
        Assert.Empty(ReadingsOf(scraper, new LogLine(0, $"loss={text}")));
        Assert.Equal(1, scraper.NotNumbers("loss"));
        Assert.Equal("What the metric \"loss\" captured was no finite number.", Assert.Single(scraper.Remarks));
    }

    [Theory]
    [InlineData(@"loss=(.*?)", "loss=0.5")]
    [InlineData(@"loss=", "loss=0.5")]
    [InlineData(@"loss=([0-9]*)", "loss=")]
    [InlineData(@"(loss)?", "loss=0.5")]
    [InlineData(@"acc=(\S+)", "loss=0.5")]
    public void An_expression_that_captures_nothing_gives_no_reading(string regex, string line) => Assert.Empty(Scrape(regex, line));

    [Fact]
    public void A_whole_number_is_captured_whole_by_the_usual_expressions() =>
        Gen.Double.Where(double.IsFinite).Sample(value =>
        {
            var text = value.ToString("R", CultureInfo.InvariantCulture);
            foreach (var (regex, line) in new[]
            {
                (Accuracy, $"Epoch[3] Validation-accuracy={text}"),
                (Auc, $"[12]#011train-auc:0.5#011validation-auc:{text}"),
                (Loose, $"step 5 loss={text} lr=0.1"),
            })
            {
                Assert.Equal(value, Assert.Single(Scrape(regex, line)).Value);
            }
        });

    [Fact]
    public void A_reading_names_its_metric_its_line_and_its_time()
    {
        var scraper = Scraper(new MetricDefinition("a", @"a=(\S+)"), new MetricDefinition("b", @"b=(\S+)"));
        Assert.Equal(
            [
                new MetricReading("a", 10, 1, Now) { Ordinal = 1 }, new MetricReading("b", 10, 2, Now) { Ordinal = 1 },
                new MetricReading("b", 90, 3, Now) { Ordinal = 2 },
            ],
            ReadingsOf(scraper, new LogLine(10, "a=1 b=2"), new LogLine(50, "nothing"), new LogLine(90, "b=3")));
    }

    [Fact]
    public void Counting_goes_on_where_an_earlier_reader_of_the_log_stopped()
    {
        var scraper = new MetricScraper(
            [new MetricDefinition("a", @"a=(\S+)"), new MetricDefinition("b", @"b=(\S+)")], TimeProvider.System, TimeSpan.FromMinutes(1),
            new Dictionary<string, int> { ["a"] = 41 });

        Assert.Equal([("a", 42), ("a", 43), ("b", 1)], ReadingsOf(scraper, new LogLine(10, "a=1"), new LogLine(20, "a=1 b=2")).Select(r => (r.Metric, r.Ordinal)));
    }

    [Fact]
    public void The_last_number_of_a_line_counts()
    {
        Assert.Equal(0.2, Assert.Single(Scrape(@"loss=(\S+)", "loss=0.4 loss=0.3 loss=0.2")).Value);
        Assert.Equal(0.3, Assert.Single(Scrape(@"loss=(\S+)", "loss=0.4 loss=0.3 loss=nan")).Value);
    }

    [Theory]
    [InlineData("[12]\ttrain-auc:0.5\tvalidation-auc:0.75")]
    [InlineData("[12]#011train-auc:0.5#011validation-auc:0.75")]
    public void Tabs_match_expressions_written_for_logs_that_show_them_as_011(string line) => Assert.Equal(0.75, Assert.Single(Scrape(Auc, line)).Value);

    [Theory]
    [InlineData("\u001b[32mloss=\u001b[1m0.5\u001b[0m")]
    [InlineData("\u001b]0;title\u0007loss=0.5")]
    [InlineData("\u001b[2K\u001b[1Gloss=0.5")]
    public void Colours_and_cursor_movements_do_not_hide_a_metric(string line) => Assert.Equal(0.5, Assert.Single(Scrape(@"^loss=(\S+)$", line)).Value);

    [Theory]
    [InlineData(@"(?P<value>\d+) of (\d+)", "3 of 7", 3.0)]
    [InlineData(@"(?P<q>[""'])x(?P=q)=(\d)", "'x'='7", null)]
    [InlineData(@"[[(](\d+)[])]", "(8]", 8.0)]
    [InlineData(@"[](]=(\d+)", "]=4", 4.0)]
    [InlineData(@"(?<value>\d+)$", "step 9", 9.0)]
    [InlineData(@"(?:loss|cost)=(?P<v>\S+)\Z", "cost=2.5", 2.5)]
    [InlineData(@"(?<=loss=)(\d+)", "loss=6", 6.0)]
    [InlineData(@"(?P<a>\d)(?P=a)=", "33=", 3.0)]
    [InlineData(@"\(?P<(\d+)", "(P<5", 5.0)]
    [InlineData(@"val\_loss=([0-9.]+)", "val_loss=0.5", 0.5)]
    [InlineData(@"[\_a]=(\d)", "_=5", 5.0)]
    [InlineData(@"m=(\d{,3})", "m=123", 123.0)]
    [InlineData(@"m=(\d{,})$", "m=1234", 1234.0)]
    [InlineData(@"m=\{,3}(\d)", "m={,3}4", 4.0)]
    [InlineData(@"m=(\d{2})", "m=123", 12.0)]
    [InlineData(@"m=(\d++)", "m=123", 123.0)]
    [InlineData(@"m=(\d++)3", "m=123", null)]
    [InlineData(@"m=((?:ab|1)*+2)", "m=112", 112.0)]
    [InlineData(@"[ab]?+a=(\d)", "a=1", null)]
    [InlineData(@"m=(\x31{2,3}+)", "m=111", 111.0)]
    [InlineData(@"m=(?>\d+)=(\d)", "m=12=3", 3.0)]
    [InlineData(@"(?iu)LOSS=(\d)", "loss=5", 5.0)]
    [InlineData(@"(?u)(?a:loss)=(\d)", "loss=6", 6.0)]
    [InlineData(@"(?P<s>x)?(?#a number)=(?(s)y|z)(\d)", "x=y7", null)]
    [InlineData(@"(?:(?P<s>x)?=(?(s)y|z))", "x=y7", null)]
    [InlineData(@"(\d)(?P<s>x)?=(?(s)y|z)!", "1x=y! 2=y!", 1.0)]
    public void Expressions_of_Python_mean_what_they_mean_there(string regex, string line, double? value) =>
        Assert.Equal(value, Scrape(regex, line).Select(reading => (double?)reading.Value).SingleOrDefault());

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("*")]
    [InlineData("(?P<a")]
    [InlineData(@"\")]
    public void An_invalid_expression_is_a_problem_told_beforehand(string regex)
    {
        Assert.Contains("\"loss\"", MetricScraper.Problem(new MetricDefinition("loss", regex)), StringComparison.Ordinal);
        Assert.Null(MetricScraper.Problem(new MetricDefinition("loss", @"loss=(\S+)")));
    }

    [Theory]
    [InlineData(@"^(a+)+$")]
    [InlineData(@"^(?=(a|aa)+$)b")]
    [InlineData(@"(x+x+)+y")]
    [InlineData(@"(.*)*,(.*)*,(.*)*,\1$")]
    public void No_expression_holds_up_the_reading(string regex)
    {
        var since = Stopwatch.GetTimestamp();
        var line = new string('a', 2000) + new string('x', 2000) + "!";
        Assert.Empty(Scrape(regex, line));
        Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void An_expression_of_500_characters_works() =>
        Assert.Equal(1, Assert.Single(Scrape(new string('a', 490) + @"=(\d)", new string('a', 490) + "=1")).Value);

    [Theory]
    [InlineData(@"(?!q)(x+x+)+y=(.*)")]
    [InlineData(@"(a)(?:.*z)?")]
    public void An_expression_that_is_slow_on_every_line_is_switched_off_and_the_others_go_on(string slow)
    {
        var scraper = Scraper(new MetricDefinition("slow", slow), new MetricDefinition("m", @"m=(\S+)"));
        var lines = Enumerable.Range(0, 1500)
            .Select(i => new LogLine(i * 60_000L, string.Create(CultureInfo.InvariantCulture, $"{new string('x', 38)}{new string('a', 20_000)} m={i}")))
            .ToList();
        var since = Stopwatch.GetTimestamp();
        var readings = new List<MetricReading>();
        for (var rest = lines; rest.Count > 0;)
        {
            var scraped = scraper.Scrape(rest, Now, default);
            readings.AddRange(scraped.Readings.Where(reading => reading.Metric == "m"));
            rest = scraped.StoppedAt is { } next ? [.. rest.SkipWhile(line => line.Offset < next)] : [];
        }

        Assert.Equal(Enumerable.Range(0, 1500).Select(i => (double)i), readings.Select(reading => reading.Value));
        Assert.Equal(["slow"], scraper.SwitchedOff);
        Assert.Contains("\"slow\" took too long", Assert.Single(scraper.Remarks), StringComparison.Ordinal);
        // A time-out for each of 1,500 lines would take minutes.
        Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void An_expression_that_is_slow_once_in_a_while_is_kept()
    {
        var scraper = Scraper(new MetricDefinition("m", @"m=(\d+)|(?!q)(x+x+)+y"));
        var slow = new LogLine(0, new string('x', 40));
        for (var i = 0; i < 8; i++)
        {
            ReadingsOf(scraper, slow);
            ReadingsOf(scraper, [.. Enumerable.Repeat(new LogLine(1, "m=1"), 200)]);
        }

        Assert.Empty(scraper.SwitchedOff);
        Assert.Single(ReadingsOf(scraper, new LogLine(1, "m=1")));
    }

    [Fact]
    public void A_call_gives_back_what_it_has_when_its_time_is_up_and_comes_further_each_time()
    {
        var scraper = new MetricScraper([new MetricDefinition("m", @"m=(\d)")], TimeProvider.System, TimeSpan.Zero);
        LogLine[] lines = [new(0, "m=1"), new(5, "m=2"), new(9, "m=3")];
        var scraped = scraper.Scrape(lines, Now, default);
        Assert.Equal((1.0, 5L), (Assert.Single(scraped.Readings).Value, scraped.StoppedAt));
        Assert.Null(scraper.Scrape(lines[2..], Now, default).StoppedAt);
    }

    [Fact]
    public void A_cancellation_is_noticed_within_a_line()
    {
        var scraper = Scraper(new MetricDefinition("m", @"(a)"));
        Assert.Throws<OperationCanceledException>(() => scraper.Scrape([new LogLine(0, new string('a', 1000))], Now, new CancellationToken(true)));
    }

    [Fact]
    public void Several_expressions_of_one_metric_give_one_reading_a_line()
    {
        var scraper = Scraper(new MetricDefinition("m", @"a=(\S+)"), new MetricDefinition("m", @"b=(\S+)"));
        Assert.Equal(
            [
                new MetricReading("m", 0, 2, Now) { Ordinal = 1 }, new MetricReading("m", 8, 3, Now) { Ordinal = 2 },
                new MetricReading("m", 12, 4, Now) { Ordinal = 3 },
            ],
            ReadingsOf(scraper, new LogLine(0, "a=1 b=2"), new LogLine(8, "a=3"), new LogLine(12, "b=4")));
    }

    [Fact]
    public void An_expression_without_a_group_is_remarked() =>
        Assert.Contains("has no group", Assert.Single(Scraper(new MetricDefinition("m", "m=")).Remarks), StringComparison.Ordinal);

    private static MetricScraper Scraper(params IReadOnlyList<MetricDefinition> metrics) => new(metrics, TimeProvider.System, TimeSpan.FromMinutes(1));

    private static IReadOnlyList<MetricReading> ReadingsOf(MetricScraper scraper, params IReadOnlyList<LogLine> lines) =>
        scraper.Scrape(lines, Now, default).Readings;

    private static IReadOnlyList<MetricReading> Scrape(string regex, string line) =>
        ReadingsOf(Scraper(new MetricDefinition("loss", regex)), new LogLine(0, line));
}
