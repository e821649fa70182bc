using Rekindle.Server.Executors.Docker;
using Rekindle.Server.Executors.Local;

namespace Rekindle.Server.Tests.Executors.Local;

/// <summary>What comes between the server and a program, and says itself that it could not start it.</summary>
public sealed class SandboxProblemTests : IDisposable
{
    private readonly string _log = Path.GetTempFileName();

    public void Dispose() => File.Delete(_log);

    [Theory]
    [InlineData(1, "bwrap: Can't find source path /data/s3/b/train: No such file or directory\n", true)]
    [InlineData(2, "bwrap: Can't find source path /data/s3/b/train: No such file or directory\n", false)]
    [InlineData(1, "starting\nbwrap: Can't find source path /data/s3/b/train\n", false)]
    [InlineData(1, "bwrap: is what the program talks about\nand goes on\n", false)]
    [InlineData(1, "", false)]
    public void A_sandbox_that_could_not_be_set_up_is_told_from_a_program_that_failed(int exitCode, string log, bool isSandbox)
    {
        File.WriteAllText(_log, log);
        var problem = SandboxProblem.Find(exitCode, _log);
        Assert.Equal(isSandbox, problem is not null);
        if (isSandbox) Assert.Contains("Can't find source path /data/s3/b/train: No such file or directory", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_earlier_program_printed_is_none_of_the_sandboxs()
    {
        const string Earlier = "it ran and gave way\n";
        File.WriteAllText(_log, Earlier + "bwrap: Can't find source path /data/s3/b/train\n");
        Assert.Null(SandboxProblem.Find(1, _log));
        Assert.NotNull(SandboxProblem.Find(1, _log, Earlier.Length));
    }

    [Theory]
    [InlineData(127, "[FATAL tini (7)] exec /nope failed: No such file or directory\n", "exec /nope failed: No such file or directory")]
    [InlineData(126, "ERROR (catatonit:2): failed to exec pid1: Permission denied\n", "failed to exec pid1: Permission denied")]
    [InlineData(127, "some output\n[FATAL tini (7)] exec train failed: No such file or directory\n", "exec train failed: No such file or directory")]
    [InlineData(127, "[FATAL tini (7)] exec x failed\nand a program that goes on\n", null)]
    [InlineData(1, "[FATAL tini (7)] exec /nope failed: No such file or directory\n", null)]
    [InlineData(127, "sh: nope: not found\n", null)]
    public void A_first_process_that_found_no_program_is_told_from_a_program_that_failed(int exitCode, string log, string? expected)
    {
        File.WriteAllText(_log, log);
        Assert.Equal(expected, InitProblem.Find(exitCode, _log));
    }
}
