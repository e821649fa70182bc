using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

public sealed class MetricDiagnosisTests
{
    [Fact]
    public void Values_are_summed_up()
    {
        var diagnosis = Read("loss=([0-9.]+)", "start", "loss=3", "loss=1 loss=2", "end 7");
        Assert.Equal((4, 2, 2, 3.0, 2.0), (diagnosis.Lines, diagnosis.Matched, diagnosis.FirstLine, diagnosis.First, diagnosis.Last));
        Assert.Equal((2.0, 3.0), (diagnosis.Smallest, diagnosis.Largest));
        Assert.Null(diagnosis.Problem());
        Assert.Null(diagnosis.Suggestion());
    }

    [Theory]
    [InlineData("accuracy=([0-9.]+)", "accuracy: 0.93", "The nearest is line 2: \"accuracy: 0.93\".")]
    [InlineData("Accuracy: ([0-9.]+)", "accuracy: 0.93", "which differs from the expression only in upper and lower case.")]
    [InlineData("val_acc=([0-9.]+)", "epoch 3, train_acc 0.99, val_acc 0.93", "The nearest is line 2")]
    public void The_nearest_line_is_shown_and_an_expression_that_reads_it(string regex, string line, string sentence)
    {
        var diagnosis = Read(regex, "epoch 1 of 20 took 3 s", line);
        Assert.StartsWith("2 lines were read, and none gave a value for the metric \"accuracy\".", diagnosis.Problem(), StringComparison.Ordinal);
        Assert.Contains(sentence, diagnosis.Problem(), StringComparison.Ordinal);
        var reading = Assert.Single(new MetricScraper([new MetricDefinition("m", diagnosis.Suggestion()!)], TimeProvider.System)
            .Scrape([new LogLine(0, line)], default, TestContext.Current.CancellationToken).Readings);
        Assert.Equal(0.93, reading.Value);
    }

    [Fact]
    public void A_line_that_the_expression_matches_is_nearer_than_any_that_looks_like_it()
    {
        var diagnosis = Read("accuracy=", "{\"_tuning_objective_metric\":\"accuracy\",\"accuracy_weight\":\"0.25\"}", "accuracy=0.93");
        Assert.Contains("The nearest is line 2: \"accuracy=0.93\"", diagnosis.Problem(), StringComparison.Ordinal);
        Assert.StartsWith("accuracy=(", diagnosis.Suggestion(), StringComparison.Ordinal);
        Assert.Equal(["The regular expression of the metric \"accuracy\" has no group around its number."], diagnosis.Remarks);
    }

    [Fact]
    public void A_log_without_anything_alike_has_no_nearest_line()
    {
        var diagnosis = Read("loss=([0-9.]+)", "nothing", "12345", "");
        Assert.Equal("3 lines were read, and none gave a value for the metric \"accuracy\".", diagnosis.Problem());
        Assert.Null(diagnosis.Suggestion());
    }

    [Fact]
    public void What_is_captured_and_no_number_is_counted()
    {
        var diagnosis = Read("accuracy=(.*)", "accuracy=nan", "accuracy=n/a 3");
        Assert.Equal((0, 2), (diagnosis.Matched, diagnosis.NotNumbers));
        Assert.Contains(diagnosis.Remarks, remark => remark.Contains("no finite number", StringComparison.Ordinal));
    }

    [Fact]
    public void Colours_of_a_terminal_are_not_part_of_the_line()
    {
        var diagnosis = Read("accuracy=([0-9.]+)", "\u001b[32maccuracy: 0.5\u001b[0m");
        Assert.Contains("The nearest is line 1: \"accuracy: 0.5\"", diagnosis.Problem(), StringComparison.Ordinal);
        Assert.StartsWith("accuracy:", diagnosis.Suggestion(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_very_long_line_is_shown_in_part()
    {
        var diagnosis = Read("accuracy=([0-9.]+)", "accuracy " + new string('x', 5000) + " 1");
        Assert.InRange(diagnosis.Problem()!.Length, 200, 400);
    }

    private static MetricDiagnosis Read(string regex, params string[] lines)
    {
        var diagnosis = new MetricDiagnosis(new MetricDefinition("accuracy", regex), TimeProvider.System);
        foreach (var line in lines) diagnosis.Read(line, TestContext.Current.CancellationToken);
        return diagnosis;
    }
}
