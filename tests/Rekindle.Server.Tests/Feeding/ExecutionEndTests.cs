using Rekindle.Feeder;

namespace Rekindle.Server.Tests.Feeding;

public sealed class ExecutionEndTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-feeder-").FullName;

    private string Done => Path.Combine(_folder, FeedFiles.Done);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void At_the_end_no_new_file_is_needed()
    {
        ExecutionEnd.Prepare(_folder);
        Assert.False(File.Exists(Done));
        var prepared = Assert.Single(Directory.GetFiles(_folder));
        File.WriteAllText(prepared, "the same file");
        Assert.True(ExecutionEnd.Acknowledge(_folder));
        Assert.Equal("the same file", File.ReadAllText(Done));
        Assert.Equal([Done], Directory.GetFiles(_folder));
    }

    [Fact]
    public void What_could_not_be_written_down_is_tried_again()
    {
        // A folder in its place stands for a disk that takes nothing.
        Directory.CreateDirectory(Done);
        Assert.False(ExecutionEnd.Acknowledge(_folder));
        Directory.Delete(Done);
        Assert.True(ExecutionEnd.Acknowledge(_folder));
        Assert.True(File.Exists(Done));
    }

    [Fact]
    public void Where_nobody_wants_to_know_there_is_nothing_to_do()
    {
        ExecutionEnd.Prepare(_folder + "-gone");
        Assert.True(ExecutionEnd.Acknowledge(_folder + "-gone"));
    }
}
