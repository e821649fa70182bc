using Rekindle.Api.Tests.ShapeAudit;
using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>The AWS SDK for JavaScript against the real server, without keys and with keys that it has to sign with.</summary>
[Trait("Needs", "clients")]
public sealed class JavaScriptTests
{
    [Theory(Timeout = 480_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_warm_start_page_runs_with_the_SDK_for_JavaScript(bool keys)
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data, keys ? workspace.Config("""{"Access": {"Keys": {"KEY": "right"}}}""") : null);
        var quick = workspace.Program("quick.sh", "echo score=$x");
        var slow = workspace.Program("slow.sh", "echo score=$x; exec sleep 60");

        var (code, output) = await ClientProgram.RunAsync(
            "node",
            [ClientProgram.Script("page.mjs"), server.Url, quick, slow, keys ? "keys" : "open"],
            await JavaScriptSdk.FolderAsync(),
            [("AWS_ACCESS_KEY_ID", "KEY"), ("AWS_SECRET_ACCESS_KEY", "right"), ("NODE_NO_WARNINGS", "1")]);

        Checks.AllOk(code, output, atLeast: keys ? 25 : 22);
        server.AssertSound();
    }
}
