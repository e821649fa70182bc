using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>The built-in algorithms on tables through the API: parents and identical children on a small real table.</summary>
[Trait("Needs", "clients")]
[Collection(nameof(RealTrainings))]
public sealed class TabularTests
{
    [Fact(Timeout = 240_000)]
    public async Task Each_algorithm_is_tuned_and_a_child_improves_on_its_parent()
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        var digits = Path.Combine(ServerProcess.Root, "samples", "data", "digits");

        var (code, output) = await ClientProgram.RunAsync(ClientProgram.Python, [ClientProgram.Script("tabular.py"), server.Url, digits, workspace.Data]);

        Checks.AllOk(code, output, atLeast: 22);
        server.AssertSound();
    }
}
