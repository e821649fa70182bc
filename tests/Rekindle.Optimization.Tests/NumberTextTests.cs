using CsCheck;

namespace Rekindle.Optimization.Tests;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1.0, "1.0")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1.2345678901234568e17, "1.2345678901234568e+17")]
    [InlineData(123456.789, "123456.789")]
    [InlineData(0.1015727388941435, "0.1015727388941435")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(100.0, "100.0")]
    public void Formats_doubles_as_python_repr_does(double value, string expected) => Assert.Equal(expected, NumberText.Format(value));

    [Fact]
    public void Every_finite_double_comes_back_bit_for_bit() => Gen.ULong.Select(bits => BitConverter.UInt64BitsToDouble(bits))
        .Where(double.IsFinite)
        .Sample(x => NumberText.TryParse(NumberText.Format(x), out var y)
            && BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y), iter: 20_000);

    [Theory]
    [InlineData("1e-5", 1e-5)]
    [InlineData("1E-4", 1e-4)]
    [InlineData("-7.53E+05", -7.53e5)]
    [InlineData(".98", 0.98)]
    [InlineData("5.", 5)]
    [InlineData("+3", 3)]
    public void Reads_numbers(string text, double expected)
    {
        Assert.True(NumberText.TryParse(text, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0,1")]
    [InlineData("1,000")]
    [InlineData("1_000")]
    [InlineData("nan")]
    [InlineData("Infinity")]
    [InlineData("inf")]
    [InlineData("1e999")]
    [InlineData("0x10")]
    [InlineData(" 1")]
    public void Refuses_what_is_no_finite_number(string? text) => Assert.False(NumberText.TryParse(text, out _));
}
