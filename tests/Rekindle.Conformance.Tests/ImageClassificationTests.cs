using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>The built-in algorithm through the API.</summary>
[Trait("Needs", "clients")]
[Collection(nameof(RealTrainings))]
public sealed class ImageClassificationTests
{
    [Fact(Timeout = 480_000)]
    public async Task Records_are_learnt_and_the_pages_snippet_runs_with_all_its_hyperparameters()
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        var digits = Path.Combine(ServerProcess.Root, "samples", "data", "digits");

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python, [ClientProgram.Script("image_classification.py"), server.Url, digits, workspace.Data]);

        Checks.AllOk(code, output, atLeast: 9);
        server.AssertSound();
    }
}
