namespace Rekindle.Conformance.Tests.Clients;

/// <summary>What a client's script prints: one line per check, its name, a tab, <c>ok</c> or what was wrong.</summary>
internal static class Checks
{
    public static void AllOk(int code, string output, int atLeast)
    {
        var checks = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(code == 0, output);
        Assert.True(checks.Length >= atLeast, output);
        Assert.DoesNotContain(checks, line => !line.EndsWith("\tok", StringComparison.Ordinal));
    }
}
