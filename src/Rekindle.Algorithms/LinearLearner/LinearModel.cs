using System.Numerics.Tensors;

namespace Rekindle.Algorithms.LinearLearner;

/// <summary>One linear function of the features per output.</summary>
/// <param name="outputs">1, or one per class.</param>
/// <param name="columns">Count of features.</param>
/// <remarks>Parameters: the weights of the first output, of the second, and so on, then one bias per output.</remarks>
internal sealed class LinearModel(int outputs, int columns)
{
    public int Outputs => outputs;

    public int Columns => columns;

    public int Weights => outputs * columns;

    public float[] Parameters { get; private init; } = new float[(outputs * columns) + outputs];

    public Span<float> WeightsOf(int output) => Parameters.AsSpan(output * columns, columns);

    public ref float BiasOf(int output) => ref Parameters[Weights + output];

    public void Score(ReadOnlySpan<float> row, Span<float> scores)
    {
        for (var output = 0; output < outputs; output++) scores[output] = TensorPrimitives.Dot(row, WeightsOf(output)) + BiasOf(output);
    }

    public LinearModel Copy() => new(outputs, columns) { Parameters = [.. Parameters] };
}
