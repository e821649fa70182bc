using System.Globalization;
using System.Text.RegularExpressions;
using Rekindle.Algorithms.LightGbm;
using Rekindle.Algorithms.Tests.Tabular;

namespace Rekindle.Algorithms.Tests.LightGbm;

public sealed class LightGbmTrainingTests
{
    private static readonly Func<int, int> IsLarge = digit => digit >= 5 ? 1 : 0;

    [Fact]
    public void Learns_the_digits_as_classes()
    {
        using var folder = new TableFolder(("num_boost_round", "12"), ("early_stopping_rounds", "0"), ("_tuning_objective_metric", "multi_error"));
        var log = folder.WithDigits().Train("lightgbm-classification-model");
        Assert.Contains("objective multiclass", log, StringComparison.Ordinal);
        var errors = Metric(log, "multi_error");
        Assert.Equal((12, 12), (errors.Count, Metric(log, "multi_logloss").Count));
        Assert.InRange(errors[^1], 0, 0.1);
        // As many trees as rounds and classes.
        Assert.Equal(120, Trees(folder));
    }

    [Fact]
    public void Two_labels_make_a_binary_classifier_and_SageMakers_expression_reads_its_metric()
    {
        using var folder = new TableFolder(("num_boost_round", "10"), ("metric", "auc"));
        var log = folder.WithDigits(IsLarge).Train("lightgbm-classification-model");
        var areas = Metric(log, "auc");
        Assert.InRange(areas[^1], 0.95, 1);
        Assert.Equal(areas, Regex.Matches(log, @"auc: ([0-9\.]+)").Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Numbers_are_learnt_without_an_objective_and_a_fifth_of_the_rows_is_held_out_without_validation()
    {
        using var folder = new TableFolder(("num_boost_round", "20"), ("early_stopping_rounds", "0"));
        folder.With("train", string.Concat(Enumerable.Range(0, 200).Select(i => $"{i % 20},{i % 20},{i % 7}\n")));
        var log = folder.Train("lightgbm");
        Assert.Contains("40 rows of 'train' are held out", log, StringComparison.Ordinal);
        var errors = Metric(log, "rmse");
        Assert.Equal(20, errors.Count);
        Assert.True(errors[^1] < 0.5 * errors[0]);
    }

    [Fact]
    public void A_training_repeats_itself_with_its_seed_and_differs_with_another()
    {
        string Train(string seed)
        {
            using var folder = new TableFolder(("num_boost_round", "5"), ("objective", "binary"), ("bagging_fraction", "0.5"), ("seed", seed));
            folder.WithDigits(IsLarge).Train("lightgbm");
            return File.ReadAllText(Path.Combine(folder.Model, LightGbmTraining.ModelFile));
        }

        var first = Train("1");
        Assert.Equal(first, Train("1"));
        Assert.NotEqual(first, Train("2"));
    }

    [Fact]
    public void Early_stopping_ends_the_training_and_keeps_the_best_round()
    {
        using var folder = new TableFolder(
            ("num_boost_round", "500"), ("objective", "binary"), ("learning_rate", "0.9"), ("early_stopping_rounds", "4"));
        var losses = Metric(folder.WithDigits(IsLarge).Train("lightgbm"), "binary_logloss").ToList();
        var best = losses.IndexOf(losses.Min());
        Assert.Equal(best + 5, losses.Count);
        Assert.Equal(best + 1, Trees(folder));
    }

    [Fact]
    public void Stops_when_asked_to_with_the_model_so_far()
    {
        using var folder = new TableFolder(("num_boost_round", "100000"), ("early_stopping_rounds", "0"), ("objective", "binary"));
        folder.WithDigits(IsLarge);
        using var log = new StoppingWriter("[3]");
        TrainingPrograms.Find("lightgbm")!(new OptMl(folder.Path), log, 1, log.Token);
        Assert.Contains("Asked to stop: the model so far is saved.", log.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, Trees(folder));
    }

    [Theory]
    [InlineData("gbdt", "regression_l1", "l1")]
    [InlineData("rf", "regression", "rmse")]
    [InlineData("dart", "regression", "l2")]
    [InlineData("goss", "huber", "huber")]
    [InlineData("gbdt", "fair", "fair")]
    [InlineData("gbdt", "quantile", "quantile")]
    [InlineData("gbdt", "mape", "mape")]
    [InlineData("gbdt", "poisson", "poisson")]
    [InlineData("gbdt", "gamma", "gamma")]
    [InlineData("gbdt", "tweedie", "tweedie")]
    public void Every_kind_of_boosting_and_regression_runs_and_prints_its_metric(string boosting, string objective, string metric)
    {
        using var folder = new TableFolder(
            ("num_boost_round", "5"), ("boosting", boosting), ("objective", objective), ("metric", metric), ("bagging_fraction", boosting == "goss" ? "1.0" : "0.8"),
            ("bagging_freq", boosting == "goss" ? "0" : "1"));
        folder.With("train", string.Concat(Enumerable.Range(0, 200).Select(i => $"{1 + (i % 20)},{i % 20},{i % 7}\n")));
        var values = Metric(folder.Train("lightgbm"), metric);
        Assert.NotEmpty(values);
        Assert.All(values, value => Assert.True(double.IsFinite(value)));
    }

    [Theory]
    [InlineData("lightgbm-classification-model", "1,2\n1,3\n", "All 2 rows of the channel 'train' have the label 1")]
    [InlineData("lightgbm-classification-model", "1,2\n0.5,3\n", "row 2: the label 0.5 is not a class")]
    [InlineData("lightgbm", "1,2\n2,3\n", "There is no channel 'validation', and the 2 row(s) of 'train' are too few")]
    [InlineData("lightgbm", "", "The channel 'train' holds no row")]
    public void Data_that_does_not_fit_is_told(string algorithm, string content, string expected)
    {
        using var folder = new TableFolder();
        Assert.Contains(expected, folder.With("train", content).Refusal(algorithm), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num_leaves", "1", "num_leaves: '1' must be a whole number from 2 to 131072.")]
    [InlineData("learning_rate", "0", "learning_rate: '0' must be a number above 0 and at most 1.")]
    [InlineData("boosting", "gbtree", "boosting: 'gbtree' must be one of gbdt, rf, dart, goss.")]
    [InlineData("num_round", "3", "num_round: no such hyperparameter in lightgbm.")]
    public void Each_wrong_hyperparameter_is_named_with_its_rule(string name, string value, string expected)
    {
        using var folder = new TableFolder((name, value));
        Assert.Contains(expected, folder.With("train", "1,2\n").Refusal("lightgbm"), StringComparison.Ordinal);
    }

    [Fact]
    public void Hyperparameters_that_exclude_each_other_are_told()
    {
        using var both = new TableFolder(("is_unbalance", "True"), ("scale_pos_weight", "2"));
        Assert.Contains("must not be given together with is_unbalance True", both.Refusal("lightgbm"), StringComparison.Ordinal);
        using var forest = new TableFolder(("boosting", "rf"), ("bagging_freq", "0"));
        Assert.Contains("boosting: 'rf' needs a bagging_freq", forest.Refusal("lightgbm"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_library_refuses_is_told_in_its_words()
    {
        using var folder = new TableFolder(("objective", "binary"), ("metric", "multi_logloss"));
        folder.With("train", "1,2\n0,3\n1,4\n0,5\n1,2\n").With("validation", "1,2\n0,3\n");
        Assert.StartsWith("LightGBM refuses this training: ", folder.Refusal("lightgbm"), StringComparison.Ordinal);
    }

    private static IReadOnlyList<double> Metric(string log, string name) => TableFolder.Metric(log, "lightgbm", name);

    private static int Trees(TableFolder folder) =>
        File.ReadLines(Path.Combine(folder.Model, LightGbmTraining.ModelFile)).Count(line => line.StartsWith("Tree=", StringComparison.Ordinal));
}
