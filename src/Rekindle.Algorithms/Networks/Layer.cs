namespace Rekindle.Algorithms.Networks;

/// <summary>One differentiable step of a network.</summary>
/// <remarks>
/// Activations of a batch of n images lie channel-major, [channel][image][row][column]: one channel of the whole batch is one
/// contiguous row of n·area numbers, so that a convolution of the batch is a single wide matrix product.
/// </remarks>
internal abstract class Layer(Shape input, Shape output)
{
    public Shape Input { get; } = input;

    public Shape Output { get; } = output;

    /// <summary>What the layer learns; empty for layers without weights.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    public abstract void Forward(float[] input, float[] output, int batch);

    /// <summary>
    /// Sets the gradients of the layer's parameters from ∂loss/∂output, and ∂loss/∂input unless <paramref name="inputGradient"/> is
    /// null (the first layer has nobody to pass it on to). <paramref name="input"/> and <paramref name="output"/> are those of the
    /// last forward pass.
    /// </summary>
    public abstract void Backward(float[] input, float[] output, float[] outputGradient, float[]? inputGradient, int batch);
}

/// <summary>A learned array with its gradient of the last backward pass.</summary>
/// <param name="Name">Unique within the network.</param>
/// <param name="Values">The weights.</param>
/// <param name="Decays">Whether weight decay applies; biases never decay.</param>
internal sealed record Parameter(string Name, float[] Values, bool Decays)
{
    public float[] Gradient { get; } = new float[Values.Length];
}
