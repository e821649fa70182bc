using Rekindle.Cli.Importing;

namespace Rekindle.Cli.Tests.Importing;

public sealed class CsvImportTests
{
    private static readonly CsvSettings Accuracy = new() { Objective = "accuracy", Goal = "max" };

    private const string Table =
        """
        lr,layers,optimizer,epochs,ratio,accuracy
        1e-5,2,adam,20,0.25,0.5
        0.1,8,sgd,20,0.5,0.75
        0.003,4,"a ""b"", c",20,1,
        0.01,3,adam,20,0.5,NaN
        """;

    [Fact]
    public void Kinds_ranges_and_scalings_are_guessed_from_the_values()
    {
        var job = CsvImport.Read(Table, Accuracy, "my runs");

        Assert.Equal(("my-runs", "accuracy", "Maximize"), (job.Name, job.Metric, job.Goal));
        Assert.Equal(["lr", "layers", "optimizer", "ratio"], job.Ranges.Select(range => range.Name));
        Assert.Equal((RangeKind.Continuous, "1e-5", "0.1", "Logarithmic"), Short(job.Ranges[0]));
        Assert.Equal((RangeKind.Integer, "2", "8", "Auto"), Short(job.Ranges[1]));
        Assert.Equal(["adam", "sgd", "a \"b\", c"], job.Ranges[2].Values);
        Assert.Equal((RangeKind.Continuous, "0.25", "1", "Auto"), Short(job.Ranges[3]));
        Assert.Equal(new Dictionary<string, string> { ["epochs"] = "20" }, job.Statics);
    }

    [Fact]
    public void An_objective_that_is_empty_or_no_number_is_a_failed_training_job()
    {
        var job = CsvImport.Read(Table, Accuracy, "runs");

        Assert.Equal(["Completed", "Completed", "Failed", "Failed"], job.Runs.Select(run => run.Status));
        Assert.Equal([0.5, 0.75, null, null], job.Runs.Select(run => run.Objective));
        Assert.All(job.Runs, run => Assert.Equal(["lr", "layers", "optimizer", "ratio"], run.Values.Keys));
    }

    [Fact]
    public void What_the_user_says_holds_over_what_is_guessed()
    {
        var job = CsvImport.Read(
            Table,
            Accuracy with
            {
                Ranges = ["lr=1e-6..1:log", "ratio=0..1:linear"],
                Integers = ["layers=1..16"],
                Categoricals = ["optimizer=adam,sgd,rmsprop"],
                Statics = ["momentum=0.9"],
                Ignored = ["epochs"],
                Metric = "validation:accuracy",
                Name = "named",
            },
            "runs");

        Assert.Equal(("named", "validation:accuracy"), (job.Name, job.Metric));
        Assert.Equal((RangeKind.Continuous, "1e-6", "1", "Logarithmic"), Short(job.Ranges[0]));
        Assert.Equal((RangeKind.Integer, "1", "16", "Auto"), Short(job.Ranges[1]));
        Assert.Equal(["adam", "sgd", "rmsprop"], job.Ranges[2].Values);
        Assert.Equal((RangeKind.Continuous, "0", "1", "Linear"), Short(job.Ranges[3]));
        Assert.Equal(new Dictionary<string, string> { ["momentum"] = "0.9" }, job.Statics);
    }

    [Fact]
    public void Lines_before_the_heading_say_the_same_as_flags_and_flags_win()
    {
        const string Settings = "# name: of-the-file\n# objective: loss\n# goal: minimize\n# range: x=0..10\n# categorical: y\r\nx;y;loss\n1;0;2\n2;1;3\n";

        var job = CsvImport.Read(Settings, new CsvSettings { Ranges = ["x=1..5"] }, "runs");

        Assert.Equal(("of-the-file", "Minimize"), (job.Name, job.Goal));
        Assert.Equal((RangeKind.Integer, "1", "5", "Auto"), Short(job.Ranges[0]));
        Assert.Equal(["0", "1"], job.Ranges[1].Values);
    }

    [Theory]
    [InlineData("", "no line with the names")]
    [InlineData("a,a,accuracy\n1,2,3", "the name 'a' of another column")]
    [InlineData("a,,accuracy\n1,2,3", "no name")]
    [InlineData("a,accuracy\n1,2,3", "Row 1 has 3 cells")]
    [InlineData("a,accuracy\n\"1,2", "not closed")]
    [InlineData("a,b\n1,2", "no column accuracy")]
    [InlineData("# colour: red\na,accuracy\n1,2", "is no setting")]
    [InlineData("PK\u0003\u0004\0\0", "no text")]
    public void A_table_that_is_none_is_refused_with_the_place(string text, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => CsvImport.Read(text, Accuracy, "runs")).Message, StringComparison.Ordinal);

    [Fact]
    public void Missing_or_wrong_settings_are_said()
    {
        Assert.Contains("--objective", Message(new CsvSettings()), StringComparison.Ordinal);
        Assert.Contains("--goal", Message(new CsvSettings { Objective = "accuracy" }), StringComparison.Ordinal);
        Assert.Contains("no goal", Message(Accuracy with { Goal = "best" }), StringComparison.Ordinal);
        Assert.Contains("no bounds", Message(Accuracy with { Ranges = ["lr=low..high"] }), StringComparison.Ordinal);
        Assert.Contains("no bounds", Message(Accuracy with { Ranges = ["lr"] }), StringComparison.Ordinal);
        Assert.Contains("no scaling", Message(Accuracy with { Ranges = ["lr=1..2:cubic"] }), StringComparison.Ordinal);
        Assert.Contains("no column depth", Message(Accuracy with { Integers = ["depth"] }), StringComparison.Ordinal);
        Assert.Contains("does not hold one value", Message(Accuracy with { Statics = ["lr"] }), StringComparison.Ordinal);

        static string Message(CsvSettings settings) => Assert.Throws<FormatException>(() => CsvImport.Read(Table, settings, "runs")).Message;
    }

    [Fact]
    public void A_column_of_too_many_texts_is_pointed_out() => Assert.Contains(
        "--ignore id",
        Assert.Throws<FormatException>(() => CsvImport.Read(
            "id,accuracy\n" + string.Join('\n', Enumerable.Range(0, 31).Select(i => $"run-{i},0.5")), Accuracy, "runs")).Message,
        StringComparison.Ordinal);

    private static (RangeKind, string, string, string) Short(ForeignRange range) => (range.Kind, range.Min, range.Max, range.Scaling);
}
