using System.Text;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

public sealed class PipeChannelsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-pipes-").FullName;
    private readonly PipeChannels _channels;

    public PipeChannelsTests()
    {
        var roots = new StorageRoots(Path.Combine(_folder, "data"), new Dictionary<string, string>(), [Path.Combine(_folder, "files")]);
        _channels = new PipeChannels(roots, new InputChannels(roots));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Objects_come_in_the_order_of_their_keys()
    {
        foreach (var key in (string[])["train/b", "train/a/2", "train/a/10", "train/a-1", "train.csv", "train-2/x", "trains", "trial"]) Put(key, "");
        Assert.Equal(
            ["train-2/x", "train.csv", "train/a-1", "train/a/10", "train/a/2", "train/b", "trains"],
            Resolve(new Channel { Name = "c", S3Uri = "s3://b/train" }).Select(piece => Path.GetRelativePath(Path.Combine(_folder, "data", "s3", "b"), piece.Path!)));
    }

    [Fact]
    public void A_manifest_has_an_order_of_its_own()
    {
        Put("d/1", "");
        Put("d/2", "");
        Put("m", """[{"prefix": "s3://b/d/"}, "2", "1", "2"]""");
        Assert.Equal(
            ["2", "1", "2"],
            Resolve(new Channel { Name = "c", S3Uri = "s3://b/m", S3DataType = "ManifestFile" }).Select(piece => Path.GetFileName(piece.Path)));
    }

    [Fact]
    public void Links_count_where_they_stay_in_the_bucket_and_what_is_no_file_does_not_count()
    {
        Put("train/a", "");
        Put("elsewhere/z", "");
        var train = Path.Combine(_folder, "data", "s3", "b", "train");
        File.WriteAllText(Path.Combine(_folder, "secret"), "");
        File.CreateSymbolicLink(Path.Combine(train, "inside"), "../elsewhere/z");
        File.CreateSymbolicLink(Path.Combine(train, "outside"), Path.Combine(_folder, "secret"));
        File.CreateSymbolicLink(Path.Combine(train, "folder"), "../elsewhere");
        File.CreateSymbolicLink(Path.Combine(train, "loop"), "loop");
        Assert.Equal(["a", "z"], Resolve(new Channel { Name = "c", S3Uri = "s3://b/train/" }).Select(piece => Path.GetFileName(piece.Path)));
    }

    [Fact]
    public void Each_line_of_an_augmented_manifest_gives_its_attributes_in_the_asked_order()
    {
        Put("images/1.jpg", "");
        Put("images/2.jpg", "");
        Put("lines", """
            {"class": 1, "source-ref": "s3://b/images/1.jpg", "text": "gr\u00fc\u00dfe", "more": {"a":  [1, 2]}}

            {"more": null, "source-ref": "s3://b/images/2.jpg", "class": 2.50, "text": "Gr\u00fc\u00dfe \u26a1"}
            """.Replace("Gr\\u00fc\\u00dfe \\u26a1", "Gr\u00fc\u00dfe \u26a1", StringComparison.Ordinal));
        var pieces = Resolve(Augmented("source-ref", "class", "text", "more"));
        Assert.Equal(
            ["1.jpg", "1", "\"gr\\u00fc\\u00dfe\"", "{\"a\":  [1, 2]}", "2.jpg", "2.50", "\"Gr\u00fc\u00dfe \u26a1\"", "null"],
            pieces.Select(piece => piece.Path is null ? Encoding.UTF8.GetString(piece.Text) : Path.GetFileName(piece.Path)));
    }

    [Theory]
    [InlineData("""{"source-ref": "s3://b/1", "class": 1}~{"source-ref": """, "line 2", "is no JSON object")]
    [InlineData("""{"source-ref": "s3://b/1", "class": 1}~~[1]""", "line 3", "is no JSON object")]
    [InlineData("""{"source-ref": "s3://b/1"}""", "line 1", "has no attribute \"class\"")]
    [InlineData("""{"source-ref": "s3://b/1", "class": 1}~{"source-ref": "s3://b/2", "class": 1}""", "line 2", "\"source-ref\" names the object \"s3://b/2\", which was not found")]
    [InlineData("""{"source-ref": 1, "class": 1}""", "line 1", "\"source-ref\" is no text")]
    [InlineData("""{"source-ref": null, "class": 1}""", "line 1", "\"source-ref\" is no text")]
    [InlineData("""{"source-ref": "/etc/passwd", "class": 1}""", "line 1", "\"source-ref\"")]
    [InlineData("""{"source-ref": "s3://b/../../x", "class": 1}""", "line 1", "\"source-ref\"")]
    [InlineData("""{"source-ref": "\ud800", "class": 1}""", "line 1", "\"source-ref\" can't be read as text")]
    [InlineData("""{"\ud800": 1, "class": 1}""", "line 1", "source-ref")]
    [InlineData("~~", "lines\"", "has no lines")]
    public void A_damaged_augmented_manifest_is_told_with_channel_line_and_attribute(string lines, string line, string problem)
    {
        Put("1", "");
        Put("lines", lines.Replace('~', '\n'));
        var sentence = _channels.FindProblem(Augmented("source-ref", "class"), "Pipe", "us-east-1", null);
        Assert.Contains("Channel \"c\"", sentence, StringComparison.Ordinal);
        Assert.Contains(line, sentence, StringComparison.Ordinal);
        Assert.Contains(problem, sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_first_lines_of_an_augmented_manifest_are_looked_at_before_it_is_to_be_streamed()
    {
        foreach (var (good, isSeen) in new[] { (PipeChannels.MostLinesAtFirst - 1, true), (PipeChannels.MostLinesAtFirst, false) })
        {
            Put("lines", string.Concat(Enumerable.Repeat("{\"class\": 1}\n", good)) + "damaged\n");
            Assert.Equal(isSeen, _channels.FindProblem(Augmented("class"), "Pipe", "us-east-1", null) is not null);
            var refused = Assert.Throws<ExecutionRefusedException>(() => Resolve(Augmented("class")));
            Assert.Contains($"line {good + 1} of", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_line_without_end_is_not_read_to_its_end()
    {
        var whole = $$"""{"class": "{{new string('x', PipeChannels.LongestLine - 13)}}"}""";
        Put("lines", whole + "\n");
        Assert.Single(Resolve(Augmented("class")));
        // Sparse: to read it all would take more memory than there is in one text.
        using (var file = new FileStream(Path.Combine(_folder, "data", "s3", "b", "lines"), FileMode.Append)) file.SetLength(8L << 30);
        Assert.Contains($"line 2 of the augmented manifest \"s3://b/lines\": is longer than", _channels.FindProblem(Augmented("class"), "Pipe", "us-east-1", null), StringComparison.Ordinal);
    }

    /// <summary>A file of the kernel that only takes what is written: nobody may read it, the system's own user included.</summary>
    [Fact]
    public void An_augmented_manifest_that_can_not_be_read_is_told()
    {
        var roots = new StorageRoots(Path.Combine(_folder, "data"), new Dictionary<string, string> { ["kernel"] = "/proc/sys/vm" }, []);
        var channel = Augmented("class") with { S3Uri = "s3://kernel/drop_caches" };
        Assert.Contains(
            "can't be read by the server",
            new PipeChannels(roots, new InputChannels(roots)).FindProblem(channel, "Pipe", "us-east-1", null),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb\rc\n\nd\r\n\r\n", "a|b|c||d|")]
    [InlineData("\r\n\n\r", "||")]
    [InlineData("\uFEFFa\nbcd", "a|bcd")]
    [InlineData("abcde\nabcdef\na", "abcde|-")]
    public void Lines_are_read_as_they_always_are(string text, string lines)
    {
        Put("lines", text);
        Assert.Equal(lines, string.Join('|', BoundedLines.Read(Path.Combine(_folder, "data", "s3", "b", "lines"), 5).Select(line => line ?? "-")));
    }

    [Fact]
    public void Lines_at_the_ends_of_what_is_read_at_once_are_whole()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => i % 3 == 0 ? $"{i}\r\n" : $"{i}\n"));
        Put("lines", text);
        var path = Path.Combine(_folder, "data", "s3", "b", "lines");
        Assert.Equal(File.ReadLines(path), BoundedLines.Read(path, 5));
    }

    [Fact]
    public void A_missing_augmented_manifest_is_told() =>
        Assert.Contains("\"s3://b/lines\" was not found", _channels.FindProblem(Augmented("a"), "Pipe", "us-east-1", null), StringComparison.Ordinal);

    [Theory]
    [InlineData("File", "S3Prefix", "Gzip", "None", "Gzip needs the input mode Pipe, not File")]
    [InlineData("FastFile", "S3Prefix", "None", "RecordIO", "RecordIO needs the input mode Pipe, not FastFile")]
    [InlineData("File", "AugmentedManifestFile", "None", "None", "AugmentedManifestFile needs the input mode Pipe, not File")]
    [InlineData("FastFile", "ManifestFile", "None", "None", "FastFile needs the S3DataType S3Prefix, not ManifestFile")]
    [InlineData("Pipe", "Converse", "None", "None", "not Converse")]
    [InlineData("Other", "S3Prefix", "None", "None", "File, FastFile and Pipe, not Other")]
    [InlineData("Pipe", "S3Prefix", "Gzip", "RecordIO", null)]
    [InlineData("Pipe", "ManifestFile", "None", "None", null)]
    [InlineData("File", "ManifestFile", "None", "None", null)]
    [InlineData("FastFile", "S3Prefix", "None", "None", null)]
    public void Settings_that_do_not_go_together_are_refused(string mode, string type, string compression, string wrapping, string? problem)
    {
        var channel = new Channel { Name = "c", S3Uri = "s3://b/x", S3DataType = type, CompressionType = compression, RecordWrapperType = wrapping, AttributeNames = ["a"] };
        foreach (var sentence in (string?[])[ChannelModes.Refuse(channel, mode), ChannelModes.Refuse(channel with { InputMode = mode }, "File")])
        {
            if (problem is null) Assert.Null(sentence);
            else Assert.Contains(problem, sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_augmented_manifest_needs_the_names_of_its_attributes() =>
        Assert.Contains("AttributeNames", ChannelModes.Refuse(Augmented(), "Pipe"), StringComparison.Ordinal);

    [Theory]
    [InlineData("train", "train_0", true)]
    [InlineData("train", "train_12", true)]
    [InlineData("train", "train_x", false)]
    [InlineData("train", "train_", false)]
    public void A_channel_may_not_have_the_name_of_a_fifo_of_another(string pipe, string other, bool isRefused)
    {
        var definition = new TrainingDefinition
        {
            Image = "i",
            OutputPath = "s3://b/o",
            Channels = [new Channel { Name = other, S3Uri = "s3://b/x" }, new Channel { Name = pipe, S3Uri = "s3://b/x", InputMode = "Pipe" }],
        };
        Assert.Equal(isRefused, ChannelModes.RefuseTogether(definition) is not null);
    }

    private static Channel Augmented(params string[] attributes) =>
        new() { Name = "c", S3Uri = "s3://b/lines", S3DataType = "AugmentedManifestFile", InputMode = "Pipe", AttributeNames = attributes };

    private IReadOnlyList<Rekindle.Feeder.FedPiece> Resolve(Channel channel) =>
        _channels.Resolve(channel, "Pipe", "us-east-1", null, CancellationToken.None).Pieces;

    private void Put(string key, string content)
    {
        var path = Path.Combine(_folder, "data", "s3", "b", key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
