using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>The samples run as their comments say.</summary>
public sealed class SampleTests
{
    [Fact(Timeout = 240_000)]
    public async Task Xgboost_is_tuned_twice_over_S3_and_the_best_model_predicts()
    {
        using var workspace = new Workspace();
        // Debian's Python has Debian's xgboost, whichever Python comes first otherwise.
        await using var server = await ServerProcess.StartAsync(workspace.Data, path: "/usr/bin");
        var sample = Path.Combine(ServerProcess.Root, "samples", "warm_start_xgboost", "tune.py");

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python,
            [sample],
            [("AWS_ENDPOINT_URL", server.Url), ("TRAINING_JOBS", "4"), ("PYTHON_WITH_XGBOOST", "/usr/bin/python3")]);

        Assert.True(code == 0, output);
        Assert.Matches("parent-[0-9]+ Completed best 0[.][0-9]+", output);
        Assert.Matches("child-[0-9]+ Completed best 0[.][0-9]+", output);
        Assert.Matches("its last line: round 29 validation-auc:0[.][0-9]+", output);
        Assert.Matches("it predicts 0[.][6-9][0-9]* of the validation rows right", output);
    }
}
