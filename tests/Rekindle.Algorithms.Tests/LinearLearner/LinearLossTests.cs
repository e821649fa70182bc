using CsCheck;
using Rekindle.Algorithms.LinearLearner;

namespace Rekindle.Algorithms.Tests.LinearLearner;

public sealed class LinearLossTests
{
    [Theory]
    [InlineData("binary_classifier", "logistic")]
    [InlineData("binary_classifier", "hinge_loss")]
    [InlineData("multiclass_classifier", "softmax_loss")]
    [InlineData("regressor", "squared_loss")]
    [InlineData("regressor", "absolute_loss")]
    [InlineData("regressor", "eps_insensitive_squared_loss")]
    [InlineData("regressor", "eps_insensitive_absolute_loss")]
    [InlineData("regressor", "quantile_loss")]
    [InlineData("regressor", "huber_loss")]
    public void A_slope_is_the_losss_derivative(string predictor, string name)
    {
        var values = LinearRules.Read(Given(predictor, ("loss", name), ("quantile", "0.3"), ("huber_delta", "0.7"), ("loss_insensitivity", "0.4")));
        var loss = LinearLoss.From(values);
        var outputs = predictor == "multiclass_classifier" ? 3 : 1;
        const float Step = 1e-2f;
        Gen.Select(Gen.Float[-3, 3].Array[outputs], Gen.Int[0, outputs == 3 ? 2 : 1], Gen.Int[0, outputs - 1]).Sample(sample =>
        {
            var (scores, label, which) = sample;
            var (slopes, others) = (new float[outputs], new float[outputs]);
            loss.Of(scores, label, slopes);
            var (lower, upper) = ((float[])[.. scores], (float[])[.. scores]);
            lower[which] -= Step;
            upper[which] += Step;
            var (low, high) = (new float[outputs], new float[outputs]);
            var difference = (loss.Of(upper, label, high) - loss.Of(lower, label, low)) / (2 * Step);
            // At a corner the slope jumps; the difference lies between those on its sides.
            var (least, most) = (Math.Min(low[which], high[which]), Math.Max(low[which], high[which]));
            return difference >= least - 1e-3 && difference <= most + 1e-3 && slopes[which] >= least - 1e-3 && slopes[which] <= most + 1e-3;
        });
    }

    [Fact]
    public void Distances_in_the_hyperparameters_are_in_the_labels_unit()
    {
        // With labels a hundredth as large, the loss is a ten-thousandth, and its corner stays where it was.
        var values = LinearRules.Read(Given("regressor", ("loss", "huber_loss"), ("huber_delta", "50")));
        var (slopes, scaled) = (new float[1], new float[1]);
        foreach (var error in (float[])[10, 49, 51, 300])
        {
            var loss = LinearLoss.From(values).Of([error], 0, slopes);
            Assert.Equal(loss / 10_000, LinearLoss.From(values, unit: 100).Of([error / 100], 0, scaled), 1e-5);
        }
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        var slopes = new float[3];
        var logistic = LinearLoss.From(LinearRules.Read(Given("binary_classifier")));
        Assert.Equal(1000, logistic.Of([1000], 0, slopes), 1e-3);
        Assert.Equal(0, logistic.Of([1000], 1, slopes), 1e-3);
        Assert.Equal(1000, logistic.Of([-1000], 1, slopes), 1e-3);
        var softmax = LinearLoss.From(LinearRules.Read(Given("multiclass_classifier")));
        Assert.Equal(2000, softmax.Of([1000, 0, -1000], 2, slopes), 1e-2);
    }

    internal static Dictionary<string, string> Given(string predictor, params (string Name, string Value)[] values)
    {
        var given = new Dictionary<string, string> { ["predictor_type"] = predictor };
        if (predictor == "multiclass_classifier") given["num_classes"] = "3";
        foreach (var (name, value) in values) given[name] = value;
        return given;
    }
}
