using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

public sealed class InputChannelsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-channels-").FullName;
    private readonly InputChannels _channels;

    public InputChannelsTests() => _channels = new InputChannels(
        new StorageRoots(Path.Combine(_folder, "data"), new Dictionary<string, string>(), [Path.Combine(_folder, "files")]));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("s3://b/nothing")]
    [InlineData("s3://b/empty")]
    [InlineData("s3://b/empty/")]
    [InlineData("s3://b/file.csv/")]
    [InlineData("s3://unknown/train")]
    [InlineData("s3://unknown")]
    public void A_prefix_without_objects_is_told_in_the_words_of_AWS(string uri)
    {
        Put("data/s3/b/file.csv");
        Directory.CreateDirectory(Path.Combine(_folder, "data", "s3", "b", "empty", "inner"));
        var bucket = uri.Split('/')[2];
        Assert.Equal(
            $"No S3 objects found under S3 URL \"{uri}\" given in input data source. Please ensure that the bucket exists in the selected region (us-west-2), "
            + $"that objects exist under that S3 prefix, and that the role \"arn:aws:iam::1:role/r\" has \"s3:ListBucket\" permissions on bucket \"{bucket}\".",
            Problem(uri));
    }

    [Theory]
    [InlineData("s3://b/train")]
    [InlineData("s3://b/train/")]
    [InlineData("s3://b/tr")]
    [InlineData("s3://b")]
    [InlineData("s3://b/train/a.csv")]
    public void A_prefix_with_objects_is_fine(string uri)
    {
        Put("data/s3/b/train/a.csv");
        Assert.Null(Problem(uri));
    }

    [Fact]
    public void A_folder_of_files_is_taken_by_name_not_by_prefix()
    {
        Put("files/train/a.csv");
        Assert.Null(Problem($"file://{_folder}/files/train"));
        Assert.NotNull(Problem($"file://{_folder}/files/tr"));
    }

    [Fact]
    public void A_link_among_the_objects_that_leads_out_is_refused()
    {
        Put("data/s3/b/train/a.csv");
        File.CreateSymbolicLink(Path.Combine(_folder, "data", "s3", "b", "train-users"), "/etc/passwd");
        Assert.Contains("leaves", Problem("s3://b/train"), StringComparison.Ordinal);
        Assert.Contains("leaves", Problem("s3://b/train-users"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"prefix": "s3://b/train/"}, "../secret"]""")]
    [InlineData("""[{"prefix": "s3://b/"}, "/../../secret"]""")]
    [InlineData("""[{"prefix": "file:///etc/"}, "passwd"]""")]
    [InlineData("""[{"prefix": "s3://b/train/"}, "missing"]""")]
    [InlineData("""[{"prefix": "s3://b/train/"}]""")]
    [InlineData("""[{"prefix": "s3://b/train/"}, 5]""")]
    [InlineData("""[{"prefix": 5}, "a.csv"]""")]
    [InlineData("""[{"prefix": "s3://b/train/"}, "a.csv", null]""")]
    [InlineData("""[{"prefix": null}, "a.csv"]""")]
    [InlineData("""[]""")]
    [InlineData("""{"prefix": "s3://b/train/"}""")]
    [InlineData("not json")]
    public void A_manifest_that_is_broken_or_leads_out_is_refused(string manifest)
    {
        Put("data/s3/b/train/a.csv");
        Put("data/s3/b/secret");
        File.WriteAllText(Path.Combine(_folder, "data", "s3", "b", "manifest"), manifest);
        Assert.NotNull(_channels.FindProblem(new Channel { Name = "train", S3Uri = "s3://b/manifest", S3DataType = "ManifestFile" }, "File", "us-west-2", null));
    }

    [Fact(Timeout = 20_000)]
    public async Task Folders_linked_into_themselves_hold_no_files_and_are_left_soon()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "data", "s3", "b", "loop")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "a"), ".");
        File.CreateSymbolicLink(Path.Combine(folder, "b"), ".");
        Assert.StartsWith("No S3 objects", await Task.Run(() => Problem("s3://b/loop/"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Put("elsewhere/file.csv");
        File.CreateSymbolicLink(Path.Combine(folder, "c"), Path.Combine(_folder, "elsewhere"));
        Assert.Null(await Task.Run(() => Problem("s3://b/loop/"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Looking_for_files_ends_when_it_is_told_to()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "data", "s3", "b", "empty", "inner"));
        var channel = new Channel { Name = "train", S3Uri = "s3://b/empty" };
        Assert.Throws<OperationCanceledException>(() => _channels.Resolve(channel, "File", "us-west-2", null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_prefix_does_not_find_the_data_folder_among_the_objects()
    {
        Put("train/a.csv");
        var channels = new InputChannels(new StorageRoots(
            Path.Combine(_folder, "data"), new Dictionary<string, string> { ["all"] = _folder }, []));
        Put("data/rekindle.db");
        Assert.Contains(
            "data folder",
            channels.FindProblem(new Channel { Name = "train", S3Uri = "s3://all/d" }, "File", "us-west-2", null),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_offered_is_said_by_name()
    {
        Put("data/s3/b/train/a.csv");
        var channel = new Channel { Name = "train", S3Uri = "s3://b/train" };
        Assert.Null(_channels.FindProblem(channel with { InputMode = "FastFile" }, "Pipe", "us-west-2", null));
        Assert.Contains("Gzip", _channels.FindProblem(channel with { CompressionType = "Gzip" }, "File", "us-west-2", null), StringComparison.Ordinal);
        Assert.Contains("AugmentedManifestFile", _channels.FindProblem(channel with { S3DataType = "AugmentedManifestFile" }, "File", "us-west-2", null), StringComparison.Ordinal);
        Assert.NotNull(_channels.FindProblem(channel with { Name = "../x" }, "File", "us-west-2", null));
    }

    private string? Problem(string uri) => _channels.FindProblem(new Channel { Name = "train", S3Uri = uri }, "File", "us-west-2", "arn:aws:iam::1:role/r");

    private void Put(string path)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, "x");
    }
}
