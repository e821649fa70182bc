using Rekindle.Api;
using Rekindle.Server.Operations;

namespace Rekindle.Server.Tests.Operations;

public sealed class LogPatternTests
{
    [Theory]
    [InlineData("", "anything", true)]
    [InlineData("  ", "", true)]
    [InlineData("error", "an error here", true)]
    [InlineData("error", "an ERROR here", false)]
    [InlineData("error memory", "memory error", true)]
    [InlineData("error memory", "error", false)]
    [InlineData("\"out of memory\"", "went out of memory", true)]
    [InlineData("\"out of memory\"", "memory of out", false)]
    [InlineData("\"a \\\" quote\"", "there is a \" quote", true)]
    [InlineData("?error ?warning", "warning", true)]
    [InlineData("?error ?warning", "info", false)]
    [InlineData("error -debug", "error", true)]
    [InlineData("error -debug", "debug error", false)]
    [InlineData("-\"too much\"", "this is too much", false)]
    [InlineData("-debug", "fine", true)]
    [InlineData("error ?warning", "error", true)]
    public void Lines_fit_by_their_terms(string pattern, string line, bool fits) => Assert.Equal(fits, LogPattern.Parse(pattern).Fits(line));

    [Theory]
    [InlineData("{ $.level = \"error\" }")]
    [InlineData("[ip, user, ...]")]
    [InlineData("%regex%")]
    [InlineData("\"open")]
    public void Other_patterns_are_refused(string pattern) =>
        Assert.Equal(ErrorCode.InvalidParameterException, Assert.Throws<ApiException>(() => LogPattern.Parse(pattern)).Code);
}
