using Rekindle.Algorithms.Tests.Tabular;

namespace Rekindle.Algorithms.Tests.XGBoost;

/// <summary>What is refused before XGBoost is asked.</summary>
public sealed class XGBoostDataTests
{
    [Theory]
    [InlineData("binary:logistic", "1,2\n2,2\n", "The channel 'train', row 2: the label 2 must be from 0 to 1 with the objective binary:logistic.")]
    [InlineData("binary:logistic", "1,2\n1,3\n", "All 2 rows of the channel 'train' have the label 1: a classifier needs at least two classes.")]
    [InlineData("binary:hinge", "0,2\n0.5,3\n", "The channel 'train', row 2: the label 0.5 is not a class: classes are 0 to 1.")]
    [InlineData("multi:softprob", "0,2\n3,3\n", "The channel 'train', row 2: the label 3 is not a class: classes are 0 to 2.")]
    [InlineData("multi:softmax", "2,2\n2,3\n", "All 2 rows of the channel 'train' have the label 2: a classifier needs at least two classes.")]
    [InlineData("count:poisson", "0,2\n-1,3\n", "row 2: the label -1 must be at least 0 with the objective count:poisson.")]
    [InlineData("reg:gamma", "0,2\n", "row 1: the label 0 must be above 0")]
    [InlineData("reg:squaredlogerror", "-1,2\n", "row 1: the label -1 must be above -1")]
    [InlineData("reg:squarederror", "", "The channel 'train' holds no row")]
    public void Labels_that_do_not_fit_the_objective_are_told(string objective, string content, string expected)
    {
        using var folder = objective.StartsWith("multi", StringComparison.Ordinal)
            ? new TableFolder(("num_round", "1"), ("objective", objective), ("num_class", "3"))
            : new TableFolder(("num_round", "1"), ("objective", objective));
        Assert.Contains(expected, folder.With("train", content).Refusal("xgboost"), StringComparison.Ordinal);
    }
}
