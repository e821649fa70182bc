using Rekindle.Algorithms.Rules;
using Rekindle.Algorithms.Tabular;

namespace Rekindle.Algorithms.LightGbm;

/// <summary>What is learnt and by which metric, once labels and hyperparameters are known.</summary>
/// <param name="Objective">LightGBM's name of it.</param>
/// <param name="Classes">Count of classes; 1 in a regression, and for two classes as well, as LightGBM counts.</param>
/// <param name="Metrics">What is evaluated after each round; early stopping goes by the last.</param>
internal sealed record LightGbmTask(string Objective, int Classes, IReadOnlyList<string> Metrics)
{
    // More classes than this are a regression's labels under the wrong name.
    private const int MostClasses = 10_000;

    /// <param name="algorithm">The repository name of the image: it may say whether classes or numbers are learnt.</param>
    /// <param name="values">The hyperparameters.</param>
    /// <param name="train">The rows to learn from.</param>
    /// <param name="tuned">The tuning job's objective metric; null when there is none.</param>
    /// <exception cref="ClientErrorException">The labels or the metric do not fit.</exception>
    public static LightGbmTask Find(string algorithm, HyperparameterValues values, Table train, string? tuned)
    {
        var objective = values.Text("objective")!;
        var classes = 1;
        if (objective is "multiclass" or "multiclassova" || (objective == "auto" && algorithm == "lightgbm-classification-model"))
        {
            classes = Tabular.Classes.Count(train, "train", MostClasses);
            Tabular.Classes.CheckVariety(train, "train");
            if (objective == "auto") objective = classes > 2 ? "multiclass" : "binary";
            if (objective == "binary") classes = 1;
        }
        else if (objective == "auto")
        {
            objective = "regression";
        }
        else if (objective == "binary")
        {
            Tabular.Classes.Check(train, "train", 2, forTraining: true);
        }

        var usual = values.Text("metric") is { } metric and not "auto" ? metric : DefaultMetric(objective);
        List<string> metrics = [usual];
        var name = tuned?[(tuned.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (name is not null && name != usual && LightGbmRules.Metrics.Contains(name)) metrics.Add(name);
        return new LightGbmTask(objective, classes, metrics);
    }

    /// <summary>Labels that training has not seen can't be validated.</summary>
    public void CheckValidation(Table validation)
    {
        if (Objective == "binary") Tabular.Classes.Check(validation, "validation", 2, forTraining: false);
        if (Classes > 1) Tabular.Classes.Check(validation, "validation", Classes, forTraining: false);
    }

    private static string DefaultMetric(string objective) => objective switch
    {
        "binary" => "binary_logloss",
        "multiclass" or "multiclassova" => "multi_logloss",
        "regression" => "rmse",
        "regression_l1" => "l1",
        _ => objective,
    };
}
