using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>CloudWatch with real clients: today's boto3 speaks AWS JSON 1.0, one of some years ago the query protocol.</summary>
[Trait("Needs", "clients")]
public sealed class MetricStatisticsTests
{
    [Fact(Timeout = 480_000)]
    public async Task Boto3_reads_the_metrics_of_a_training_job()
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data, workspace.Config("""{"Access": {"Keys": {"KEY": "right"}}}"""));
        var program = workspace.Program("train.sh", "echo 'loss=4;'; echo 'loss=2; acc=0.5;'; echo 'loss=1;'");

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python,
            [ClientProgram.Script("metrics.py"), program],
            ("AWS_ENDPOINT_URL", server.Url), ("AWS_ACCESS_KEY_ID", "KEY"), ("AWS_SECRET_ACCESS_KEY", "right"));

        Checks.AllOk(code, output, atLeast: 11);
        server.AssertSound();
    }
}
