using Rekindle.Algorithms.Rules;

namespace Rekindle.Algorithms.LinearLearner;

/// <summary>The hyperparameters of SageMaker's linear learner. Names, ranges and defaults are those of its documentation.</summary>
/// <remarks>https://docs.aws.amazon.com/sagemaker/latest/dg/ll_hyperparameters.html</remarks>
internal static class LinearRules
{
    private static readonly string[] Auto = ["auto"];

    private static readonly string[] RegressionLosses =
        ["squared_loss", "absolute_loss", "eps_insensitive_squared_loss", "eps_insensitive_absolute_loss", "quantile_loss", "huber_loss"];

    public static RuleSet Set { get; } = new(
        "linear-learner",
        [
            new ChoiceRule("predictor_type", "binary_classifier", "multiclass_classifier", "regressor") { Required = true },
            new WholeRule("num_classes", 3, 1_000_000),
            new WholeRule("feature_dim", 1) { Words = Auto, Default = "auto" },
            new WholeRule("accuracy_top_k", 1) { Default = "3" },
            new FlagRule("balance_multiclass_weights") { Default = "false" },
            new RealRule("beta_1") { AtLeast = 0, Below = 1, Words = Auto, Default = "auto" },
            new RealRule("beta_2") { AtLeast = 0, Below = 1, Words = Auto, Default = "auto" },
            new RealRule("bias_lr_mult") { Above = 0, Words = Auto, Default = "auto" },
            new RealRule("bias_wd_mult") { AtLeast = 0, Words = Auto, Default = "auto" },
            new ChoiceRule(
                "binary_classifier_model_selection_criteria",
                "accuracy", "f_beta", "precision_at_target_recall", "recall_at_target_precision", "loss_function") { Default = "accuracy" },
            new WholeRule("early_stopping_patience", 1) { Default = "3" },
            new RealRule("early_stopping_tolerance") { Above = 0, Default = "0.001" },
            new WholeRule("epochs", 1) { Default = "15" },
            new RealRule("f_beta") { Above = 0, Default = "1.0" },
            new RealRule("huber_delta") { Above = 0, Default = "1.0" },
            new RealRule("init_bias") { Default = "0" },
            new ChoiceRule("init_method", "uniform", "normal") { Default = "uniform" },
            new RealRule("init_scale") { Above = 0, Default = "0.07" },
            new RealRule("init_sigma") { Above = 0, Default = "0.01" },
            new RealRule("l1") { AtLeast = 0, Words = Auto, Default = "auto" },
            new RealRule("learning_rate") { Above = 0, Words = Auto, Default = "auto" },
            new ChoiceRule("loss", ["auto", "logistic", "hinge_loss", "softmax_loss", .. RegressionLosses]) { Default = "auto" },
            new RealRule("loss_insensitivity") { Above = 0, Default = "0.01" },
            new RealRule("lr_scheduler_factor") { Above = 0, Below = 1, Words = Auto, Default = "auto" },
            new RealRule("lr_scheduler_minimum_lr") { Above = 0, Words = Auto, Default = "auto" },
            new WholeRule("lr_scheduler_step", 1) { Words = Auto, Default = "auto" },
            new RealRule("margin") { Above = 0, Default = "1.0" },
            new WholeRule("mini_batch_size", 1) { Default = "1000" },
            new RealRule("momentum") { AtLeast = 0, Below = 1, Words = Auto, Default = "auto" },
            new FlagRule("normalize_data") { Words = Auto, Default = "true" },
            new FlagRule("normalize_label") { Words = Auto, Default = "auto" },
            new WholeRule("num_calibration_samples", 1) { Words = Auto, Default = "auto" },
            new WholeRule("num_models", 1) { Words = Auto, Default = "auto" },
            new WholeRule("num_point_for_scaler", 1) { Default = "10000" },
            new ChoiceRule("optimizer", "auto", "sgd", "adam", "rmsprop") { Default = "auto" },
            new RealRule("positive_example_weight_mult") { Above = 0, Words = ["balanced", "auto"], Default = "1.0" },
            new RealRule("quantile") { Above = 0, Below = 1, Default = "0.5" },
            new RealRule("target_precision") { AtLeast = 0, AtMost = 1, Default = "0.8" },
            new RealRule("target_recall") { AtLeast = 0, AtMost = 1, Default = "0.8" },
            new FlagRule("unbias_data") { Words = Auto, Default = "auto" },
            new FlagRule("unbias_label") { Words = Auto, Default = "auto" },
            new FlagRule("use_bias") { Default = "true" },
            new FlagRule("use_lr_scheduler") { Default = "true" },
            new RealRule("wd") { AtLeast = 0, Words = Auto, Default = "auto" },
        ]);

    /// <summary>Checks all values.</summary>
    /// <exception cref="ClientErrorException">Names every hyperparameter that is wrong, missing or unknown.</exception>
    public static HyperparameterValues Read(IReadOnlyDictionary<string, string> given) => Set.Read(given, Together);

    /// <summary>The loss by its name, <c>auto</c> resolved.</summary>
    public static string LossOf(HyperparameterValues values) => values.Text("loss") is { } loss and not "auto" ? loss : LossesOf(values)[0];

    private static string[] LossesOf(HyperparameterValues values) => values.Text("predictor_type") switch
    {
        "binary_classifier" => ["logistic", "hinge_loss"],
        "multiclass_classifier" => ["softmax_loss"],
        _ => RegressionLosses,
    };

    private static IEnumerable<string> Together(HyperparameterValues values)
    {
        var predictor = values.Text("predictor_type");
        var losses = LossesOf(values);
        if (values.Text("loss") is { } loss and not "auto" && !losses.Contains(loss))
            yield return RuleSet.Sentence("loss", loss, $"must be one of auto, {string.Join(", ", losses)} with the predictor_type {predictor}");
        if (predictor != "multiclass_classifier") yield break;
        if (!values.IsGiven("num_classes")) yield return "num_classes: required with the predictor_type multiclass_classifier, but not given.";
        else if (values.IsGiven("accuracy_top_k") && values.Whole("accuracy_top_k") > values.Whole("num_classes"))
            yield return RuleSet.Sentence("accuracy_top_k", values.Text("accuracy_top_k"), $"must not be greater than num_classes ({values.Whole("num_classes")})");
    }
}
