using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rekindle.Cli.Tests.Suggesting;

public sealed partial class SuggestFilesTests
{
    private const string Requests =
        """
        {"op":"ask","count":2}
        {"op":"tell","id":"1","value":0.25}
        {"op":"ask"}
        """;

    private const string WarmStart =
        """
        {"WarmStartType": "TransferLearning",
         "Parents": [{"Name": "earlier",
           "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.01", "MaxValue": "1"}],
                               "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "20"}]},
           "StaticHyperParameters": {"booster": "tree"},
           "TrainingJobs": [{"HyperParameters": {"eta": "0.5", "depth": "4"}, "Value": 0.3},
                            {"HyperParameters": {"eta": "0.125", "depth": "5"}, "Value": 0.1},
                            {"HyperParameters": {"eta": "0.2", "depth": "6"}, "Value": NaN},
                            {"HyperParameters": {"eta": "0.3", "depth": "6"}, "Value": null}]}]}
        """;

    [Fact]
    public async Task Equal_seeds_give_equal_answers_and_the_option_wins_over_the_file()
    {
        var file = await OutputAsync(SuggestRun.Space);
        var option = await OutputAsync(SuggestRun.Space, "--seed", "8");

        Assert.Equal(file, await OutputAsync(SuggestRun.Space));
        Assert.Equal(file, await OutputAsync(SuggestRun.Space, "--seed", "7"));
        Assert.NotEqual(file, option);
        Assert.Equal(option, await OutputAsync(Unseeded, "--seed", "8"));
    }

    [Fact]
    public async Task Without_a_seed_every_run_draws_its_own() => Assert.NotEqual(await OutputAsync(Unseeded), await OutputAsync(Unseeded));

    [Fact]
    public async Task A_warm_start_begins_with_the_best_of_the_parent()
    {
        using var run = new SuggestRun();
        var output = await run.RunAsync(Bayesian, WarmStart, """{"op":"ask"}""");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var suggestion = JsonDocument.Parse(output).RootElement.GetProperty("suggestions")[0];
        var texts = suggestion.GetProperty("HyperParameters");
        Assert.Equal("parent", suggestion.GetProperty("Origin").GetString());
        Assert.Equal(0.125, double.Parse(texts.GetProperty("eta").GetString()!), 1e-9);
        Assert.Equal(("5", "tree"), (texts.GetProperty("depth").GetString(), texts.GetProperty("booster").GetString()));
    }

    [Fact]
    public async Task Everything_wrong_with_a_space_is_said_at_once()
    {
        const string Wrong =
            """
            {"Strategy": "Gradient",
             "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
             "ResourceLimits": {"MaxNumberOfTrainingJobs": 0, "MaxParallelTrainingJobs": 4},
             "ParameterRanges": {
               "ContinuousParameterRanges": [{"Name": "a", "MinValue": "2", "MaxValue": "1"},
                                             {"Name": "b", "MinValue": "0", "MaxValue": "1", "ScalingType": "Logarithmic"},
                                             {"Name": "c", "MinValue": "0", "MaxValue": "1", "ScalingType": "ReverseLogarithmic"},
                                             {"Name": "d", "MinValue": "x", "MaxValue": "inf"},
                                             {"Name": "e", "MinValue": "0"},
                                             {"Name": "f", "MinValue": "0", "MaxValue": "1", "ScalingType": "Cubic"}],
               "IntegerParameterRanges": [{"Name": "g", "MinValue": "1.5", "MaxValue": "3"}, {"Name": "a", "MinValue": "1", "MaxValue": "3"}],
               "CategoricalParameterRanges": [{"Name": "h", "Values": ["x", "x"]}, {"Name": "i", "Values": []}]}}
            """;
        using var run = new SuggestRun();
        var output = await run.RunAsync(Wrong, null, Requests);

        Assert.Equal((1, ""), (run.ExitCode, output));
        Assert.StartsWith("error: ValidationException: ", run.Errors, StringComparison.Ordinal);
        Assert.All(
            (string[])
            [
                "'Gradient'", "maxNumberOfTrainingJobs", "MinValue 2 of the hyperparameter a is greater", "hyperparameter b has 0",
                "hyperparameter c has [0, 1]", "'x'", "'inf'", "Value null at 'parameterRanges.continuousParameterRanges.5.member.maxValue'", "'Cubic'",
                "'1.5'", "hyperparameter a is in more than one range", "'x' of the categorical hyperparameter h is specified 2 times", "Value '[]'",
            ],
            text => Assert.Contains(text, run.Errors, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nonsense", "SerializationException")]
    [InlineData("[]", "SerializationException")]
    [InlineData("""{"Strategy": "Random", "Strategey": "Random"}""", "SerializationException")]
    [InlineData("{}", "ValidationException")]
    [InlineData("""{"Strategy": "Random", "ResourceLimits": {"MaxParallelTrainingJobs": 1}}""", "ValidationException")]
    public async Task A_file_that_is_no_space_is_refused(string space, string code)
    {
        using var run = new SuggestRun();
        await run.RunAsync(space, null, Requests);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"error: {code}: ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grid_takes_categories_only_and_its_own_size()
    {
        using var run = new SuggestRun();
        await run.RunAsync(SuggestRun.Space.Replace("\"Random\"", "\"Grid\"", StringComparison.Ordinal), null, Requests);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("The strategy Grid supports categorical parameter ranges only", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        using var run = new SuggestRun();
        await run.RunAsync(SuggestRun.Space, null, Requests, "--warm-start", "/nowhere/parents.json");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: FileUnreadable: /nowhere/parents.json", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_wrong_with_a_warm_start_is_said_at_once()
    {
        const string Wrong =
            """
            {"WarmStartType": "Lukewarm",
             "Parents": [{"ParameterRanges": {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "1", "MaxValue": "0"}]}},
                         {"Name": "p"},
                         {"Name": "p", "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0", "MaxValue": "1"}]},
                          "StaticHyperParameters": {"booster": "tree", "depth": "3"}, "TrainingJobs": [{"Value": 1}]}]}
            """;
        using var run = new SuggestRun();
        await run.RunAsync(Bayesian, Wrong, Requests);

        Assert.Equal(1, run.ExitCode);
        Assert.All(
            (string[])
            [
                "'Lukewarm'", "Parent 1: Name is missing.", "Parent 1: The MinValue 1 of the hyperparameter eta", "Parent 1: the hyperparameter depth",
                "Parent p: ParameterRanges are missing.", "Parent p: occurs twice.", "Parent p: TrainingJobs, member 1",
            ],
            text => Assert.Contains(text, run.Errors, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"WarmStartType": "TransferLearning"}""", "Parents must have 1 to 5 members, and has 0.")]
    [InlineData("""{"WarmStartType": "TransferLearning", "Parents": [null,null,null,null,null,null]}""", "Parents must have 1 to 5 members, and has 6.")]
    public async Task A_warm_start_has_one_to_five_parents(string warmStart, string sentence)
    {
        using var run = new SuggestRun();
        await run.RunAsync(Bayesian, warmStart, Requests);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_teaches_the_files_and_the_requests()
    {
        using var run = new SuggestRun();
        var output = await run.RunAsync(SuggestRun.Space, null, "", "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.All(
            (string[])["\"op\":\"ask\"", "\"op\":\"tell\"", "\"op\":\"report\"", "\"op\":\"best\"", "\"ParameterRanges\"", "\"WarmStartType\""],
            text => Assert.Contains(text, output, StringComparison.Ordinal));
    }

    private static string Unseeded => SuggestRun.Space.Replace(",\n \"RandomSeed\": 7", "", StringComparison.Ordinal);

    private static string Bayesian => SuggestRun.Space.Replace("\"Random\"", "\"Bayesian\"", StringComparison.Ordinal);

    private static async Task<string> OutputAsync(string space, params string[] options)
    {
        using var run = new SuggestRun();
        var output = await run.RunAsync(space, null, Requests, options);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        return Seconds().Replace(output, "");
    }

    [GeneratedRegex(",\"seconds\":[^}]*")]
    private static partial Regex Seconds();
}
