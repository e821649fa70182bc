using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Rekindle.Algorithms.Tests.Tabular;

namespace Rekindle.Algorithms.Tests.XGBoost;

/// <summary>Trainings by the library in Debian's Python or the user's.</summary>
[Trait("Needs", "xgboost")]
public sealed class XGBoostTrainingTests
{
    private static readonly Func<int, int> IsLarge = digit => digit >= 5 ? 1 : 0;

    [Fact]
    public async Task Learns_the_digits_and_leaves_a_model_that_XGBoost_loads()
    {
        using var folder = new TableFolder(
            ("num_round", "8"), ("objective", "multi:softmax"), ("num_class", "10"), ("eval_metric", "merror,mlogloss"), ("_tuning_objective_metric", "validation:accuracy"));
        var log = folder.WithDigits().Train("xgboost");

        var accuracies = Metric(log, "validation:accuracy");
        Assert.Equal(8, accuracies.Count);
        Assert.InRange(accuracies[^1], 0.9, 1);
        Assert.Equal(1 - Metric(log, "validation:merror")[^1], accuracies[^1], 1e-6);
        // SageMaker's own expression has to read the objective as well: it stands at the end of a line whose tabs SageMaker shows as #011.
        var aws = new Regex(@".*\[[0-9]+\].*#011validation-accuracy:(\S+)");
        Assert.Equal(accuracies, log.Replace("\t", "#011", StringComparison.Ordinal).Split('\n').Select(line => aws.Match(line))
            .Where(match => match.Success).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));

        var predicted = await Python(
            """
            import sys, numpy as np, xgboost as xgb
            model = xgb.Booster(); model.load_model(sys.argv[1] + "/model/xgboost-model")
            rows = np.loadtxt(sys.argv[1] + "/input/data/validation/part-0", delimiter=",")
            print(repr(float(np.mean(model.predict(xgb.DMatrix(rows[:, 1:])) == rows[:, 0]))))
            """,
            folder.Path);
        Assert.Equal(accuracies[^1], double.Parse(predicted, CultureInfo.InvariantCulture), 1e-6);
    }

    [Fact]
    public void A_training_repeats_itself_with_its_seed_and_differs_with_another()
    {
        string Train(string seed)
        {
            using var folder = new TableFolder(("num_round", "5"), ("objective", "binary:logistic"), ("subsample", "0.5"), ("seed", seed));
            return folder.WithDigits(IsLarge).Train("xgboost");
        }

        var first = Train("1");
        Assert.Equal(first, Train("1"));
        Assert.NotEqual(first, Train("2"));
    }

    [Fact]
    public void Every_metric_of_a_binary_classifier_has_its_value_in_each_round()
    {
        using var folder = new TableFolder(
            ("num_round", "3"), ("objective", "binary:logistic"),
            ("eval_metric", "auc,aucpr,error,logloss,map,ndcg,accuracy,balanced_accuracy,f1,precision,recall"));
        var log = folder.WithDigits(IsLarge).Train("xgboost");
        double Last(string name)
        {
            var values = Metric(log, name);
            Assert.Equal(3, values.Count);
            return values[^1];
        }

        foreach (var set in (string[])["train", "validation"])
        {
            foreach (var name in (string[])["auc", "aucpr", "logloss", "map", "ndcg", "balanced_accuracy"]) Assert.InRange(Last($"{set}:{name}"), 0.1, 1);
            Assert.Equal(1 - Last($"{set}:error"), Last($"{set}:accuracy"), 1e-6);
            var (precision, recall) = (Last($"{set}:precision"), Last($"{set}:recall"));
            Assert.Equal(2 * precision * recall / (precision + recall), Last($"{set}:f1"), 1e-6);
        }
    }

    [Fact]
    public void Every_metric_of_a_regression_has_its_value_in_each_round()
    {
        using var folder = new TableFolder(("num_round", "3"), ("eval_metric", "rmse,mae,mape,mphe,rmsle,mse,r2"), ("max_depth", "3"));
        var log = folder.WithDigits(digit => digit + 1).Train("xgboost");
        foreach (var name in (string[])["mae", "mape", "mphe", "rmsle", "r2"])
        {
            Assert.Equal(3, Metric(log, "validation:" + name).Count);
            Assert.True(double.IsFinite(Metric(log, "validation:" + name)[^1]));
        }

        var squares = Metric(log, "validation:rmse").Select(rmse => rmse * rmse);
        Assert.All(squares.Zip(Metric(log, "validation:mse")), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void Sparse_rows_and_weights_are_trained_on_as_the_same_dense_rows()
    {
        const string Dense = "0,1,5,1\n0,1,6,2\n1,1,1,5\n1,1,2,6\n0,1,4,1\n1,1,1,7\n1,0,5,1\n";
        const string Sparse = "0 0:5 1:1\n0 0:6 1:2\n1 0:1 1:5\n1 0:2 1:6\n0 0:4 1:1\n1 0:1 1:7\n";
        (string, string)[] hyperparameters = [("num_round", "3"), ("objective", "binary:logistic"), ("min_child_weight", "0"), ("base_score", "0.5")];
        using var weighted = new TableFolder([.. hyperparameters, ("csv_weights", "1")]);
        using var plain = new TableFolder(hyperparameters);

        var dense = Metric(weighted.With("train", Dense).Typed(("train", "text/csv")).Train("xgboost"), "train:logloss");
        var sparse = Metric(plain.With("train", Sparse).Typed(("train", "text/libsvm")).Train("xgboost"), "train:logloss");

        Assert.Equal(3, dense.Count);
        // The last dense row has no weight, so it changes nothing.
        Assert.All(dense.Zip(sparse), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.True(dense[^1] < dense[0]);
    }

    [Fact]
    public async Task Early_stopping_ends_the_training_and_keeps_the_best_round()
    {
        using var folder = new TableFolder(
            ("num_round", "500"), ("objective", "binary:logistic"), ("eta", "1"), ("early_stopping_rounds", "5"), ("eval_metric", "logloss"));
        var log = folder.WithDigits(IsLarge).Train("xgboost");
        var losses = Metric(log, "validation:logloss");
        var best = losses.ToList().IndexOf(losses.Min());
        Assert.Equal(best + 6, losses.Count);
        Assert.Equal(
            (best + 1).ToString(CultureInfo.InvariantCulture),
            await Python("import sys, xgboost as xgb; m = xgb.Booster(); m.load_model(sys.argv[1] + '/model/xgboost-model'); print(m.num_boosted_rounds())", folder.Path));
    }

    [Fact]
    public void Stops_when_asked_to_with_a_model_and_goes_on_from_its_checkpoint()
    {
        using var folder = new TableFolder(("num_round", "100000"), ("objective", "binary:logistic"));
        folder.WithDigits(IsLarge);
        Directory.CreateDirectory(Path.Combine(folder.Path, "checkpoints"));
        using var log = new StoppingWriter("[3]");
        TrainingPrograms.Find("xgboost")!(new OptMl(folder.Path), log, 1, log.Token);
        Assert.Contains("Asked to stop: the model so far is saved.", log.ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.Model, "xgboost-model")));
        var done = Metric(log.ToString(), "validation:logloss").Count;

        using var again = new StoppingWriter($"[{done}]");
        TrainingPrograms.Find("xgboost")!(new OptMl(folder.Path), again, 1, again.Token);
        Assert.Contains($"Going on from the checkpoint after round {done}.", again.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain($"[{done - 1}]", again.ToString(), StringComparison.Ordinal);
        Assert.True(Metric(again.ToString(), "validation:logloss")[0] <= Metric(log.ToString(), "validation:logloss")[0]);
    }

    [Fact]
    public void What_the_library_refuses_is_told_in_its_words()
    {
        using var folder = new TableFolder(("num_round", "1"), ("booster", "gblinear"), ("updater", "prune"));
        Assert.Equal("XGBoost refuses this training: Unknown linear updater prune", folder.With("train", "1,2\n2,3\n").Refusal("xgboost"));
    }

    private static IReadOnlyList<double> Metric(string log, string name) => TableFolder.Metric(log, "xgboost", name);

    /// <summary>What a program prints in the first Python that has XGBoost.</summary>
    private static async Task<string> Python(string code, string argument)
    {
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", code, argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var printed = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode == 0) return printed.Trim();
            var said = await errors;
            Assert.True(said.Contains("No module named", StringComparison.Ordinal), said);
        }

        throw new InvalidOperationException("Install python3-xgboost.");
    }
}
