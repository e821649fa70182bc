using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Tests.Networks;

public sealed class NetworkPlanTests
{
    [Fact]
    public void More_num_layers_never_make_a_shallower_network()
    {
        var depths = NetworkPlan.NumLayers.Select(NetworkPlan.Convolutions).ToArray();
        Assert.Equal(depths.Order(), depths);
        Assert.True(depths[0] < depths[^1]);
    }

    [Theory]
    [InlineData(1, 4, 4)]
    [InlineData(1, 8, 8)]
    [InlineData(1, 28, 28)]
    [InlineData(3, 5, 300)]
    [InlineData(3, 224, 224)]
    public void Every_depth_fits_every_image(int channels, int height, int width)
    {
        foreach (var numLayers in NetworkPlan.NumLayers)
        {
            var network = NetworkPlan.Build(new Shape(channels, height, width), numLayers, 257, 1, 1, 1);
            Assert.Equal(257, network.Forward(new float[network.Input.Size], 1).Length);
            Assert.Equal(2 * (NetworkPlan.Convolutions(numLayers) + (Math.Max(height, width) > 64 ? 2 : 1)), network.Parameters.Count);
        }
    }

    [Fact]
    public void Threads_change_no_result_beyond_rounding()
    {
        var shape = new Shape(3, 32, 32);
        var images = new RandomSource(1).Fill(shape.Size * 4, 1);
        var one = NetworkPlan.Build(shape, 50, 10, 4, 1, 1).Forward(images, 4);
        var three = NetworkPlan.Build(shape, 50, 10, 4, 3, 1).Forward(images, 4);
        for (var i = 0; i < one.Length; i++) Assert.Equal(one[i], three[i], 1e-4f);
    }

    [Fact]
    public void One_weight_that_is_no_number_makes_a_network_not_finite()
    {
        var network = NetworkPlan.Build(new Shape(1, 8, 8), 18, 10, 1, 1, 1);
        Assert.True(network.IsFinite());
        network.Parameters[^1].Values[3] = float.NaN;
        Assert.False(network.IsFinite());
        network.Parameters[^1].Values[3] = float.NegativeInfinity;
        Assert.False(network.IsFinite());
    }
}
