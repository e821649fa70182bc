using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Rekindle.Server.Executors.Local;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Local;

public sealed class CodeArchiveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-code-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Unpacks_files_folders_and_links_that_stay_inside()
    {
        var code = await UnpackAsync(
            (TarEntryType.Directory, "./", ""),
            (TarEntryType.RegularFile, "./a/b.py", "print(1)"),
            (TarEntryType.SymbolicLink, "a/c.py", "b.py"),
            (TarEntryType.SymbolicLink, "a/up.py", "../a/b.py"),
            (TarEntryType.HardLink, "hard.py", "a/b.py"),
            (TarEntryType.RegularFile, "a/b.py", "print(2)"));
        Assert.Equal("print(2)", await File.ReadAllTextAsync(Path.Combine(code, "a", "c.py")));
        Assert.Equal("print(2)", await File.ReadAllTextAsync(Path.Combine(code, "a", "up.py")));
        Assert.Equal("print(1)", await File.ReadAllTextAsync(Path.Combine(code, "hard.py")));
    }

    [Theory]
    [InlineData(TarEntryType.RegularFile, "../escaped", "x")]
    [InlineData(TarEntryType.RegularFile, "a/../../escaped", "x")]
    [InlineData(TarEntryType.RegularFile, "/tmp/rekindle-escaped", "x")]
    [InlineData(TarEntryType.Directory, "../escaped", "")]
    [InlineData(TarEntryType.SymbolicLink, "link", "/etc")]
    [InlineData(TarEntryType.SymbolicLink, "link", "..")]
    [InlineData(TarEntryType.SymbolicLink, "a/link", "../..")]
    [InlineData(TarEntryType.SymbolicLink, "a/link", "b/../../..")]
    [InlineData(TarEntryType.SymbolicLink, "../escaped", "a")]
    [InlineData(TarEntryType.HardLink, "link", "../secret")]
    [InlineData(TarEntryType.HardLink, "link", "/etc/passwd")]
    public async Task Refuses_an_entry_that_leads_out(TarEntryType type, string name, string content)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret"), "secret");
        await Assert.ThrowsAsync<ExecutionRefusedException>(() => UnpackAsync((type, name, content)));
        Assert.False(Path.Exists(Path.Combine(_folder, "escaped")));
        Assert.False(Path.Exists("/tmp/rekindle-escaped"));
    }

    [Fact]
    public async Task Does_not_write_through_a_link_of_the_archive()
    {
        await Assert.ThrowsAsync<ExecutionRefusedException>(() => UnpackAsync(
            (TarEntryType.RegularFile, "real/file", "x"),
            (TarEntryType.SymbolicLink, "link", "real"),
            (TarEntryType.RegularFile, "link/file", "y")));
        // A chain that looks harmless step by step: the second link's place is not as deep as its name says.
        await Assert.ThrowsAsync<ExecutionRefusedException>(() => UnpackAsync(
            (TarEntryType.SymbolicLink, "here", "."),
            (TarEntryType.SymbolicLink, "here/here/out", "../..")));
    }

    [Fact]
    public async Task A_file_in_the_place_of_a_link_replaces_the_link_not_its_target()
    {
        var code = await UnpackAsync(
            (TarEntryType.RegularFile, "target", "old"),
            (TarEntryType.SymbolicLink, "link", "target"),
            (TarEntryType.RegularFile, "link", "new"));
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(code, "target")));
        Assert.Equal("new", await File.ReadAllTextAsync(Path.Combine(code, "link")));
    }

    [Fact]
    public async Task Refuses_what_is_no_archive()
    {
        var path = Path.Combine(_folder, "broken.tar.gz");
        await File.WriteAllTextAsync(path, "not an archive");
        await Assert.ThrowsAsync<ExecutionRefusedException>(() => CodeArchive.UnpackAsync(path, _folder, CancellationToken.None));
    }

    [Fact]
    public async Task Refuses_an_archive_that_is_cut_off()
    {
        var path = Path.Combine(_folder, "cut.tar.gz");
        Directory.CreateDirectory(Path.Combine(_folder, "in"));
        var noise = new byte[100_000];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "in", "noise"), noise);
        await PackAsync(Path.Combine(_folder, "in"), path);
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path))[..50_000]);
        Directory.CreateDirectory(Path.Combine(_folder, "code"));
        await Assert.ThrowsAsync<ExecutionRefusedException>(() => CodeArchive.UnpackAsync(path, Path.Combine(_folder, "code"), CancellationToken.None));
    }

    /// <summary>Packs a folder as the SDK packs source code.</summary>
    internal static async Task PackAsync(string folder, string archive)
    {
        await using var file = File.Create(archive);
        await using var packed = new GZipStream(file, CompressionLevel.Fastest);
        await TarFile.CreateFromDirectoryAsync(folder, packed, includeBaseDirectory: false);
    }

    private async Task<string> UnpackAsync(params (TarEntryType Type, string Name, string Content)[] entries)
    {
        var archive = Path.Combine(_folder, $"{Guid.NewGuid():N}.tar.gz");
        await using (var packed = new GZipStream(File.Create(archive), CompressionLevel.Fastest))
        {
            using var tar = new TarWriter(packed);
            foreach (var (type, name, content) in entries)
            {
                var entry = new PaxTarEntry(type, name);
                if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = content;
                else if (type == TarEntryType.RegularFile) entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
                tar.WriteEntry(entry);
            }
        }

        var code = Path.Combine(_folder, $"code-{Guid.NewGuid():N}");
        Directory.CreateDirectory(code);
        await CodeArchive.UnpackAsync(archive, code, CancellationToken.None);
        return code;
    }
}
