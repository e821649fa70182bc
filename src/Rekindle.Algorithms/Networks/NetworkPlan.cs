namespace Rekindle.Algorithms.Networks;

/// <summary>Turns <c>num_layers</c> and <c>image_shape</c> into a small plain network.</summary>
/// <remarks>
/// This is not the ResNet that SageMaker trains: there are no shortcuts and no batch normalisation, so that a training takes seconds
/// on a processor. The values of <c>num_layers</c> are SageMaker's; a greater one gives a somewhat deeper small network:
/// <list type="table">
/// <listheader><term>num_layers</term><description>3×3 convolutions, then one fully connected layer</description></listheader>
/// <item><term>18, 20</term><description>3</description></item>
/// <item><term>32, 34</term><description>4</description></item>
/// <item><term>44, 50, 56</term><description>5</description></item>
/// <item><term>101, 110</term><description>6</description></item>
/// <item><term>152</term><description>7</description></item>
/// <item><term>200</term><description>8</description></item>
/// </list>
/// Images with a side above 64 first pass a 7×7 convolution with stride 4. Stages of 16, 32 and then 64 channels are separated by
/// 2×2 max pooling, which goes on until a side is at most 4.
/// </remarks>
internal static class NetworkPlan
{
    /// <summary>The allowed values of <c>num_layers</c>, ascending.</summary>
    public static readonly IReadOnlyList<int> NumLayers = [18, 20, 32, 34, 44, 50, 56, 101, 110, 152, 200];

    /// <summary>Number of 3×3 convolutions for a value of <c>num_layers</c>.</summary>
    public static int Convolutions(int numLayers) => numLayers switch
    {
        <= 20 => 3,
        <= 34 => 4,
        <= 56 => 5,
        <= 110 => 6,
        <= 152 => 7,
        _ => 8,
    };

    public static Network Build(Shape input, int numLayers, int classes, int largestBatch, int threads, int seed)
    {
        var gemm = new Gemm(threads);
        var random = new RandomSource(seed);
        var layers = new List<Layer>();
        var shape = input;
        var channels = 16;
        if (Math.Max(shape.Height, shape.Width) > 64) Convolve("stem", 7, 4);

        var stages = 1;
        for (var side = Math.Min(shape.Height, shape.Width); side > 4 && side / 2 >= 2; side /= 2) stages++;
        stages = Math.Min(stages, Convolutions(numLayers));
        for (var stage = 0; stage < stages; stage++)
        {
            // What does not divide evenly goes to the early stages.
            var count = (Convolutions(numLayers) + stages - 1 - stage) / stages;
            channels = 16 << Math.Min(stage, 2);
            for (var i = 0; i < count; i++) Convolve($"stage{stage + 1}_conv{i + 1}", 3, 1);
            if (stage + 1 < stages) Pool();
        }

        while (Math.Min(shape.Height, shape.Width) > 4) Pool();
        layers.Add(new Dense("fc", shape, classes, gemm, random));
        return new Network(layers, largestBatch);

        void Convolve(string name, int kernel, int stride)
        {
            layers.Add(new Convolution(name, shape, channels, kernel, stride, gemm, random));
            shape = layers[^1].Output;
            layers.Add(new Rectifier(shape));
        }

        void Pool()
        {
            layers.Add(new MaxPooling(shape));
            shape = layers[^1].Output;
        }
    }
}
