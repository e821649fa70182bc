using CsCheck;

namespace Rekindle.Optimization.Tests;

public sealed class SearchSpaceTests
{
    private static readonly string[] Discrete = ["linear", "log", "c"];
    private static readonly string[] Continuous = ["auto", "reverse"];

    [Fact]
    public void Every_position_decodes_into_the_range_and_its_text_comes_back_bit_for_bit() =>
        Gen.Select(Spaces.Space, Gen.Double[-0.5, 1.5].Array[30]).Sample((space, u) =>
        {
            var configuration = space.Decode(u.AsSpan(0, space.Parameters.Count));
            Assert.True(space.Contains(configuration));
            Assert.True(space.TryRead(configuration, out var point));
            Assert.Equal(configuration, space.Write(point!));
            Assert.All(space.Encode(configuration)!, position => Assert.InRange(position, 0, 1));
        }, iter: 5000);

    [Fact]
    public void Decoding_an_encoded_configuration_gives_it_back_up_to_rounding() =>
        Gen.Select(Gen.Double[1e-6, 1], Gen.Double[1, 1000], Gen.Int[0, 500], Gen.Double[0, 1]).Sample((low, factor, steps, u) =>
        {
            var space = new SearchSpace(
            [
                new ContinuousParameter("auto", low, low * factor), new ContinuousParameter("reverse", 0.1, 0.9999, Scaling.ReverseLogarithmic),
                new IntegerParameter("linear", -3, steps), new IntegerParameter("log", 1, 1 + steps, Scaling.Logarithmic),
                new CategoricalParameter("c", ["a", "b", "c"]),
            ]);
            var first = space.Decode([u, u, u, u, u]);
            var second = space.Decode(space.Encode(first));
            foreach (var name in Discrete) Assert.Equal(first.Values[name], second.Values[name]);
            foreach (var name in Continuous)
                Assert.Equal(Objectives.Number(first, name), Objectives.Number(second, name), 1e-9 * Math.Max(1, low * factor));
        }, iter: 2000);

    [Theory]
    [InlineData(0.0, 0.1, 0.05)]
    [InlineData(1e-4, 1e-2, 1e-3)]
    [InlineData(1e-3, 0.05, 0.0255)]
    [InlineData(0.9, 0.999, 0.99)]
    [InlineData(-5, 10, 2.5)]
    [InlineData(double.MinValue, double.MaxValue, 0)]
    public void Auto_scaling_is_logarithmic_only_for_wide_positive_ranges(double low, double high, double middle)
    {
        var space = new SearchSpace([new ContinuousParameter("x", low, high)]);
        Assert.Equal(middle, Objectives.Number(space.Decode([0.5]), "x"), 1e-12 * Math.Max(1, Math.Abs(low)));
    }

    [Fact]
    public void Minimum_and_maximum_can_be_reached_and_are_admissible() => Gen.Select(Spaces.Bound, Spaces.Bound).Sample((a, b) =>
    {
        var (low, high) = (Math.Min(a, b), Math.Max(a, b));
        var space = new SearchSpace([new ContinuousParameter("x", low, high)]);
        Assert.Equal(low, Objectives.Number(space.Decode([0]), "x"));
        Assert.Equal(high, Objectives.Number(space.Decode([1]), "x"));
        Assert.True(space.Contains(new Configuration([new("x", NumberText.Format(low))])));
        Assert.True(space.Contains(new Configuration([new("x", NumberText.Format(high))])));
    });

    [Theory]
    [InlineData(1, 15, Scaling.Linear)]
    [InlineData(-2, 2, Scaling.Linear)]
    [InlineData(0, 1, Scaling.Linear)]
    [InlineData(long.MaxValue - 4, long.MaxValue, Scaling.Linear)]
    [InlineData(long.MinValue, long.MinValue + 4, Scaling.Linear)]
    [InlineData(1, 8, Scaling.Logarithmic)]
    public void Integer_bounds_are_hit_as_often_as_their_share_says(long low, long high, Scaling scaling)
    {
        const int Draws = 20_000;
        var space = new SearchSpace([new IntegerParameter("n", low, high, scaling)]);
        var counts = new int[(int)(high - low) + 1];
        var random = new RandomStream(11);
        for (var i = 0; i < Draws; i++) counts[unchecked((int)(space.At([random.NextDouble()]).Raw[0] - low))]++;
        var chiSquare = 0.0;
        for (var k = 0; k < counts.Length; k++)
        {
            var share = scaling == Scaling.Linear
                ? 1.0 / counts.Length
                : Math.Log((low + k + 0.5) / (low + k - 0.5)) / Math.Log((high + 0.5) / (low - 0.5));
            chiSquare += Math.Pow(counts[k] - (Draws * share), 2) / (Draws * share);
        }

        // Fifteen cells at most: 40 is beyond the 99.9 % point of 14 degrees of freedom.
        Assert.InRange(chiSquare, 0, 40);
    }

    [Fact]
    public void The_full_range_of_64_bit_integers_works()
    {
        var space = new SearchSpace([new IntegerParameter("n", long.MinValue, long.MaxValue)]);
        Assert.Equal("-9223372036854775808", space.Decode([0]).Values["n"]);
        Assert.Equal("9223372036854775807", space.Decode([1]).Values["n"]);
        Assert.Equal(Math.Pow(2, 64), space.Combinations);
    }

    [Fact]
    public void Combinations_multiply_and_become_infinite_with_a_continuous_width()
    {
        Parameter[] finite = [new IntegerParameter("i", 1, 3), new CategoricalParameter("c", ["a", "b"]), new ContinuousParameter("x", 1, 1)];
        Assert.Equal(6, new SearchSpace(finite).Combinations);
        Assert.Equal(double.PositiveInfinity, new SearchSpace([.. finite, new ContinuousParameter("y", 0, 1)]).Combinations);
    }

    public static TheoryData<Parameter> Impossible =>
    [
        new ContinuousParameter("x", 2, 1), new ContinuousParameter("x", double.NaN, 1),
        new ContinuousParameter("x", 0, double.PositiveInfinity), new ContinuousParameter("x", 0, 1, Scaling.Logarithmic),
        new ContinuousParameter("x", 0.5, 1, Scaling.ReverseLogarithmic), new ContinuousParameter("x", -0.5, 0.5, Scaling.ReverseLogarithmic),
        new IntegerParameter("x", 2, 1), new IntegerParameter("x", 0, 5, Scaling.Logarithmic),
        new IntegerParameter("x", 0, 5, Scaling.ReverseLogarithmic),
        new CategoricalParameter("x", []), new CategoricalParameter("x", ["a", "a"]),
    ];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Refuses_a_range_that_is_empty_or_does_not_fit_its_scaling(Parameter parameter) =>
        Assert.Throws<ArgumentException>(() => new SearchSpace([parameter]));

    [Fact]
    public void Refuses_two_parameters_of_one_name() =>
        Assert.Throws<ArgumentException>(() => new SearchSpace([new IntegerParameter("x", 1, 2), new ContinuousParameter("x", 1, 2)]));

    [Fact]
    public void Contains_asks_for_exactly_the_names_and_admissible_values()
    {
        var space = new SearchSpace([new IntegerParameter("i", 1, 3), new CategoricalParameter("c", ["\"a\"", "true"])]);
        Assert.True(space.Contains(new([new("c", "true"), new("i", "3")])));
        Assert.False(space.Contains(new([new("i", "3")])));
        Assert.False(space.Contains(new([new("i", "3"), new("c", "true"), new("z", "1")])));
        Assert.False(space.Contains(new([new("i", "4"), new("c", "true")])));
        Assert.False(space.Contains(new([new("i", "2.5"), new("c", "true")])));
        Assert.False(space.Contains(new([new("i", "3"), new("c", "a")])));
    }

    [Fact]
    public void Configurations_are_equal_by_content_and_keep_their_order()
    {
        Configuration a = new([new("x", "1"), new("y", "2")]);
        Configuration b = new([new("y", "2"), new("x", "1")]);
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.Equal(["y", "x"], b.Values.Keys);
        Assert.NotEqual(a, new Configuration([new("x", "1"), new("y", "3")]));
        Assert.NotEqual(a, new Configuration([new("x", "1")]));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_observation_must_be_finite(double value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Observation(Configuration.Empty, value));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Observation(Configuration.Empty, 1) with { Value = value });
    }
}
