using System.Numerics;
using System.Numerics.Tensors;

namespace Rekindle.Algorithms.Networks;

/// <summary>max(0, x).</summary>
internal sealed class Rectifier(Shape shape) : Layer(shape, shape)
{
    public override void Forward(float[] input, float[] output, int batch) =>
        TensorPrimitives.Max(input.AsSpan(0, batch * Input.Size), 0f, output.AsSpan(0, batch * Input.Size));

    public override void Backward(float[] input, float[] output, float[] outputGradient, float[]? inputGradient, int batch)
    {
        if (inputGradient is null) return;
        var (count, lanes) = (batch * Input.Size, Vector<float>.Count);
        var i = 0;
        for (; i + lanes <= count; i += lanes)
        {
            var active = Vector.GreaterThan(new Vector<float>(output, i), Vector<float>.Zero);
            Vector.ConditionalSelect(active, new Vector<float>(outputGradient, i), Vector<float>.Zero).CopyTo(inputGradient, i);
        }

        for (; i < count; i++) inputGradient[i] = output[i] > 0 ? outputGradient[i] : 0;
    }
}
