using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

public sealed class StorageRootsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-roots-").FullName;
    private readonly StorageRoots _roots;

    public StorageRootsTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "files"));
        Directory.CreateDirectory(Path.Combine(_folder, "data", "s3", "plain"));
        _roots = new StorageRoots(
            Path.Combine(_folder, "data"),
            new Dictionary<string, string> { ["mapped"] = Path.Combine(_folder, "elsewhere") },
            [Path.Combine(_folder, "files")]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("s3://plain/a/b", "data/s3/plain/a/b")]
    [InlineData("s3://plain//a//b/", "data/s3/plain/a/b")]
    [InlineData("s3://plain", "data/s3/plain")]
    [InlineData("s3://mapped/x", "elsewhere/x")]
    public void A_bucket_is_a_folder(string uri, string path) => Assert.Equal(Path.Combine(_folder, path), _roots.Resolve(uri).Path);

    [Theory]
    [InlineData("a", "files/a")]
    [InlineData("a/", "files/a")]
    [InlineData("b/../a%20b", "files/a b")]
    public void A_file_is_allowed_below_the_roots(string rest, string path) =>
        Assert.Equal(Path.Combine(_folder, path), _roots.Resolve($"file://{_folder}/files/{rest}").Path);

    [Theory]
    [InlineData("s3://plain/../mapped/x")]
    [InlineData("s3://plain/a/../../x")]
    [InlineData("s3://plain/.")]
    [InlineData("s3://../x")]
    [InlineData("s3:///x")]
    [InlineData("s3://plain/a\0b")]
    [InlineData("file:///etc/passwd")]
    [InlineData("file://{0}/files/a%00b")]
    [InlineData("file://{0}/files/../data/s3/x")]
    [InlineData("file://{0}/files/%2e%2e/s3/x")]
    [InlineData("file://{0}/files/..%2fs3/x")]
    [InlineData("file://{0}/files-2/x")]
    [InlineData("file://host/{0}/files/x")]
    [InlineData("file:relative")]
    [InlineData("https://example.com/x")]
    [InlineData("{0}/files/x")]
    public void What_leads_out_or_is_malformed_is_refused(string uri) =>
        Assert.Throws<ExecutionRefusedException>(() => _roots.Resolve(uri.Replace("{0}", _folder, StringComparison.Ordinal)));

    [Theory]
    [InlineData("file://{0}/data")]
    [InlineData("file://{0}/data/")]
    [InlineData("file://{0}/data/executions")]
    [InlineData("file://{0}/data/executions/job/opt-ml")]
    [InlineData("file://{0}/data/s3-else")]
    [InlineData("file://{0}")]
    [InlineData("file:///")]
    [InlineData("file://{0}/link")]
    [InlineData("s3://all")]
    [InlineData("s3://all/data")]
    [InlineData("s3://own/x")]
    public void Nothing_but_the_buckets_leads_into_the_data_folder_or_around_it(string uri)
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), Path.Combine(_folder, "data"));
        var roots = new StorageRoots(
            Path.Combine(_folder, "data"), new Dictionary<string, string> { ["all"] = _folder, ["own"] = Path.Combine(_folder, "data", "executions") }, ["/"]);
        Assert.Contains(
            "data folder",
            Assert.Throws<ExecutionRefusedException>(() => roots.Resolve(uri.Replace("{0}", _folder, StringComparison.Ordinal))).Message,
            StringComparison.Ordinal);
        Assert.Equal(Path.Combine(_folder, "data", "s3", "plain"), roots.Resolve($"file://{_folder}/data/s3/plain").Path);
        Assert.Equal(Path.Combine(_folder, "files"), roots.Resolve($"s3://all/files").Path);
    }

    [Fact]
    public void No_link_leads_out_of_a_root_not_even_on_the_way_to_what_does_not_exist_yet()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "data", "s3", "plain", "out"), "/etc");
        File.CreateSymbolicLink(Path.Combine(_folder, "files", "out"), "/etc");
        File.CreateSymbolicLink(Path.Combine(_folder, "files", "dangling"), "/nowhere/at/all");
        Directory.CreateDirectory(Path.Combine(_folder, "files", "real"));
        File.CreateSymbolicLink(Path.Combine(_folder, "files", "in"), "real");
        foreach (var uri in new[] { "s3://plain/out/passwd", "s3://plain/out", $"file://{_folder}/files/out/new/file", $"file://{_folder}/files/dangling/x" })
        {
            Assert.Throws<ExecutionRefusedException>(() => _roots.Resolve(uri));
        }

        Assert.Equal(Path.Combine(_folder, "files", "in", "x"), _roots.Resolve($"file://{_folder}/files/in/x").Path);
    }
}
