using Rekindle.Algorithms.Rules;

namespace Rekindle.Algorithms.LightGbm;

/// <summary>The hyperparameters of SageMaker's LightGBM. Names, ranges and defaults are those of its documentation.</summary>
/// <remarks>https://docs.aws.amazon.com/sagemaker/latest/dg/lightgbm-hyperparameters.html</remarks>
internal static class LightGbmRules
{
    /// <summary>Every metric that can be named, by LightGBM's names.</summary>
    public static IReadOnlyList<string> Metrics { get; } =
    [
        "rmse", "l1", "l2", "huber", "fair", "binary_logloss", "binary_error", "auc", "average_precision", "multi_logloss", "multi_error", "auc_mu",
        "cross_entropy", "mape", "quantile", "poisson", "gamma", "tweedie",
    ];

    /// <summary>Hyperparameters that steer this program; all others are the library's.</summary>
    public static IReadOnlyList<string> OwnNames { get; } = ["num_boost_round", "early_stopping_rounds", "metric", "objective", "num_threads"];

    public static RuleSet Set { get; } = new(
        "lightgbm",
        [
            new WholeRule("num_boost_round", 1) { Default = "100" },
            new WholeRule("early_stopping_rounds") { Default = "10" },
            new ChoiceRule("metric", ["auto", .. Metrics]) { Default = "auto" },
            new ChoiceRule(
                "objective", "auto", "regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie", "binary",
                "cross_entropy", "multiclass", "multiclassova") { Default = "auto" },
            new RealRule("learning_rate") { Above = 0, AtMost = 1, Default = "0.1" },
            new WholeRule("num_leaves", 2, 131_072) { Default = "64" },
            new RealRule("feature_fraction") { Above = 0, AtMost = 1, Default = "0.9" },
            new RealRule("bagging_fraction") { Above = 0, AtMost = 1, Default = "0.9" },
            new WholeRule("bagging_freq", 0) { Default = "1" },
            new WholeRule("max_depth") { Default = "6" },
            new WholeRule("min_data_in_leaf", 0) { Default = "3" },
            new RealRule("max_delta_step") { Default = "0.0" },
            new RealRule("lambda_l1") { AtLeast = 0, Default = "0.0" },
            new RealRule("lambda_l2") { AtLeast = 0, Default = "0.0" },
            new ChoiceRule("boosting", "gbdt", "rf", "dart", "goss") { Default = "gbdt" },
            new RealRule("min_gain_to_split") { AtLeast = 0, Default = "0.0" },
            new RealRule("scale_pos_weight") { Above = 0, Default = "1.0" },
            new ChoiceRule("tree_learner", "serial", "feature", "data", "voting") { Default = "serial" },
            new RealRule("feature_fraction_bynode") { Above = 0, AtMost = 1, Default = "1.0" },
            new FlagRule("is_unbalance", "True", "False") { Default = "False" },
            new WholeRule("max_bin", 2) { Default = "255" },
            new RealRule("tweedie_variance_power") { AtLeast = 1, Below = 2, Default = "1.5" },
            new WholeRule("num_threads", 0) { Default = "0" },
            new WholeRule("verbosity") { Default = "1" },
            new WholeRule("seed", 0) { Default = "0" },
        ]);

    /// <summary>Checks all values.</summary>
    /// <exception cref="ClientErrorException">Names every hyperparameter that is wrong or unknown.</exception>
    public static HyperparameterValues Read(IReadOnlyDictionary<string, string> given) => Set.Read(given, Together);

    /// <summary>Whether a larger value is a better one.</summary>
    public static bool IsMaximized(string metric) => metric is "auc" or "average_precision" or "auc_mu";

    private static IEnumerable<string> Together(HyperparameterValues values)
    {
        if (values.Flag("is_unbalance") && values.IsGiven("scale_pos_weight"))
            yield return RuleSet.Sentence("scale_pos_weight", values.Text("scale_pos_weight"), "must not be given together with is_unbalance True");
        if (values.Text("boosting") == "rf" && (values.Whole("bagging_freq") == 0 || values.Real("bagging_fraction") >= 1))
            yield return RuleSet.Sentence("boosting", "rf", "needs a bagging_freq of at least 1 and a bagging_fraction below 1");
    }
}
