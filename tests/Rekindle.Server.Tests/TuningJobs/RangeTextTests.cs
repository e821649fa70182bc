using CsCheck;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.TuningJobs;

public sealed class RangeTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-12", -12)]
    [InlineData("+3", 3)]
    [InlineData("5.0", 5)]
    [InlineData("1e3", 1000)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Reads_whole_numbers(string text, long value)
    {
        Assert.True(RangeText.TryParseWhole(text, out var read));
        Assert.Equal(value, read);
        Assert.Equal(value, RangeText.ParseWhole(text));
    }

    [Theory]
    [InlineData("0.5")]
    [InlineData("1,000")]
    [InlineData("9223372036854775808")]
    [InlineData("1e300")]
    [InlineData("nan")]
    [InlineData("inf")]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("0x10")]
    [InlineData(null)]
    public void Refuses_everything_else(string? text)
    {
        Assert.False(RangeText.TryParseWhole(text, out _));
        Assert.Throws<FormatException>(() => RangeText.ParseWhole(text!));
    }

    [Fact]
    public void Every_integer_is_read_back_exactly() =>
        Gen.Long.Sample(value => Assert.Equal(value, RangeText.ParseWhole($"{value}")));

    [Fact]
    public void Every_number_is_read_back_exactly() => Gen.Double.Where(double.IsFinite).Sample(value =>
    {
        Assert.True(RangeText.TryParseNumber(Optimization.NumberText.Format(value), out var read));
        Assert.Equal(value, read);
    });
}
