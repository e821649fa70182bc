using System.Xml.Linq;
using Rekindle.Bench.Quality;
using Rekindle.Bench.Report;

namespace Rekindle.Bench.Tests;

public sealed class ReportTests
{
    [Fact]
    public void A_chart_is_a_picture_with_one_line_for_every_series_inside_its_frame()
    {
        var svg = XDocument.Parse(LineChart.Draw(
            "A & B", "regret", [new Series("ours", [1, 0.1, 0.001], true), new Series("<other>", [2, 0.5, 0.2], false)]));

        var lines = svg.Descendants().Where(e => e.Name.LocalName == "polyline").ToList();
        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.All(line.Attribute("points")!.Value.Split(' '), point =>
        {
            var xy = point.Split(',').Select(double.Parse).ToList();
            Assert.InRange(xy[0], 0, 780);
            Assert.InRange(xy[1], 0, 420);
        }));
        Assert.Contains(svg.Descendants(), e => e.Value == "<other>");
    }

    [Fact]
    public void A_table_is_aligned_text_or_markdown()
    {
        var table = new TextTable("name", "x");
        table.Add("a", "10.5");
        using var text = new StringWriter { NewLine = "\n" };
        using var markdown = new StringWriter { NewLine = "\n" };

        table.Write(text);
        table.WriteMarkdown(markdown);

        Assert.Equal("name     x\na     10.5\n", text.ToString());
        Assert.Equal("| name | x |\n|---|---:|\n| a | 10.5 |\n", markdown.ToString());
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(0.00000243, "2.4e-6")]
    [InlineData(0.0135, "0.0135")]
    [InlineData(-0.25, "-0.250")]
    [InlineData(null, "-")]
    public void Regrets_are_short(double? value, string text) => Assert.Equal(text, TextTable.Short(value));

    [Theory]
    [InlineData("--seeds", "0")]
    [InlineData("--seeds", "x")]
    [InlineData("--seeds")]
    [InlineData("--nonsense")]
    public void A_wrong_option_is_refused(params string[] words) =>
        Assert.Throws<BenchmarkException>(() => QualityOptions.Parse(words).Whole("--seeds", 1));
}
