using Rekindle.Server.Executors.Docker;

namespace Rekindle.Server.Tests.Executors.Docker;

public sealed class ServerNameTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-name-").FullName;

    [Fact]
    public void It_stays_the_same_also_when_the_data_folder_is_moved()
    {
        var name = ServerName.Of(Path.Combine(_folder, "a"));
        Assert.Equal(name, ServerName.Of(Path.Combine(_folder, "a")));
        Directory.Move(Path.Combine(_folder, "a"), Path.Combine(_folder, "b"));
        Assert.Equal(name, ServerName.Of(Path.Combine(_folder, "b")));
    }

    [Fact]
    public void A_copy_beside_the_original_gets_a_name_of_its_own()
    {
        var name = ServerName.Of(Path.Combine(_folder, "a"));
        Directory.CreateDirectory(Path.Combine(_folder, "b"));
        File.Copy(Path.Combine(_folder, "a", "server-name"), Path.Combine(_folder, "b", "server-name"));

        var copy = ServerName.Of(Path.Combine(_folder, "b"));

        Assert.NotEqual(name, copy);
        Assert.Equal(copy, ServerName.Of(Path.Combine(_folder, "b")));
        Assert.Equal(name, ServerName.Of(Path.Combine(_folder, "a")));
    }

    [Fact]
    public void A_path_is_followed_through_every_link()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "real", "inner"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "link"), "real");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "real", "out"), "/");
        Assert.Equal(Path.Combine(_folder, "real", "inner"), RealPath.Of(Path.Combine(_folder, "link", "inner")));
        Assert.Equal("/etc", RealPath.Of(Path.Combine(_folder, "link", "out", "etc")));
        Assert.Equal(Path.Combine(_folder, "real", "missing"), RealPath.Of(Path.Combine(_folder, "real", "missing")));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "loop"), "loop");
        Assert.Throws<IOException>(() => RealPath.Of(Path.Combine(_folder, "loop")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
