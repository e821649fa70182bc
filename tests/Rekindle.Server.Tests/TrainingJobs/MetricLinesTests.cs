using CsCheck;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

public sealed class MetricLinesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private static LogLine[] Lines(params string[] texts) => [.. texts.Select((text, index) => new LogLine(index * 100, text))];

    [Fact]
    public void Both_forms_give_readings_and_step_and_timestamp_give_none()
    {
        var readings = new MetricLines().Read(
            Lines("""{"metric":"validation:accuracy","value":0.93,"step":7}""", """{"validation:accuracy":9e-1,"train:loss":1,"step":8,"timestamp":1.5}"""), Now);

        Assert.Equal(
            [
                new MetricReading("validation:accuracy", MetricsFile.FirstOffset, 0.93, Now) { Ordinal = 1 },
                new MetricReading("validation:accuracy", MetricsFile.FirstOffset + 100, 0.9, Now) { Ordinal = 2 },
                new MetricReading("train:loss", MetricsFile.FirstOffset + 100, 1, Now) { Ordinal = 1 },
            ],
            readings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0.5")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("""{"a":0.""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":1e999}""")]
    [InlineData("""{"a":null,"b":"0.5","c":[1],"d":true}""")]
    [InlineData("""{"metric":"a"}""")]
    [InlineData("""{"metric":"","value":1}""")]
    [InlineData("""{"metric":"a","value":"1"}""")]
    [InlineData("""{"a\n":1}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"metric":"\ud800","value":1}""")]
    [InlineData("""{"a":1} {"a":2}""")]
    public void A_damaged_line_gives_nothing(string line) => Assert.Empty(MetricLines.Parse(line));

    [Fact]
    public void Names_without_end_are_dropped_and_those_there_are_go_on()
    {
        var lines = new MetricLines(new Dictionary<string, int> { ["first"] = 4 });
        var readings = lines.Read(Lines([.. Enumerable.Range(0, 1000).Select(i => $$"""{"m{{i}}":1}"""), """{"first":2}"""]), Now);
        Assert.Equal(MetricLines.MostMetrics, readings.Count);
        Assert.Equal(("first", 5), (readings[^1].Metric, readings[^1].Ordinal));
    }

    [Fact]
    public void No_text_makes_it_fail() => Gen.String.Sample(text => MetricLines.Parse(text).Count >= 0);

    [Fact]
    public void Read_in_two_parts_with_the_counts_of_the_first_it_gives_the_same() =>
        Gen.Select(Gen.Int[0, 2].Array[1, 30], Gen.Int[0, 30]).Sample((metrics, at) =>
        {
            var lines = Lines([.. metrics.Select(metric => $$"""{"m{{metric}}":1}""")]);
            var whole = new MetricLines().Read(lines, Now);
            var first = new MetricLines().Read([.. lines.Take(at)], Now);
            var counts = first.GroupBy(reading => reading.Metric).ToDictionary(group => group.Key, group => group.Max(reading => reading.Ordinal));
            return whole.SequenceEqual([.. first, .. new MetricLines(counts).Read([.. lines.Skip(at)], Now)]);
        });
}
