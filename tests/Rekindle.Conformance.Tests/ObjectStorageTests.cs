using Rekindle.Api.Tests.ShapeAudit;
using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>S3, STS, IAM and Logs with real clients that are told the server's address and nothing else.</summary>
[Trait("Needs", "clients")]
public sealed class ObjectStorageTests
{
    [Theory(Timeout = 480_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Boto3_keeps_objects_here(bool keys)
    {
        using var workspace = new Workspace();
        await using var server = await StartAsync(workspace, keys);
        Directory.Delete(Path.Combine(workspace.Data, "s3"), recursive: true);

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python, [ClientProgram.Script("s3.py"), keys ? "keys" : "open"], Environment(server));

        Checks.AllOk(code, output, atLeast: keys ? 165 : 145);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(workspace.Data, "s3-metadata"), "*", SearchOption.AllDirectories));
        server.AssertSound();
    }

    [Fact(Timeout = 480_000)]
    public async Task A_training_job_reads_what_boto3_uploaded_and_boto3_downloads_its_model()
    {
        using var workspace = new Workspace();
        await using var server = await StartAsync(workspace, keys: true);
        var program = workspace.Program(
            "train.sh",
            """
            s=$(cat /opt/ml/input/data/train/part-* | awk '{s+=$1} END {print s}'); echo sum=$s; echo $s > /opt/ml/model/weights
            for n in 1 2 3 4 5; do echo line $n; sleep 0.1; done
            echo warning: two words; sleep 0.5; echo end of training
            """);

        var (code, output) = await ClientProgram.RunAsync(ClientProgram.Python, [ClientProgram.Script("s3_training.py"), program], Environment(server));

        Checks.AllOk(code, output, atLeast: 18);
        server.AssertSound();
    }

    [Fact(Timeout = 480_000)]
    public async Task The_aws_command_line_copies_syncs_lists_and_removes()
    {
        using var workspace = new Workspace();
        await using var server = await StartAsync(workspace, keys: true);
        var here = Directory.CreateDirectory(Path.Combine(workspace.Path, "here", "inner")).Parent!.FullName;
        var back = Path.Combine(workspace.Path, "back");
        await File.WriteAllTextAsync(Path.Combine(here, "a.txt"), "a", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(here, "inner", "b ü.txt"), "bb", TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(here, "large.bin"), new byte[9 << 20], TestContext.Current.CancellationToken);

        _ = await AwsAsync(server, "mb", "s3://from-cli");
        _ = await AwsAsync(server, "sync", here, "s3://from-cli/tree");
        var listed = await AwsAsync(server, "ls", "--recursive", "s3://from-cli/");
        Assert.Matches(@"(?s) 1 tree/a\.txt\n.* 2 tree/inner/b ü\.txt\n.* 9437184 tree/large\.bin\n", listed);
        Assert.Contains("PRE inner/", await AwsAsync(server, "ls", "s3://from-cli/tree/"), StringComparison.Ordinal);
        Assert.DoesNotContain("upload:", await AwsAsync(server, "sync", here, "s3://from-cli/tree"), StringComparison.Ordinal);
        _ = await AwsAsync(server, "sync", "s3://from-cli/tree", back);
        Assert.Equal("bb", await File.ReadAllTextAsync(Path.Combine(back, "inner", "b ü.txt"), TestContext.Current.CancellationToken));
        Assert.Equal(9 << 20, new FileInfo(Path.Combine(back, "large.bin")).Length);
        _ = await AwsAsync(server, "cp", "s3://from-cli/tree/a.txt", "s3://from-cli/copy.txt");
        Assert.Equal("a", await File.ReadAllTextAsync(Path.Combine(workspace.Data, "s3", "from-cli", "copy.txt"), TestContext.Current.CancellationToken));
        Assert.Contains("delete: s3://from-cli/tree/a.txt", await AwsAsync(server, "rm", "--recursive", "s3://from-cli/tree"), StringComparison.Ordinal);
        _ = await AwsAsync(server, "rb", "--force", "s3://from-cli");
        Assert.DoesNotContain("from-cli", await AwsAsync(server, "ls"), StringComparison.Ordinal);
        server.AssertSound();
    }

    [Theory(Timeout = 480_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_SDK_for_JavaScript_keeps_objects_here(bool keys)
    {
        using var workspace = new Workspace();
        await using var server = await StartAsync(workspace, keys);

        var (code, output) = await ClientProgram.RunAsync(
            "node", [ClientProgram.Script("s3.mjs")], await JavaScriptSdk.FolderAsync(), [.. Environment(server), ("NODE_NO_WARNINGS", "1")]);

        Checks.AllOk(code, output, atLeast: 9);
        server.AssertSound();
    }

    private static Task<ServerProcess> StartAsync(Workspace workspace, bool keys) =>
        ServerProcess.StartAsync(workspace.Data, keys ? workspace.Config("""{"Access": {"Keys": {"KEY": "right"}}}""") : null);

    private static (string Name, string Value)[] Environment(ServerProcess server) =>
        [("AWS_ENDPOINT_URL", server.Url), ("AWS_ACCESS_KEY_ID", "KEY"), ("AWS_SECRET_ACCESS_KEY", "right")];

    private static async Task<string> AwsAsync(ServerProcess server, params string[] arguments)
    {
        var (code, output) = await ClientProgram.RunAsync(ClientProgram.Aws, ["s3", .. arguments, "--endpoint-url", server.Url], Environment(server));
        Assert.True(code == 0, output);
        return output;
    }
}
