using Rekindle.Cli.Importing;

namespace Rekindle.Cli.Tests.Importing;

/// <summary>Files that Optuna 3.1 wrote (Data/make-optuna-fixtures.py), and a journal in the manner of later versions.</summary>
public sealed class OptunaImportTests
{
    public static TheoryData<string> Files { get; } = ["storage.db", "journal-3.log", "journal-5.log"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_distribution_becomes_a_range(string file)
    {
        var job = await ReadAsync(file);

        Assert.Equal(["batch", "dropout", "layers", "lr", "momentum", "nesterov", "optimizer", "warmup", "width"], job.Ranges.Select(range => range.Name));
        var ranges = job.Ranges.ToDictionary(range => range.Name, range => (range.Kind, range.Min, range.Max, range.Scaling));
        Assert.Equal((RangeKind.Integer, "32", "256", "Linear"), ranges["batch"]);
        Assert.Equal((RangeKind.Continuous, "0.0", "0.5", "Linear"), ranges["dropout"]);
        Assert.Equal((RangeKind.Integer, "1", "8", "Linear"), ranges["layers"]);
        Assert.Equal((RangeKind.Continuous, "1e-05", "0.1", "Logarithmic"), ranges["lr"]);
        Assert.Equal((RangeKind.Continuous, "0.0", "0.99", "Linear"), ranges["momentum"]);
        Assert.Equal((RangeKind.Integer, "16", "1024", "Logarithmic"), ranges["width"]);
        Assert.Equal(["true", "false"], job.Ranges.Single(range => range.Name == "nesterov").Values);
        Assert.Equal(["sgd", "adam", "null"], job.Ranges.Single(range => range.Name == "optimizer").Values);
        Assert.Equal(["0", "2.5"], job.Ranges.Single(range => range.Name == "warmup").Values);
        Assert.Contains(job.Notes, note => note.Contains("batch, dropout", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_state_becomes_a_status(string file)
    {
        var job = await ReadAsync(file);

        Assert.Equal(("lenet", "Minimize"), (job.Name, job.Goal));
        // Fifteen were run, of which each fifth was pruned and each fifth failed; then one running, one without a finite value; the waiting one is out.
        Assert.Equal(17, job.Runs.Count);
        Assert.Equal([3, 8, 13], Where(job, run => run.Status == "Stopped"));
        Assert.Equal([4, 9, 14, 15], Where(job, run => run.Status == "Failed"));
        Assert.Equal([4, 9, 14, 15, 16], Where(job, run => run.Objective is null));
        Assert.Equal("Completed", job.Runs[16].Status);
        Assert.All(job.Runs.Take(15), run => Assert.Equal(9, run.Values.Count));
        Assert.Contains("running", job.Runs[15].FailureReason, StringComparison.Ordinal);
        Assert.Contains(job.Notes, note => note.Contains("had not begun", StringComparison.Ordinal));

        static IEnumerable<int> Where(ForeignJob job, Func<ForeignRun, bool> condition) =>
            job.Runs.Index().Where(run => condition(run.Item)).Select(run => run.Index);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_pruned_evaluation_has_what_it_reported_last_and_values_are_exact(string file)
    {
        var job = await ReadAsync(file);

        // The objective of the fixture: last report = final value + 1/3.
        foreach (var run in job.Runs.Take(15).Where(run => run.Objective is not null))
        {
            var loss = Math.Pow(Math.Log10(Number(run.Values["lr"])) + 3, 2) + 0.1 * Number(run.Values["layers"])
                + (run.Values["optimizer"] == "adam" ? 0 : 0.25);
            Assert.Equal(run.Status == "Stopped" ? loss + 1.0 / 3 : loss, run.Objective!.Value, 12);
            Assert.InRange(Number(run.Values["lr"]), 1e-5, 1e-1);
            Assert.Contains(run.Values["nesterov"], (string[])["true", "false"]);
        }

        static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Times_have_an_offset_or_are_taken_as_UTC_and_a_metric_with_a_name_keeps_it()
    {
        var (old, recent) = (await ReadAsync("journal-3.log"), await ReadAsync("journal-5.log"));

        Assert.Equal(old.Runs.Select(run => (run.Start, run.End)), recent.Runs.Select(run => (run.Start, run.End)));
        Assert.All(old.Runs.Take(15), run => Assert.True(run.Start < run.End));
        Assert.Equal(("objective", "validation:loss"), (old.Metric, recent.Metric));
        Assert.Contains(recent.Notes, note => note.Contains("cut off", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_right_study_is_taken_or_asked_for()
    {
        var searches = await OptunaDatabase.ReadAsync(PathOf("storage.db"), TestContext.Current.CancellationToken);

        Assert.Contains("--study: lenet, two-goals", Message(null), StringComparison.Ordinal);
        Assert.Contains("no search called resnet", Message("resnet"), StringComparison.Ordinal);
        Assert.Contains("2 objectives", Message("two-goals"), StringComparison.Ordinal);

        string Message(string? wanted) => Assert.Throws<FormatException>(() => OptunaImport.Make(searches, wanted, null, null, null)).Message;
    }

    [Theory]
    [InlineData("{\"op_code\": 0}\n{}\n")]
    [InlineData("{\"op_code\": 5, \"trial_id\": 99}\n{}\n")]
    [InlineData("{\"op_code\": \"zero\"}\n{}\n")]
    [InlineData("{\"op_code\": 0, \"study_name\": \"a\", \"directions\": 7}\n\n")]
    [InlineData("{\"op_code\": 4, \"study_id\": 0\n{}\n")]
    [InlineData("[]\n{}\n")]
    public void A_broken_line_is_named(string journal) =>
        Assert.Contains("Line 1 ", Assert.Throws<FormatException>(() => OptunaJournal.Read(journal, [])).Message, StringComparison.Ordinal);

    [Fact]
    public void Distributions_of_old_files_are_known()
    {
        Assert.Equal("Logarithmic", Range("""{"name": "LogUniformDistribution", "attributes": {"low": 1e-3, "high": 1.0}}""").Scaling);
        Assert.Equal(RangeKind.Integer, Range("""{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 5, "step": 2}}""").Kind);
        Assert.Equal("Logarithmic", Range("""{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 5}}""").Scaling);
        Assert.Equal("10.0", Range("""{"name": "DiscreteUniformDistribution", "attributes": {"low": 0, "high": 10, "q": 0.5}}""").Max);
        Assert.Throws<FormatException>(() => Range("""{"name": "Zeta", "attributes": {}}"""));
        Assert.Throws<FormatException>(() => Range("""{"name": "FloatDistribution", "attributes": {"low": -Infinity, "high": 1}}"""));

        static ForeignRange Range(string json) => OptunaDistribution.Parse(json).ToRange("x");
    }

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Data", file);

    private static async Task<ForeignJob> ReadAsync(string file)
    {
        var notes = new List<string>();
        var searches = file.EndsWith(".db", StringComparison.Ordinal)
            ? await OptunaDatabase.ReadAsync(PathOf(file), TestContext.Current.CancellationToken)
            : OptunaJournal.Read(await File.ReadAllTextAsync(PathOf(file), TestContext.Current.CancellationToken), notes);
        var job = OptunaImport.Make(searches, "lenet", null, null, null);
        return job with { Notes = [.. notes, .. job.Notes] };
    }
}
