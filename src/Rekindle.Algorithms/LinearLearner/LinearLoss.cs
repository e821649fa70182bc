using System.Numerics.Tensors;
using Rekindle.Algorithms.Rules;

namespace Rekindle.Algorithms.LinearLearner;

/// <summary>A loss of the scores s against the label y, with its slope ∂loss/∂s.</summary>
/// <param name="Metric">SageMaker's name of it in the log, which <c>_objective</c> follows.</param>
/// <param name="Of">Gives the loss and writes the slopes.</param>
internal sealed record LinearLoss(string Metric, LossFunction Of)
{
    /// <param name="values">The hyperparameters.</param>
    /// <param name="unit">Of how many of the label's units one unit of the score is: distances in the hyperparameters are in the label's.</param>
    public static LinearLoss From(HyperparameterValues values, double unit = 1)
    {
        var (delta, insensitivity) = (values.Real("huber_delta") / unit, values.Real("loss_insensitivity") / unit);
        var (margin, quantile) = (values.Real("margin"), values.Real("quantile"));
        return LinearRules.LossOf(values) switch
        {
            "logistic" => new("binary_classification_cross_entropy", Logistic),
            "hinge_loss" => new("hinge_loss", Scalar((s, y) =>
            {
                var sign = y > 0.5 ? 1 : -1;
                var short_ = margin - (sign * s);
                return short_ > 0 ? (short_, -sign) : (0, 0);
            })),
            "softmax_loss" => new("multiclass_cross_entropy", Softmax),
            "absolute_loss" => new("absolute_loss", Error(e => (Math.Abs(e), Math.Sign(e)))),
            "eps_insensitive_squared_loss" => new("eps_insensitive_squared_loss", Error(e =>
            {
                var beyond = Math.Max(0, Math.Abs(e) - insensitivity);
                return (beyond * beyond, 2 * beyond * Math.Sign(e));
            })),
            "eps_insensitive_absolute_loss" => new("eps_insensitive_absolute_loss", Error(e =>
            {
                var beyond = Math.Max(0, Math.Abs(e) - insensitivity);
                return (beyond, beyond > 0 ? Math.Sign(e) : 0);
            })),
            "quantile_loss" => new("quantile_loss", Error(e => e < 0 ? (-quantile * e, -quantile) : ((1 - quantile) * e, e > 0 ? 1 - quantile : 0))),
            "huber_loss" => new("huber_loss", Error(e =>
                Math.Abs(e) <= delta ? (0.5 * e * e, e) : (delta * (Math.Abs(e) - (0.5 * delta)), delta * Math.Sign(e)))),
            _ => new("mse", Error(e => (e * e, 2 * e))),
        };
    }

    /// <summary>A loss of the error e = s − y.</summary>
    private static LossFunction Error(Func<double, (double Loss, double Slope)> of) => Scalar((s, y) => of(s - y));

    private static LossFunction Scalar(Func<double, double, (double Loss, double Slope)> of) => (scores, label, slopes) =>
    {
        var (loss, slope) = of(scores[0], label);
        slopes[0] = (float)slope;
        return loss;
    };

    /// <summary>log(1 + exp(∓s)).</summary>
    private static double Logistic(ReadOnlySpan<float> scores, float label, Span<float> slopes)
    {
        double s = scores[0];
        // Labels are 0 and 1; the larger exponent is taken out, so that none overflows.
        slopes[0] = (float)((1 / (1 + Math.Exp(-s))) - label);
        return Math.Max(s, 0) - (s * label) + Math.Log(1 + Math.Exp(-Math.Abs(s)));
    }

    private static double Softmax(ReadOnlySpan<float> scores, float label, Span<float> slopes)
    {
        var largest = TensorPrimitives.Max(scores);
        var own = scores[(int)label] - largest;
        TensorPrimitives.Subtract(scores, largest, slopes);
        TensorPrimitives.Exp(slopes, slopes);
        var sum = TensorPrimitives.Sum<float>(slopes);
        TensorPrimitives.Divide(slopes, sum, slopes);
        slopes[(int)label] -= 1;
        return Math.Log(sum) - own;
    }
}

/// <summary>Gives the loss of one row and writes the slopes of its scores.</summary>
internal delegate double LossFunction(ReadOnlySpan<float> scores, float label, Span<float> slopes);
