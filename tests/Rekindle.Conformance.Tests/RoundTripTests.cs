using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>Every member of the two requests that start training, walked through the model of the API that boto3 carries.</summary>
[Trait("Needs", "clients")]
public sealed class RoundTripTests
{
    [Fact(Timeout = 240_000)]
    public async Task What_is_accepted_comes_back_and_reaches_the_training_job_and_what_is_not_offered_is_refused()
    {
        using var workspace = new Workspace();
        workspace.Put("bucket/manifest");
        await File.WriteAllTextAsync(
            Path.Combine(workspace.Data, "s3", "bucket", "manifest"), "{\"text\": \"a\"}\n", TestContext.Current.CancellationToken);
        workspace.Put("bucket/listing");
        await File.WriteAllTextAsync(
            Path.Combine(workspace.Data, "s3", "bucket", "listing"), "[{\"prefix\": \"s3://bucket/\"}, \"manifest\"]", TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(workspace.Data);

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python, [ClientProgram.Script("round_trip.py"), server.Url, workspace.Program("train.sh", "echo score=$y")]);

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var wrong = lines.Where(line => !line.StartsWith("ok ", StringComparison.Ordinal)).ToList();
        Assert.True(code == 0 && wrong.Count == 0, string.Join('\n', wrong));
        // The model grows; it does not shrink to nothing.
        Assert.True(lines.Length > 200, output);
        server.AssertSound();
    }
}
