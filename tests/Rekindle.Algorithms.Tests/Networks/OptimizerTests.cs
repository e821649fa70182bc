using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Tests.Networks;

public sealed class OptimizerTests
{
    [Fact]
    public void Sgd_follows_its_formula_for_two_steps()
    {
        var (weight, bias) = Two();
        var sgd = new Sgd([weight, bias], momentum: 0.5f, weightDecay: 0.1f);
        sgd.Step(0.2f);
        // m = -0.2·(3 + 0.1·1) = -0.62; the bias does not decay: m = -0.2·3.
        Assert.Equal(0.38f, weight.Values[0], 1e-6f);
        Assert.Equal(0.4f, bias.Values[0], 1e-6f);
        sgd.Step(0.2f);
        // m = 0.5·-0.62 - 0.2·(3 + 0.1·0.38) = -0.9176.
        Assert.Equal(-0.5376f, weight.Values[0], 1e-6f);
    }

    [Fact]
    public void Nag_follows_its_formula_for_two_steps()
    {
        var (weight, bias) = Two();
        var nag = new Nag([weight, bias], momentum: 0.5f, weightDecay: 0.1f);
        nag.Step(0.2f);
        // d = 3.1, m = 3.1, w = 1 - 0.2·(3.1 + 0.5·3.1) = 0.07.
        Assert.Equal(0.07f, weight.Values[0], 1e-6f);
        weight.Gradient[0] = bias.Gradient[0] = 3;
        nag.Step(0.2f);
        // d = 3.007, m = 4.557, w = 0.07 - 0.2·(3.007 + 2.2785) = -0.9871.
        Assert.Equal(-0.9871f, weight.Values[0], 1e-5f);
    }

    [Fact]
    public void Adam_takes_steps_of_the_learning_rate_at_first()
    {
        var (weight, bias) = Two();
        bias.Gradient[0] = -1e-3f;
        var adam = new Adam([weight, bias], 0.9f, 0.999f, 1e-8f);
        adam.Step(0.01f);
        Assert.Equal(0.99f, weight.Values[0], 1e-5f);
        Assert.Equal(1.01f, bias.Values[0], 1e-4f);
    }

    [Fact]
    public void Rmsprop_follows_its_formula()
    {
        var (weight, bias) = Two();
        new RmsProp([weight, bias], gamma: 0.9f, epsilon: 0).Step(0.1f);
        // v = 0.1·9, w = 1 - 0.1·3/√0.9.
        Assert.Equal(1 - (0.3f / MathF.Sqrt(0.9f)), weight.Values[0], 1e-6f);
    }

    [Theory]
    [InlineData(1f, 1f, 0f)]
    [InlineData(0f, 0f, 0f)]
    [InlineData(1f, 0f, 1f)]
    public void The_ends_of_the_ranges_leave_finite_weights(float first, float second, float epsilon)
    {
        foreach (var gradient in new[] { 0f, 1f, -1e-20f })
        {
            var (a, b) = Two();
            a.Gradient[0] = b.Gradient[0] = gradient;
            var adam = new Adam([a], first, second, epsilon);
            var rms = new RmsProp([b], first, epsilon);
            for (var i = 0; i < 3; i++)
            {
                adam.Step(1);
                rms.Step(1);
            }

            Assert.True(float.IsFinite(a.Values[0]), $"adam {a.Values[0]}");
            Assert.True(float.IsFinite(b.Values[0]), $"rmsprop {b.Values[0]}");
        }
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("nag")]
    [InlineData("adam")]
    [InlineData("rmsprop")]
    public void Each_finds_the_bottom_of_a_bowl(string name)
    {
        var x = new Parameter("x", [4f, -3f], Decays: false);
        Optimizer optimizer = name switch
        {
            "sgd" => new Sgd([x], 0.5f, 0),
            "nag" => new Nag([x], 0.5f, 0),
            "adam" => new Adam([x], 0.9f, 0.999f, 1e-8f),
            _ => new RmsProp([x], 0.9f, 1e-8f),
        };
        for (var i = 0; i < 400; i++)
        {
            for (var j = 0; j < 2; j++) x.Gradient[j] = 2 * x.Values[j];
            optimizer.Step(0.05f);
        }

        Assert.All(x.Values, value => Assert.InRange(value, -0.06f, 0.06f));
    }

    private static (Parameter Weight, Parameter Bias) Two()
    {
        var weight = new Parameter("w", [1f], Decays: true);
        var bias = new Parameter("b", [1f], Decays: false);
        weight.Gradient[0] = bias.Gradient[0] = 3;
        return (weight, bias);
    }
}
