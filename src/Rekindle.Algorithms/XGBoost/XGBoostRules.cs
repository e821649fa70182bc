using System.Text.Json;
using System.Text.RegularExpressions;
using Rekindle.Algorithms.Rules;

namespace Rekindle.Algorithms.XGBoost;

/// <summary>The hyperparameters of SageMaker's XGBoost. Names, ranges and defaults are those of its documentation and of its container.</summary>
/// <remarks>https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html</remarks>
internal static partial class XGBoostRules
{
    /// <summary>Hyperparameters that steer this program; all others are the library's.</summary>
    public static IReadOnlyList<string> OwnNames { get; } = ["num_round", "csv_weights", "early_stopping_rounds", "eval_metric", "save_model_on_termination"];

    public static RuleSet Set { get; } = new(
        "xgboost",
        [
            new WholeRule("num_round", 1) { Required = true },
            new WholeRule("num_class", 2),
            new RealRule("alpha") { AtLeast = 0, Default = "0" },
            new ChoiceRule("aft_loss_distribution", "normal", "logistic", "extreme") { Default = "normal" },
            new RealRule("aft_loss_distribution_scale") { Above = 0, Default = "1" },
            new RealRule("base_score") { AtLeast = 0, Default = "0.5" },
            new ChoiceRule("booster", "gbtree", "gblinear", "dart") { Default = "gbtree" },
            new RealRule("colsample_bylevel") { Above = 0, AtMost = 1, Default = "1" },
            new RealRule("colsample_bynode") { Above = 0, AtMost = 1, Default = "1" },
            new RealRule("colsample_bytree") { Above = 0, AtMost = 1, Default = "1" },
            new WholeRule("csv_weights", 0, 1) { Default = "0" },
            new FlagRule("deterministic_histogram"),
            new WholeRule("early_stopping_rounds", 1),
            new RealRule("eta") { AtLeast = 0, AtMost = 1, Default = "0.3" },
            new FormRule("eval_metric", "metrics of XGBoost or SageMaker, separated by commas", text => Names(text) is { Count: > 0 } names && names.All(XGBoostMetrics.IsKnown)),
            new RealRule("gamma") { AtLeast = 0, Default = "0" },
            new ChoiceRule("grow_policy", "depthwise", "lossguide") { Default = "depthwise" },
            new FormRule("interaction_constraints", "nested lists of whole numbers, such as [[1,2],[3,4]]", AreNestedLists),
            new RealRule("lambda") { AtLeast = 0, Default = "1" },
            new RealRule("lambda_bias") { AtLeast = 0, AtMost = 1, Default = "0" },
            new WholeRule("max_bin", 2) { Default = "256" },
            new RealRule("max_delta_step") { AtLeast = 0, Default = "0" },
            new WholeRule("max_depth", 0) { Default = "6" },
            new WholeRule("max_leaves", 0) { Default = "0" },
            new RealRule("min_child_weight") { AtLeast = 0, Default = "1" },
            new FormRule("monotone_constraints", "a tuple of -1, 0 and 1, such as (0,1)", text => Tuple().IsMatch(text)),
            new ChoiceRule("normalize_type", "tree", "forest") { Default = "tree" },
            new WholeRule("nthread", 1),
            new WholeRule("num_parallel_tree", 1) { Default = "1" },
            new ChoiceRule(
                "objective",
                "binary:hinge", "binary:logistic", "binary:logitraw", "count:poisson", "multi:softmax", "multi:softprob", "rank:map", "rank:ndcg",
                "rank:pairwise", "reg:gamma", "reg:linear", "reg:logistic", "reg:pseudohubererror", "reg:squarederror", "reg:squaredlogerror",
                "reg:tweedie", "survival:aft", "survival:cox") { Default = "reg:squarederror" },
            new WholeRule("one_drop", 0, 1) { Default = "0" },
            new RealRule("rate_drop") { AtLeast = 0, AtMost = 1, Default = "0" },
            new ChoiceRule("sample_type", "uniform", "weighted") { Default = "uniform" },
            new FlagRule("save_model_on_termination"),
            new RealRule("scale_pos_weight") { Above = 0, Default = "1" },
            new WholeRule("seed") { Default = "0" },
            new FlagRule("single_precision_histogram"),
            new RealRule("sketch_eps") { Above = 0, Below = 1, Default = "0.03" },
            new RealRule("skip_drop") { AtLeast = 0, AtMost = 1, Default = "0" },
            new RealRule("subsample") { Above = 0, AtMost = 1, Default = "1" },
            new ChoiceRule("tree_method", "auto", "exact", "approx", "hist") { Default = "auto" },
            new RealRule("tweedie_variance_power") { Above = 1, Below = 2, Default = "1.5" },
            new FormRule("updater", "names of updaters, separated by commas", text => Names(text) is { Count: > 0 } names && names.All(name => Updater().IsMatch(name))),
            new WholeRule("verbosity", 0, 3) { Default = "1" },
        ],
        new Dictionary<string, string>
        {
            ["_kfold"] = "there is no cross-validation within a training job",
            ["_num_cv_round"] = "there is no cross-validation within a training job",
            ["dsplit"] = "a training runs on one machine",
            ["predictor"] = "the library chooses it",
            ["process_type"] = "there is no model to update",
            ["refresh_leaf"] = "there is no model to update",
            ["use_dask_gpu_training"] = "a training runs on processors",
        });

    /// <summary>Checks all values.</summary>
    /// <exception cref="ClientErrorException">Names every hyperparameter that is wrong, missing or unknown.</exception>
    public static HyperparameterValues Read(IReadOnlyDictionary<string, string> given) => Set.Read(given, Together);

    /// <summary>The metrics to evaluate, the tuning job's objective last: early stopping goes by the last.</summary>
    /// <param name="values">The hyperparameters.</param>
    /// <param name="objectiveMetric"><c>validation:auc</c> or the like, which the platform adds; null when it does not tune.</param>
    public static IReadOnlyList<string> Metrics(HyperparameterValues values, string? objectiveMetric)
    {
        var objective = values.Text("objective")!;
        List<string> metrics = values.Text("eval_metric") is { } text ? [.. Names(text).Distinct()] : [];
        var tuned = objectiveMetric?[(objectiveMetric.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (tuned is not null && XGBoostMetrics.IsKnown(tuned))
        {
            if (XGBoostMetrics.Misfit(tuned, objective) is { } misfit)
                throw new ClientErrorException($"The objective metric {objectiveMetric} must {misfit}; objective is '{objective}'.");
            metrics.Remove(tuned);
            metrics.Add(tuned);
        }

        return metrics.Count > 0 ? metrics : [XGBoostMetrics.DefaultOf(objective)];
    }

    private static IEnumerable<string> Together(HyperparameterValues values)
    {
        var objective = values.Text("objective")!;
        var isMulti = objective.StartsWith("multi:", StringComparison.Ordinal);
        if (isMulti && !values.IsGiven("num_class")) yield return $"num_class: required with the objective {objective}, but not given.";
        if (!isMulti && values.IsGiven("num_class"))
            yield return RuleSet.Sentence("num_class", values.Text("num_class"), $"goes with the objectives multi:softmax and multi:softprob only; objective is '{objective}'");
        if (values.Text("eval_metric") is { } metrics)
        {
            foreach (var metric in Names(metrics).Distinct())
            {
                if (XGBoostMetrics.Misfit(metric, objective) is { } misfit)
                    yield return RuleSet.Sentence("eval_metric", metric, $"must {misfit}; objective is '{objective}'");
            }
        }

        if (objective is "binary:logistic" or "reg:logistic" && values.Real("base_score") is <= 0 or >= 1)
            yield return RuleSet.Sentence("base_score", values.Text("base_score"), $"must be a number above 0 and below 1 with the objective {objective}");
        if (values.IsGiven("max_leaves") && values.Whole("max_depth") == 0 && values.Text("grow_policy") == "depthwise")
            yield return RuleSet.Sentence("max_depth", "0", "must be at least 1 with the grow_policy depthwise");
    }

    // A client that encodes values as JSON sends a list as one.
    private static List<string> Names(string text) =>
    [
        .. (text.StartsWith('[') && text.EndsWith(']') ? text[1..^1].Replace("\"", "", StringComparison.Ordinal) : text)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    ];

    private static bool AreNestedLists(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array && document.RootElement.EnumerateArray().All(list =>
                list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var index) && index >= 0));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^\(\s*-?[01](\s*,\s*-?[01])*\s*,?\s*\)$")]
    private static partial Regex Tuple();

    [GeneratedRegex("^(grow_colmaker|grow_histmaker|grow_local_histmaker|grow_quantile_histmaker|sync|refresh|prune|shotgun|coord_descent)$")]
    private static partial Regex Updater();
}
