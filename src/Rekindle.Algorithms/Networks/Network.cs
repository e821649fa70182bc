using System.Numerics.Tensors;

namespace Rekindle.Algorithms.Networks;

/// <summary>A chain of layers with the buffers for batches up to a fixed size.</summary>
internal sealed class Network
{
    private readonly IReadOnlyList<Layer> _layers;
    private readonly float[][] _outputs;
    private readonly float[][] _gradients;

    public Network(IReadOnlyList<Layer> layers, int largestBatch)
    {
        _layers = layers;
        _outputs = [.. layers.Select(layer => new float[layer.Output.Size * largestBatch])];
        _gradients = [.. layers.Select(layer => new float[layer.Output.Size * largestBatch])];
        Parameters = [.. layers.SelectMany(layer => layer.Parameters)];
        LargestBatch = largestBatch;
    }

    public Shape Input => _layers[0].Input;

    public int Classes => _layers[^1].Output.Channels;

    public int LargestBatch { get; }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Scores [class][image] of a batch [channel][image][pixel]; the array is reused by the next call.</summary>
    public float[] Forward(float[] images, int batch)
    {
        var input = images;
        for (var i = 0; i < _layers.Count; i++)
        {
            _layers[i].Forward(input, _outputs[i], batch);
            input = _outputs[i];
        }

        return input;
    }

    /// <summary>Where the gradient of the loss with respect to the scores is to be put before <see cref="Backward"/>.</summary>
    public float[] ScoreGradient => _gradients[^1];

    /// <summary>Sets the gradients of all parameters, for the batch of the last <see cref="Forward"/>.</summary>
    public void Backward(float[] images, int batch)
    {
        for (var i = _layers.Count - 1; i >= 0; i--)
            _layers[i].Backward(i == 0 ? images : _outputs[i - 1], _outputs[i], _gradients[i], i == 0 ? null : _gradients[i - 1], batch);
    }

    /// <summary>False once a weight is NaN or infinite: no further step can bring such a network back.</summary>
    public bool IsFinite() => Parameters.All(parameter => float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(parameter.Values)));
}
