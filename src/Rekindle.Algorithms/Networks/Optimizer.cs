using System.Numerics.Tensors;

namespace Rekindle.Algorithms.Networks;

/// <summary>A rule that moves weights against their gradient.</summary>
/// <remarks>The formulas are those SageMaker's algorithm documents through MXNet: see each class.</remarks>
internal abstract class Optimizer(IReadOnlyList<Parameter> parameters)
{
    protected IReadOnlyList<Parameter> Parameters { get; } = parameters;

    /// <summary>One step with the gradients the parameters hold.</summary>
    public abstract void Step(float learningRate);

    /// <summary>One zeroed array per parameter.</summary>
    protected float[][] State() => [.. Parameters.Select(parameter => new float[parameter.Values.Length])];
}

/// <summary>m ← μ·m − η·(g + λ·w), w ← w + m.</summary>
internal sealed class Sgd : Optimizer
{
    private readonly float _momentum;
    private readonly float _weightDecay;
    private readonly float[][] _velocity;

    public Sgd(IReadOnlyList<Parameter> parameters, float momentum, float weightDecay)
        : base(parameters)
    {
        _momentum = momentum;
        _weightDecay = weightDecay;
        _velocity = State();
    }

    public override void Step(float learningRate)
    {
        for (var p = 0; p < Parameters.Count; p++)
        {
            var (w, g, m) = (Parameters[p].Values, Parameters[p].Gradient, _velocity[p]);
            TensorPrimitives.Multiply(m, _momentum, m);
            TensorPrimitives.MultiplyAdd(g, -learningRate, m, m);
            if (Parameters[p].Decays) TensorPrimitives.MultiplyAdd(w, -learningRate * _weightDecay, m, m);
            TensorPrimitives.Add(w, m, w);
        }
    }
}

/// <summary>Nesterov's accelerated gradient: d = g + λ·w, m ← μ·m + d, w ← w − η·(d + μ·m).</summary>
internal sealed class Nag : Optimizer
{
    private readonly float _momentum;
    private readonly float _weightDecay;
    private readonly float[][] _velocity;

    public Nag(IReadOnlyList<Parameter> parameters, float momentum, float weightDecay)
        : base(parameters)
    {
        _momentum = momentum;
        _weightDecay = weightDecay;
        _velocity = State();
    }

    public override void Step(float learningRate)
    {
        for (var p = 0; p < Parameters.Count; p++)
        {
            var (w, g, m) = (Parameters[p].Values, Parameters[p].Gradient, _velocity[p]);
            if (Parameters[p].Decays) TensorPrimitives.MultiplyAdd(w, _weightDecay, g, g);
            TensorPrimitives.MultiplyAdd(m, _momentum, g, m);
            TensorPrimitives.MultiplyAdd(g, -learningRate, w, w);
            TensorPrimitives.MultiplyAdd(m, -learningRate * _momentum, w, w);
        }
    }
}

/// <summary>Kingma and Ba 2015, arXiv:1412.6980, algorithm 1.</summary>
internal sealed class Adam : Optimizer
{
    private readonly float _beta1;
    private readonly float _beta2;
    private readonly float _epsilon;
    private readonly float[][] _mean;
    private readonly float[][] _square;
    private int _steps;

    public Adam(IReadOnlyList<Parameter> parameters, float beta1, float beta2, float epsilon)
        : base(parameters)
    {
        _beta1 = beta1;
        _beta2 = beta2;
        _epsilon = epsilon;
        _mean = State();
        _square = State();
    }

    public override void Step(float learningRate)
    {
        _steps++;
        var correction1 = 1 - Math.Pow(_beta1, _steps);
        var correction2 = 1 - Math.Pow(_beta2, _steps);
        // With β = 1 the running means never leave zero: the quotient is taken as no step, not as 0/0.
        var rate = correction1 > 0 ? (float)(learningRate * Math.Sqrt(correction2) / correction1) : 0f;
        for (var p = 0; p < Parameters.Count; p++)
        {
            var (w, g, m, v) = (Parameters[p].Values, Parameters[p].Gradient, _mean[p], _square[p]);
            for (var i = 0; i < w.Length; i++)
            {
                m[i] = (_beta1 * m[i]) + ((1 - _beta1) * g[i]);
                v[i] = (_beta2 * v[i]) + ((1 - _beta2) * g[i] * g[i]);
                var scale = MathF.Sqrt(v[i]) + _epsilon;
                if (scale != 0) w[i] -= rate * m[i] / scale;
            }
        }
    }
}

/// <summary>v ← γ·v + (1 − γ)·g², w ← w − η·g / √(v + ε) (Tieleman and Hinton 2012, lecture 6.5).</summary>
internal sealed class RmsProp : Optimizer
{
    private readonly float _gamma;
    private readonly float _epsilon;
    private readonly float[][] _square;

    public RmsProp(IReadOnlyList<Parameter> parameters, float gamma, float epsilon)
        : base(parameters)
    {
        _gamma = gamma;
        _epsilon = epsilon;
        _square = State();
    }

    public override void Step(float learningRate)
    {
        for (var p = 0; p < Parameters.Count; p++)
        {
            var (w, g, v) = (Parameters[p].Values, Parameters[p].Gradient, _square[p]);
            for (var i = 0; i < w.Length; i++)
            {
                v[i] = (_gamma * v[i]) + ((1 - _gamma) * g[i] * g[i]);
                var scale = MathF.Sqrt(v[i] + _epsilon);
                if (scale != 0) w[i] -= learningRate * g[i] / scale;
            }
        }
    }
}
