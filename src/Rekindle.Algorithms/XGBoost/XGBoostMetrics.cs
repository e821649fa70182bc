namespace Rekindle.Algorithms.XGBoost;

/// <summary>The evaluation metrics that can be named: those of the library, and those that SageMaker adds.</summary>
internal static class XGBoostMetrics
{
    /// <summary>Computed beside the library by the training program.</summary>
    public static IReadOnlyList<string> Added { get; } = ["accuracy", "balanced_accuracy", "f1", "precision", "recall", "mse", "r2"];

    public static IReadOnlyList<string> OfLibrary { get; } =
    [
        "auc", "aucpr", "error", "logloss", "map", "mae", "mape", "merror", "mlogloss", "mphe", "ndcg", "rmse", "rmsle",
        "aft-nloglik", "cox-nloglik", "gamma-deviance", "gamma-nloglik", "poisson-nloglik", "tweedie-nloglik",
    ];

    private static readonly string[] Classification = ["accuracy", "balanced_accuracy", "f1", "precision", "recall"];

    private static readonly string[] Larger = ["auc", "aucpr", "map", "ndcg", "r2", .. Classification];

    /// <summary>Whether a name is one, with a threshold or a rank behind an @ where that is possible.</summary>
    public static bool IsKnown(string metric)
    {
        var parts = metric.Split('@');
        if (parts.Length == 1) return OfLibrary.Contains(metric) || Added.Contains(metric);
        return parts.Length == 2
            && (parts[0] is "error" ? IsNumber(parts[1]) : parts[0] is "ndcg" or "map" && IsNumber(parts[1].TrimEnd('-')));
    }

    /// <summary>Whether a larger value is a better one.</summary>
    public static bool IsMaximized(string metric) => Larger.Contains(metric.Split('@')[0]);

    /// <summary>Why a metric can't be computed for an objective, to follow "must"; null when it can.</summary>
    public static string? Misfit(string metric, string objective)
    {
        var (classes, binary) = (objective.StartsWith("multi:", StringComparison.Ordinal), objective.StartsWith("binary:", StringComparison.Ordinal));
        var name = metric.Split('@')[0];
        if (name is "mlogloss" or "merror") return classes ? null : "go with an objective multi:softmax or multi:softprob";
        if (Classification.Contains(name) && !classes && !binary) return "go with an objective binary:… or multi:…";
        if (name is "mse" or "r2" && (classes || binary)) return "go with an objective of a regression";
        if (name is "auc" or "aucpr" && !classes && !binary && !objective.StartsWith("rank:", StringComparison.Ordinal) && objective != "reg:logistic")
            return "go with an objective of a classification or a ranking";
        return name == "aft-nloglik" && objective != "survival:aft" ? "go with the objective survival:aft" : null;
    }

    /// <summary>What the library takes when no metric is named.</summary>
    public static string DefaultOf(string objective) => objective switch
    {
        "binary:logistic" or "binary:logitraw" => "logloss",
        "binary:hinge" => "error",
        "multi:softmax" or "multi:softprob" => "mlogloss",
        "count:poisson" => "poisson-nloglik",
        "rank:pairwise" or "rank:map" => "map",
        "rank:ndcg" => "ndcg",
        "reg:gamma" => "gamma-nloglik",
        "reg:pseudohubererror" => "mphe",
        "reg:squaredlogerror" => "rmsle",
        "reg:tweedie" => "tweedie-nloglik",
        "survival:aft" => "aft-nloglik",
        "survival:cox" => "cox-nloglik",
        _ => "rmse",
    };

    private static bool IsNumber(string text) =>
        double.TryParse(text, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out _);
}
