namespace Rekindle.Conformance.Tests;

public sealed class ServerProcessTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_killed_server_can_be_disposed_again_so_that_a_tests_own_error_is_the_one_that_is_seen()
    {
        using var workspace = new Workspace();
        var server = await ServerProcess.StartAsync(workspace.Data);
        await server.KillAsync();
        await server.DisposeAsync();

        await server.DisposeAsync();

        Assert.True(server.HasExited);
    }
}
