using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Tests.Networks;

/// <summary>Backward passes against central differences of the forward pass.</summary>
public sealed class LayerGradientTests
{
    private static readonly Gemm Single = new();

    [Theory]
    [InlineData(1, 5, 4, 3, 1)]
    [InlineData(3, 8, 8, 3, 1)]
    [InlineData(2, 13, 9, 7, 4)]
    [InlineData(2, 7, 6, 3, 2)]
    [InlineData(1, 2, 2, 3, 1)]
    public void Convolution(int channels, int height, int width, int kernel, int stride) => Check(
        new Convolution("c", new Shape(channels, height, width), 5, kernel, stride, Single, new RandomSource(1)), batch: 3);

    [Fact]
    public void Convolution_of_a_batch_that_is_unfolded_in_several_pieces() => Check(
        new Convolution("c", new Shape(16, 16, 16), 4, 3, 1, Single, new RandomSource(1)), batch: 3, samples: 60);

    [Fact]
    public void Dense() => Check(new Dense("d", new Shape(3, 2, 4), 7, Single, new RandomSource(2)), batch: 5);

    [Fact]
    public void Rectifier() => Check(new Rectifier(new Shape(3, 5, 5)), batch: 2);

    [Theory]
    [InlineData(4, 6)]
    [InlineData(5, 7)]
    public void Max_pooling(int height, int width)
    {
        const int Batch = 3;
        var layer = new MaxPooling(new Shape(2, height, width));
        // No two values closer than the differences reach.
        var ranks = Enumerable.Range(0, layer.Input.Size * Batch).ToArray();
        new RandomSource(7).Shuffle(ranks);
        Check(layer, Batch, input: [.. ranks.Select(rank => 0.05f * (rank + 1))]);
    }

    [Fact]
    public void Softmax_cross_entropy()
    {
        const int Classes = 4, Batch = 3;
        var scores = new RandomSource(3).Fill(Classes * Batch, 1);
        int[] labels = [2, 0, 3];
        var gradient = new float[scores.Length];
        SoftmaxCrossEntropy.Loss(scores, labels, Classes, Batch, gradient);
        for (var i = 0; i < scores.Length; i++)
        {
            var numeric = Difference(scores, i, () => SoftmaxCrossEntropy.Loss(scores, labels, Classes, Batch, null) / Batch);
            Assert.Equal(numeric, gradient[i], 1e-3);
        }
    }

    [Fact]
    public void Softmax_cross_entropy_of_huge_scores_is_finite()
    {
        float[] scores = [1e30f, -1e30f, 88f, 90f];
        Assert.True(double.IsFinite(SoftmaxCrossEntropy.Loss(scores, [0, 0], 2, 2, new float[4])));
    }

    [Fact]
    public void Scores_that_are_not_numbers_are_never_right()
    {
        float[] scores = [float.NaN, float.NaN, float.NaN];
        Assert.Equal(0, SoftmaxCrossEntropy.Hits(scores, [0], 3, 1, 1));
        Assert.True(double.IsNaN(SoftmaxCrossEntropy.Loss(scores, [0], 3, 1, null)));
    }

    [Theory]
    [InlineData(1, 8, 8, 18)]
    [InlineData(3, 12, 10, 200)]
    [InlineData(1, 72, 70, 18)]
    [InlineData(3, 4, 4, 152)]
    public void Whole_network(int channels, int height, int width, int numLayers)
    {
        const int Classes = 3, Batch = 2;
        var network = NetworkPlan.Build(new Shape(channels, height, width), numLayers, Classes, Batch, 1, 1);
        var images = new RandomSource(4).Fill(network.Input.Size * Batch, 1);
        int[] labels = [1, 2];
        double Loss() => SoftmaxCrossEntropy.Loss(network.Forward(images, Batch), labels, Classes, Batch, network.ScoreGradient) / Batch;
        Loss();
        network.Backward(images, Batch);
        var random = new RandomSource(5);
        foreach (var parameter in network.Parameters)
        {
            // A kink of a rectifier or of a maximum between the two points spoils single differences: most must agree.
            var agreeing = 0;
            for (var i = 0; i < 10; i++)
            {
                var at = random.Index(parameter.Values.Length);
                var numeric = Difference(parameter.Values, at, Loss, 2e-3f);
                if (Math.Abs(numeric - parameter.Gradient[at]) <= 2e-3 + (0.05 * Math.Abs(numeric))) agreeing++;
            }

            Assert.True(agreeing >= 6, $"{parameter.Name}: {agreeing} of 10 gradients agree");
        }
    }

    private static void Check(Layer layer, int batch, int samples = 200, float[]? input = null)
    {
        var random = new RandomSource(6);
        input ??= random.Fill(layer.Input.Size * batch, 1);
        // Off the kink of the rectifier; the differences reach 0.01 far.
        for (var i = 0; i < input.Length; i++) if (MathF.Abs(input[i]) < 0.02f) input[i] += 0.05f;
        var output = new float[layer.Output.Size * batch];
        var inputGradient = random.Fill(input.Length, 1);
        // The loss is a fixed random mixture of the outputs, so its gradient is the mixture.
        var mixture = random.Fill(output.Length, 1);
        double Loss()
        {
            layer.Forward(input, output, batch);
            return output.Zip(mixture, (o, w) => (double)o * w).Sum();
        }

        Loss();
        layer.Backward(input, output, mixture, inputGradient, batch);
        Compare(input, inputGradient, "input");
        foreach (var parameter in layer.Parameters) Compare(parameter.Values, parameter.Gradient, parameter.Name);

        // Once more: gradients are set, not added up over calls.
        var before = layer.Parameters.Select(parameter => (float[])parameter.Gradient.Clone()).ToArray();
        layer.Forward(input, output, batch);
        layer.Backward(input, output, mixture, inputGradient, batch);
        for (var i = 0; i < before.Length; i++) Assert.Equal(before[i], layer.Parameters[i].Gradient);

        void Compare(float[] values, float[] gradient, string what)
        {
            for (var s = 0; s < Math.Min(samples, values.Length); s++)
            {
                var at = values.Length <= samples ? s : random.Index(values.Length);
                var numeric = Difference(values, at, Loss);
                var close = Math.Abs(numeric - gradient[at]) <= 0.02 + (0.01 * Math.Abs(numeric));
                Assert.True(close, $"{what}[{at}]: {numeric} against {gradient[at]}");
            }
        }
    }

    private static double Difference(float[] values, int at, Func<double> loss, float step = 1e-2f)
    {
        var kept = values[at];
        values[at] = kept + step;
        var above = loss();
        values[at] = kept - step;
        var below = loss();
        values[at] = kept;
        return (above - below) / (2 * step);
    }
}
