using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rekindle.Algorithms.LinearLearner;
using Rekindle.Algorithms.Tests.Tabular;

namespace Rekindle.Algorithms.Tests.LinearLearner;

public sealed class LinearLearnerTrainingTests
{
    private static readonly Func<int, int> IsLarge = digit => digit >= 5 ? 1 : 0;

    [Theory]
    [InlineData("adam", "0.1")]
    [InlineData("rmsprop", "0.02")]
    [InlineData("sgd", "0.1")]
    public void Finds_the_line_that_made_the_data_whatever_the_features_units(string optimizer, string rate)
    {
        using var folder = new TableFolder(
            ("predictor_type", "regressor"), ("mini_batch_size", "20"), ("epochs", "60"), ("optimizer", optimizer), ("learning_rate", rate),
            ("early_stopping_patience", "100"), ("lr_scheduler_step", "20"), ("lr_scheduler_factor", "0.9"));
        var random = new Random(4);
        folder.With("train", string.Concat(Enumerable.Range(0, 400).Select(_ =>
        {
            var (x, y) = (random.NextDouble(), 1000 * random.NextDouble());
            return FormattableString.Invariant($"{(300 * x) - (0.2 * y) + 50},{x},{y}\n");
        })));
        folder.Train("linear-learner");

        var (weights, biases, _) = Model(folder);
        Assert.Equal(300, weights[0][0], 3.0);
        Assert.Equal(-0.2, weights[0][1], 0.003);
        Assert.Equal(50, biases[0], 3.0);
    }

    [Fact]
    public void Learns_the_digits_as_classes_and_its_model_gives_what_the_metrics_say()
    {
        using var folder = new TableFolder(("predictor_type", "multiclass_classifier"), ("num_classes", "10"), ("mini_batch_size", "64"), ("epochs", "5"));
        var log = folder.WithDigits().Train("linear-learner");
        var accuracies = Metric(log, "validation:multiclass_accuracy");
        // One per epoch, and that of the model which is kept.
        Assert.Equal(6, accuracies.Count);
        Assert.InRange(accuracies[^1], 0.93, 1);
        Assert.True(Metric(log, "validation:multiclass_top_k_accuracy")[^1] >= accuracies[^1]);

        var (weights, biases, _) = Model(folder);
        double[][] rows = [.. File.ReadLines(Path.Combine(folder.Path, "input/data/validation/part-0"))
            .Select(line => line.Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray())];
        var right = rows.Count(row =>
        {
            var scores = weights.Select((w, c) => w.Zip(row.Skip(1), (a, b) => a * b).Sum() + biases[c]).ToList();
            return scores.IndexOf(scores.Max()) == (int)row[0];
        });
        Assert.Equal(accuracies[^1], (double)right / rows.Length, 0.005);
    }

    [Theory]
    [InlineData("regressor", "mse,rmse,absolute_loss")]
    [InlineData("binary_classifier", "binary_classification_accuracy,binary_f_beta,precision,recall,roc_auc_score")]
    [InlineData("multiclass_classifier", "multiclass_accuracy,multiclass_top_k_accuracy,dcg,macro_recall,macro_precision,macro_f_beta")]
    public void Every_metric_is_printed_after_each_epoch_and_at_the_end_in_SageMakers_form(string predictor, string names)
    {
        (string, string)[] hyperparameters = [("predictor_type", predictor), ("epochs", "2"), ("mini_batch_size", "100")];
        using var folder = new TableFolder(predictor == "multiclass_classifier" ? [.. hyperparameters, ("num_classes", "10")] : hyperparameters);
        folder.WithDigits(predictor == "binary_classifier" ? IsLarge : null).With("test", File.ReadAllText(Path.Combine(folder.Path, "input/data/validation/part-0")));
        var log = folder.Train("linear-learner");
        foreach (var name in names.Split(',').Prepend("objective_loss"))
        {
            var values = Metric(log, "validation:" + name);
            Assert.Equal(3, values.Count);
            Assert.All(values, value => Assert.True(double.IsFinite(value), name));
            Assert.Equal(values[^1], Assert.Single(Metric(log, "test:" + name)));
            // The expressions of SageMaker's own tuning jobs; for the loss they take the epochs, for the rest the end.
            var aws = name == "objective_loss" ? @"#quality_metric: host=\S+, epoch=\S+, validation \S+_objective <loss>=(\S+)"
                : $@"#quality_metric: host=\S+, validation {name.Replace("beta", @"\S+", StringComparison.Ordinal).Replace("top_k_accuracy", @"top_k_accuracy_\S+", StringComparison.Ordinal)} <(score|loss)>=(\S+)";
            Assert.Equal(name == "objective_loss" ? 2 : 1, Regex.Count(log, aws));
        }

        Assert.Equal([50, 100], Metric(log, "train:progress"));
    }

    [Fact]
    public void A_training_repeats_itself()
    {
        string Train()
        {
            using var folder = new TableFolder(("predictor_type", "binary_classifier"), ("epochs", "3"), ("mini_batch_size", "50"));
            return folder.WithDigits(IsLarge).Train("linear-learner") + File.ReadAllText(Path.Combine(folder.Model, LinearModelFile.Name));
        }

        Assert.Equal(Train(), Train());
    }

    [Fact]
    public void L1_makes_weights_vanish_and_weight_decay_makes_them_small()
    {
        double[] Weights(params (string, string)[] more)
        {
            using var folder = new TableFolder([("predictor_type", "binary_classifier"), ("mini_batch_size", "50"), .. more]);
            folder.WithDigits(IsLarge).Train("linear-learner");
            return Model(folder).Weights[0];
        }

        var plain = Weights();
        Assert.True(Weights(("l1", "0.05")).Count(weight => weight == 0) > plain.Count(weight => weight == 0) + 10);
        Assert.True(Weights(("wd", "1")).Sum(Math.Abs) < 0.5 * plain.Sum(Math.Abs));
    }

    [Fact]
    public void A_quantile_is_exceeded_as_often_as_it_says()
    {
        using var folder = new TableFolder(
            ("predictor_type", "regressor"), ("loss", "quantile_loss"), ("quantile", "0.9"), ("mini_batch_size", "50"), ("epochs", "80"), ("early_stopping_patience", "80"));
        var random = new Random(6);
        float[] labels = [.. Enumerable.Range(0, 1000).Select(_ => 100 * random.NextSingle())];
        folder.With("train", string.Concat(labels.Select(label => FormattableString.Invariant($"{label},1\n"))));
        folder.Train("linear-learner");
        var (weights, biases, _) = Model(folder);
        Assert.Equal(0.9, labels.Count(label => label < weights[0][0] + biases[0]) / 1000.0, 0.05);
    }

    [Fact]
    public void A_weight_for_positive_examples_moves_recall_up()
    {
        double Recall(string weight)
        {
            using var folder = new TableFolder(("predictor_type", "binary_classifier"), ("mini_batch_size", "50"), ("positive_example_weight_mult", weight), ("epochs", "3"));
            return Metric(folder.WithDigits(digit => digit == 8 ? 1 : 0).Train("linear-learner"), "validation:recall")[^1];
        }

        Assert.True(Recall("20.0") > Recall("1.0"));
        Assert.True(Recall("balanced") > Recall("1.0"));
    }

    [Fact]
    public void Ends_early_when_the_loss_stands_still()
    {
        using var folder = new TableFolder(("predictor_type", "regressor"), ("epochs", "1000"), ("early_stopping_patience", "2"), ("learning_rate", "1e-9"));
        var log = folder.With("train", "1,1\n2,2\n3,3\n").Train("linear-learner");
        Assert.Equal(3 + 1, Metric(log, "train:objective_loss").Count);
    }

    [Fact]
    public void Divergence_gives_no_made_up_number()
    {
        using var folder = new TableFolder(("predictor_type", "regressor"), ("optimizer", "sgd"), ("learning_rate", "1e30"), ("mini_batch_size", "1"));
        var log = folder.With("train", "1,1\n2,5\n3,3\n").Train("linear-learner");
        Assert.Contains("mse_objective <loss>=nan", log, StringComparison.Ordinal);
        Assert.All(Model(folder).Weights[0], weight => Assert.True(double.IsFinite(weight)));
    }

    [Fact]
    public void Stops_when_asked_to_with_the_best_model_so_far()
    {
        using var folder = new TableFolder(("predictor_type", "regressor"), ("epochs", "1000000"), ("early_stopping_patience", "1000000"), ("mini_batch_size", "10"));
        folder.WithDigits();
        using var log = new StoppingWriter("epoch=3, validation mse ");
        TrainingPrograms.Find("linear-learner")!(new OptMl(folder.Path), log, 1, log.Token);
        Assert.Contains("Asked to stop: the best model so far is saved.", log.ToString(), StringComparison.Ordinal);
        Assert.Equal(4 + 1, Metric(log.ToString(), "validation:mse").Count);
        Assert.Equal(64, Model(folder).Weights[0].Length);
    }

    [Theory]
    [InlineData("regressor", "1,2,\n", "row 1: feature 2 is missing; linear-learner needs every value.")]
    [InlineData("regressor", "", "The channel 'train' holds no row")]
    [InlineData("binary_classifier", "1,2\n2,1\n", "row 2: the label 2 is not a class: classes are 0 to 1.")]
    [InlineData("binary_classifier", "0,2\n0,1\n", "All 2 rows of the channel 'train' have the label 0")]
    [InlineData("multiclass_classifier", "0,2\n3,1\n", "row 2: the label 3 is not a class: classes are 0 to 2.")]
    public void Data_that_does_not_fit_is_told(string predictor, string content, string expected)
    {
        using var folder = new TableFolder([.. LinearLossTests.Given(predictor).Select(pair => (pair.Key, pair.Value))]);
        Assert.Contains(expected, folder.With("train", content).Refusal("linear-learner"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("regressor", "feature_dim", "3", "The channel 'train' has 1 features, but feature_dim is 3.")]
    [InlineData("regressor", "loss", "logistic", "loss: 'logistic' must be one of auto, squared_loss, ")]
    [InlineData("binary_classifier", "loss", "squared_loss", "loss: 'squared_loss' must be one of auto, logistic, hinge_loss with the predictor_type binary_classifier.")]
    [InlineData("multiclass_classifier", "accuracy_top_k", "4", "accuracy_top_k: '4' must not be greater than num_classes (3).")]
    [InlineData("multiclass_classifier", "num_classes", "2", "num_classes: '2' must be a whole number from 3 to 1000000.")]
    [InlineData("regressor", "predictor_type", "regression", "predictor_type: 'regression' must be one of binary_classifier, multiclass_classifier, regressor.")]
    [InlineData("regressor", "l1", "-1", "l1: '-1' must be auto or a number of at least 0.")]
    [InlineData("regressor", "momentum", "1", "momentum: '1' must be auto or a number of at least 0 and below 1.")]
    public void Each_wrong_hyperparameter_is_named_with_its_rule(string predictor, string name, string value, string expected)
    {
        using var folder = new TableFolder([.. LinearLossTests.Given(predictor, (name, value)).Select(pair => (pair.Key, pair.Value))]);
        Assert.Contains(expected, folder.With("train", "1,2\n").Refusal("linear-learner"), StringComparison.Ordinal);
    }

    private static IReadOnlyList<double> Metric(string log, string name) => TableFolder.Metric(log, "linear-learner", name);

    private static (double[][] Weights, double[] Biases, JsonElement Whole) Model(TableFolder folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Model, LinearModelFile.Name)));
        var root = document.RootElement;
        return (root.GetProperty("weights").Deserialize<double[][]>()!, root.GetProperty("biases").Deserialize<double[]>()!, root.Clone());
    }
}
