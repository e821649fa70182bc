using Rekindle.Algorithms.Rules;

namespace Rekindle.Algorithms.LinearLearner;

/// <summary>Moves the parameters of a linear model against their gradient.</summary>
/// <remarks>
/// g: gradient with the weight decay λ·w; η: learning rate, of the bias times <c>bias_lr_mult</c>. sgd: m ← μ·m + g, w ← w − η·m. adam: as
/// Kingma and Ba have it, with the correction of both moments. rmsprop: n ← 0.9·n + 0.1·g², w ← w − η·g / √n. Then the L1 regularization
/// draws each weight, not the bias, towards 0 by l1 times what its gradient was multiplied by, as far as 0.
/// </remarks>
internal sealed class LinearOptimizer
{
    private const double RmsDecay = 0.9;
    private const double Epsilon = 1e-8;

    private readonly string _kind;
    private readonly double _rate;
    private readonly double _momentum;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _l1;
    private readonly double _decay;
    private readonly double _biasDecay;
    private readonly double _biasRate;
    private readonly (int Every, double Factor, double Least)? _schedule;
    private readonly double[] _first;
    private readonly double[] _second;
    private int _steps;

    public LinearOptimizer(HyperparameterValues values, LinearModel model)
    {
        _kind = values.Text("optimizer") is { } chosen and not "auto" ? chosen : "adam";
        _rate = values.OptionalReal("learning_rate") ?? (_kind == "sgd" ? 0.1 : 0.05);
        _momentum = values.OptionalReal("momentum") ?? 0;
        _beta1 = values.OptionalReal("beta_1") ?? 0.9;
        _beta2 = values.OptionalReal("beta_2") ?? 0.999;
        _l1 = values.OptionalReal("l1") ?? 0;
        _decay = values.OptionalReal("wd") ?? 0;
        _biasDecay = _decay * (values.OptionalReal("bias_wd_mult") ?? 0);
        // Without a bias, its parameters stay at 0.
        _biasRate = values.Flag("use_bias") ? values.OptionalReal("bias_lr_mult") ?? 1 : 0;
        if (values.Flag("use_lr_scheduler"))
            _schedule = (values.OptionalWhole("lr_scheduler_step") ?? 100, values.OptionalReal("lr_scheduler_factor") ?? 0.99, values.OptionalReal("lr_scheduler_minimum_lr") ?? 1e-5);
        (_first, _second) = (new double[model.Parameters.Length], new double[model.Parameters.Length]);
    }

    /// <summary>The learning rate of the next step.</summary>
    public double Rate => _schedule is var (every, factor, least) ? Math.Max(Math.Min(least, _rate), _rate * Math.Pow(factor, _steps / every)) : _rate;

    /// <summary>One step.</summary>
    public void Step(LinearModel model, ReadOnlySpan<float> gradient)
    {
        var rate = Rate;
        _steps++;
        var (correct1, correct2) = (1 - Math.Pow(_beta1, _steps), 1 - Math.Pow(_beta2, _steps));
        var parameters = model.Parameters;
        for (var i = 0; i < parameters.Length; i++)
        {
            var isBias = i >= model.Weights;
            var own = isBias ? rate * _biasRate : rate;
            double w = parameters[i];
            var g = gradient[i] + ((isBias ? _biasDecay : _decay) * w);
            switch (_kind)
            {
                case "sgd":
                    _first[i] = (_momentum * _first[i]) + g;
                    w -= own * _first[i];
                    break;
                case "rmsprop":
                    _second[i] = (RmsDecay * _second[i]) + ((1 - RmsDecay) * g * g);
                    own /= Math.Sqrt(_second[i]) + Epsilon;
                    w -= own * g;
                    break;
                default:
                    _first[i] = (_beta1 * _first[i]) + ((1 - _beta1) * g);
                    _second[i] = (_beta2 * _second[i]) + ((1 - _beta2) * g * g);
                    own /= Math.Sqrt(_second[i] / correct2) + Epsilon;
                    w -= own * (_first[i] / correct1);
                    break;
            }

            if (_l1 > 0 && !isBias) w = Math.Sign(w) * Math.Max(0, Math.Abs(w) - (own * _l1));
            parameters[i] = (float)w;
        }
    }
}
