using System.Numerics.Tensors;

namespace Rekindle.Algorithms.Networks;

/// <summary>A fully connected layer over all numbers of an image.</summary>
internal sealed class Dense : Layer
{
    private readonly Gemm _gemm;
    private readonly Parameter _weights;
    private readonly Parameter _bias;
    private float[] _features = [];
    private float[] _featureGradients = [];

    public Dense(string name, Shape input, int outputs, Gemm gemm, RandomSource random)
        : base(input, new Shape(outputs, 1, 1))
    {
        _gemm = gemm;
        _weights = new Parameter($"{name}_weight", random.Fill(outputs * input.Size, MathF.Sqrt(1f / input.Size)), Decays: true);
        _bias = new Parameter($"{name}_bias", new float[outputs], Decays: false);
    }

    public override IReadOnlyList<Parameter> Parameters => [_weights, _bias];

    public override void Forward(float[] input, float[] output, int batch)
    {
        if (_features.Length < batch * Input.Size) _features = new float[batch * Input.Size];
        ToFeatures(input, _features, batch);
        for (var o = 0; o < Output.Channels; o++) output.AsSpan(o * batch, batch).Fill(_bias.Values[o]);
        _gemm.Multiply(
            _weights.Values, Input.Size, 1, _features, 0, batch, output, 0, batch,
            Output.Channels, batch, Input.Size, accumulate: true);
    }

    public override void Backward(float[] input, float[] output, float[] outputGradient, float[]? inputGradient, int batch)
    {
        Array.Clear(_weights.Gradient);
        for (var o = 0; o < Output.Channels; o++) _bias.Gradient[o] = TensorPrimitives.Sum<float>(outputGradient.AsSpan(o * batch, batch));
        _gemm.AddMultiplyTransposed(
            outputGradient, 0, batch, _features, 0, batch, _weights.Gradient, Input.Size,
            Output.Channels, Input.Size, batch);
        if (inputGradient is null) return;
        if (_featureGradients.Length < batch * Input.Size) _featureGradients = new float[batch * Input.Size];
        _gemm.Multiply(
            _weights.Values, 1, Input.Size, outputGradient, 0, batch, _featureGradients, 0, batch,
            Input.Size, batch, Output.Channels, accumulate: false);
        FromFeatures(_featureGradients, inputGradient, batch);
    }

    /// <summary>[channel][image][pixel] to [channel·pixel][image], a feature per row.</summary>
    private void ToFeatures(float[] input, float[] features, int batch)
    {
        var area = Input.Area;
        for (var c = 0; c < Input.Channels; c++)
        {
            var channel = input.AsSpan(c * batch * area, batch * area);
            for (var p = 0; p < area; p++)
            {
                var row = features.AsSpan(((c * area) + p) * batch, batch);
                for (var n = 0; n < batch; n++) row[n] = channel[(n * area) + p];
            }
        }
    }

    private void FromFeatures(float[] features, float[] input, int batch)
    {
        var area = Input.Area;
        for (var c = 0; c < Input.Channels; c++)
        {
            var channel = input.AsSpan(c * batch * area, batch * area);
            for (var p = 0; p < area; p++)
            {
                var row = features.AsSpan(((c * area) + p) * batch, batch);
                for (var n = 0; n < batch; n++) channel[(n * area) + p] = row[n];
            }
        }
    }
}
