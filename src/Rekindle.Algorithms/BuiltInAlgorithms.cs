namespace Rekindle.Algorithms;

/// <summary>A metric that a built-in algorithm prints.</summary>
/// <param name="Name">SageMaker's name of the metric, such as <c>validation:accuracy</c>.</param>
/// <param name="Regex">Finds the value as its first group in a log line.</param>
public sealed record BuiltInMetric(string Name, string Regex);

/// <summary>A training program that comes with Rekindle.</summary>
/// <param name="RepositoryName">The repository part of the training image, as SageMaker names its own: <c>image-classification</c>.</param>
/// <param name="Metrics">What it prints; the first is the one to tune by default.</param>
public sealed record BuiltInAlgorithm(string RepositoryName, IReadOnlyList<BuiltInMetric> Metrics)
{
    /// <summary>Further repository names of images with the same program, or with variants of it.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>All repository names.</summary>
    public IEnumerable<string> Names => OtherNames.Prepend(RepositoryName);
}

/// <summary>The table of built-in algorithms: pure data, so that the server can know them without loading them.</summary>
public static class BuiltInAlgorithms
{
    /// <summary>The small image classifier, after SageMaker's built-in algorithm of the same name.</summary>
    public static BuiltInAlgorithm ImageClassification { get; } = new(
        "image-classification",
        [
            new("validation:accuracy", @"Epoch\[\d+\] Validation-accuracy=(\S+)"),
            new("train:accuracy", @"Epoch\[\d+\] Train-accuracy=(\S+)"),
            new("validation:loss", @"Epoch\[\d+\] Validation-cross-entropy=(\S+)"),
            new("train:loss", @"Epoch\[\d+\] Train-cross-entropy=(\S+)"),
            new("validation:top_k_accuracy", @"Epoch\[\d+\] Validation-top_k_accuracy_\d+=(\S+)"),
            new("train:top_k_accuracy", @"Epoch\[\d+\] Train-top_k_accuracy_\d+=(\S+)"),
        ]);

    /// <summary>
    /// Gradient boosting by the XGBoost library, after SageMaker's algorithm. A line of its log holds all metrics of a round behind tabs,
    /// which SageMaker's own logs show as #011.
    /// </summary>
    public static BuiltInAlgorithm XGBoost { get; } = new(
        "xgboost",
        [
            .. from set in (string[])["validation", "train"]
               from metric in (string[])
               [
                   "rmse", "auc", "accuracy", "error", "logloss", "mlogloss", "merror", "f1", "map", "mae", "mse", "ndcg", "aucpr",
                   "balanced_accuracy", "precision", "recall", "r2", "rmsle", "mape", "mphe",
               ]
               select new BuiltInMetric($"{set}:{metric}", $@"^\[\d+\].*(?:#011|\t){set}-{metric}:([^\s#]+)"),
        ])
    {
        OtherNames = ["sagemaker-xgboost"],
    };

    /// <summary>Gradient boosting by the LightGBM library, after SageMaker's algorithm, whose metric names have no channel.</summary>
    public static BuiltInAlgorithm LightGbm { get; } = new(
        "lightgbm",
        [
            .. from metric in (string[])
               [
                   "rmse", "l1", "l2", "huber", "fair", "binary_logloss", "binary_error", "auc", "average_precision", "multi_logloss",
                   "multi_error", "auc_mu", "cross_entropy", "mape", "quantile", "poisson", "gamma", "tweedie",
               ]
               select new BuiltInMetric(metric, $@"valid_0's {metric}: (\S+)"),
        ])
    {
        OtherNames = ["lightgbm-classification-model", "lightgbm-regression-model"],
    };

    /// <summary>
    /// Linear models by stochastic gradient descent, after SageMaker's algorithm. Metrics come after each epoch and, of the model that is
    /// kept, once more at the end; SageMaker's own expressions find the objective loss of the epochs and the rest of the end.
    /// </summary>
    public static BuiltInAlgorithm LinearLearner { get; } = new(
        "linear-learner",
        [
            .. Linear("validation", "objective_loss", "binary_classification_accuracy", "binary_f_beta", "precision", "recall", "roc_auc_score", "mse",
                "rmse", "absolute_loss", "multiclass_accuracy", "multiclass_top_k_accuracy", "dcg", "macro_recall", "macro_precision", "macro_f_beta"),
            .. Linear("test", "objective_loss", "binary_classification_accuracy", "binary_f_beta", "precision", "recall", "roc_auc_score", "mse", "rmse",
                "absolute_loss", "multiclass_accuracy", "multiclass_top_k_accuracy", "dcg", "macro_recall", "macro_precision", "macro_f_beta"),
            .. Linear("train", "objective_loss", "binary_classification_accuracy", "binary_f_beta", "precision", "recall", "mse", "absolute_loss",
                "multiclass_accuracy"),
            new("train:progress", @"#progress_metric: host=\S+, completed (\S+) %"),
        ]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BuiltInAlgorithm> All { get; } = [ImageClassification, XGBoost, LightGbm, LinearLearner];

    /// <summary>
    /// The algorithm whose repository name a training image has, whatever its registry, account, tag or digest, e.g.
    /// <c>811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1</c>; null when there is none.
    /// </summary>
    public static BuiltInAlgorithm? ForImage(string trainingImage)
    {
        ArgumentNullException.ThrowIfNull(trainingImage);
        var name = trainingImage[(trainingImage.LastIndexOf('/') + 1)..];
        var end = name.AsSpan().IndexOfAny('@', ':');
        return All.FirstOrDefault(algorithm => algorithm.Names.Contains(end < 0 ? name : name[..end]));
    }

    private static IEnumerable<BuiltInMetric> Linear(string set, params string[] metrics) => metrics.Select(metric => new BuiltInMetric(
        $"{set}:{metric}",
        $@"#quality_metric: host=\S+,(?: epoch=\d+,)? {set} {metric switch
        {
            "objective_loss" => @"\S+_objective",
            "binary_f_beta" => @"binary_f_\S+",
            "macro_f_beta" => @"macro_f_\S+",
            "multiclass_top_k_accuracy" => @"multiclass_top_k_accuracy_\d+",
            _ => metric,
        }} <(?:loss|score)>=(\S+)"));
}
