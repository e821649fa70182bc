using Rekindle.Algorithms.XGBoost;

namespace Rekindle.Algorithms.Tests.XGBoost;

public sealed class XGBoostRulesTests
{
    [Fact]
    public void The_hyperparameters_of_the_documentation_pages_example_are_accepted()
    {
        var values = Read(
            ("eval_metric", "auc"), ("objective", "binary:logistic"), ("num_round", "100"), ("rate_drop", "0.3"), ("tweedie_variance_power", "1.4"),
            ("eta", "0.2"), ("gamma", "4"), ("min_child_weight", "6"), ("subsample", "0.8"), ("max_depth", "5"), ("verbosity", "0"),
            ("monotone_constraints", "(0, 1,-1)"), ("interaction_constraints", "[[0,1],[2,3]]"), ("updater", "grow_colmaker,prune"),
            ("early_stopping_rounds", "10"), ("_tuning_objective_metric", "validation:auc"), ("save_model_on_termination", "true"));
        Assert.Equal((100, 0.2, "binary:logistic"), (values.Whole("num_round"), values.Real("eta"), values.Text("objective")));
    }

    [Fact]
    public void Metrics_may_come_as_a_JSON_list() =>
        Assert.Equal("[\"auc\", \"logloss\"]", Read(("num_round", "1"), ("objective", "binary:logistic"), ("eval_metric", "[\"auc\", \"logloss\"]")).Text("eval_metric"));

    [Theory]
    [InlineData("num_round", "0", "must be a positive whole number")]
    [InlineData("eta", "1.5", "must be a number from 0 to 1")]
    [InlineData("max_depth", "-1", "must be a whole number of at least 0")]
    [InlineData("max_depth", "2.5", "must be a whole number of at least 0")]
    [InlineData("subsample", "0", "must be a number above 0 and at most 1")]
    [InlineData("lambda", "-1", "must be a number of at least 0")]
    [InlineData("tree_method", "gpu_hist", "must be one of auto, exact, approx, hist")]
    [InlineData("objective", "binary:logistik", "must be one of binary:hinge, ")]
    [InlineData("num_class", "3", "goes with the objectives multi:softmax and multi:softprob only; objective is 'reg:squarederror'")]
    [InlineData("eval_metric", "accuracy,", "must go with an objective binary:… or multi:…; objective is 'reg:squarederror'")]
    [InlineData("eval_metric", "rmse,loss", "must be metrics of XGBoost or SageMaker")]
    [InlineData("eval_metric", "rmse@3", "must be metrics of XGBoost or SageMaker")]
    [InlineData("eval_metric", "auc", "must go with an objective of a classification or a ranking")]
    [InlineData("monotone_constraints", "0,1", "must be a tuple of -1, 0 and 1")]
    [InlineData("interaction_constraints", "[1,2]", "must be nested lists of whole numbers")]
    [InlineData("updater", "grow_gpu", "must be names of updaters")]
    [InlineData("_kfold", "5", "is not supported here: there is no cross-validation")]
    public void Each_wrong_value_is_named_with_its_rule(string name, string value, string expected)
    {
        var error = Assert.Throws<ClientErrorException>(() => Read((name, value)));
        Assert.StartsWith($"1 hyperparameter is not valid: {name}: '{value.TrimEnd(',')}", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_must_be_counted_for_an_objective_of_several()
    {
        var error = Assert.Throws<ClientErrorException>(() => Read(("objective", "multi:softmax")));
        Assert.Contains("num_class: required with the objective multi:softmax, but not given.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reg:squarederror", null, null, "rmse")]
    [InlineData("binary:logistic", "error,auc", null, "error,auc")]
    [InlineData("binary:logistic", "auc,error", "validation:auc", "error,auc")]
    [InlineData("binary:logistic", null, "validation:f1", "f1")]
    [InlineData("binary:logistic", "error@0.7", "validation:error", "error@0.7,error")]
    [InlineData("binary:logistic", null, "validation:my_own", "logloss")]
    public void The_tuning_jobs_objective_is_evaluated_last(string objective, string? given, string? tuned, string expected)
    {
        var values = given is null ? Read(("objective", objective)) : Read(("objective", objective), ("eval_metric", given));
        Assert.Equal(expected.Split(','), XGBoostRules.Metrics(values, tuned));
    }

    [Fact]
    public void An_objective_metric_that_does_not_fit_the_objective_is_told()
    {
        var error = Assert.Throws<ClientErrorException>(() => XGBoostRules.Metrics(Read(("objective", "reg:squarederror")), "validation:mlogloss"));
        Assert.Equal(
            "The objective metric validation:mlogloss must go with an objective multi:softmax or multi:softprob; objective is 'reg:squarederror'.", error.Message);
    }

    private static Algorithms.Rules.HyperparameterValues Read(params (string Name, string Value)[] values)
    {
        var given = new Dictionary<string, string> { ["num_round"] = "10" };
        foreach (var (name, value) in values) given[name] = value;
        return XGBoostRules.Read(given);
    }
}
