using Rekindle.Server.Executors.Local;

namespace Rekindle.Server.Tests.Executors.Local;

/// <summary>What is run to find out whether an interpreter has a framework. It is no sandbox's, so it is to know nothing and to leave nothing.</summary>
public sealed class InterpretersTests : IDisposable
{
    private const string Secret = "SECRET_OF_THE_SERVER";

    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-interpreters-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_sees_nothing_of_the_servers_environment_but_what_programs_need()
    {
        Environment.SetEnvironmentVariable(Secret, "key");
        try
        {
            Assert.True(await Interpreters.HasAsync(Program($"env > {_folder}/env"), "torch", TestContext.Current.CancellationToken));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Secret, null);
        }

        var seen = await File.ReadAllTextAsync(Path.Combine(_folder, "env"), TestContext.Current.CancellationToken);
        Assert.Contains("PATH=", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_does_not_outlive_whoever_gave_up()
    {
        using var given = new CancellationTokenSource();
        var looking = Interpreters.HasAsync(Program($"echo $$ > {_folder}/draft && mv {_folder}/draft {_folder}/pid; exec sleep 600"), "torch", given.Token);
        var pid = Path.Combine(_folder, "pid");
        while (!File.Exists(pid)) await PauseAsync();
        var process = $"/proc/{(await File.ReadAllTextAsync(pid, TestContext.Current.CancellationToken)).Trim()}/cmdline";
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looking);
        // One that has ended and was not waited for has no command line any more.
        while (await CommandOfAsync(process) is { Length: > 0 }) await PauseAsync();
    }

    private static async Task<string> CommandOfAsync(string path)
    {
        try
        {
            return await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static Task PauseAsync() => Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);

    private string Program(string script)
    {
        var path = Path.Combine(_folder, "python3");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
