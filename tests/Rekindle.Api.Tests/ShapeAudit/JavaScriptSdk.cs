using System.Security.Cryptography;

namespace Rekindle.Api.Tests.ShapeAudit;

/// <summary>The AWS SDK for JavaScript of our lock file, installed once for all test projects and runs.</summary>
internal static class JavaScriptSdk
{
    public const string Install = "install Node.js 20 or later with npm (Debian's nodejs and npm), and let npm reach its registry";

    /// <summary>A folder with the SDK of our lock file in it. Test runs share it: it appears by one rename, complete or not at all.</summary>
    public static async Task<string> FolderAsync()
    {
        var cache = Path.Combine(RepositoryRoot(), "artifacts", "npm");
        var lockFile = await File.ReadAllBytesAsync(Here("package-lock.json"));
        var folder = Path.Combine(cache, $"shape-audit-{Convert.ToHexStringLower(SHA256.HashData(lockFile))[..16]}");
        if (Directory.Exists(folder))
            return folder;
        var draft = Path.Combine(cache, $"draft-{Environment.ProcessId}-{Path.GetRandomFileName()}");
        Directory.CreateDirectory(draft);
        try
        {
            foreach (var name in new[] { "package.json", "package-lock.json" })
                File.Copy(Here(name), Path.Combine(draft, name));
            await Tool.RunAsync(Install, draft, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
            Directory.Move(draft, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another run was faster.
        }
        finally
        {
            if (Directory.Exists(draft))
                Directory.Delete(draft, recursive: true);
        }
        return folder;
    }

    private static string Here(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private static string RepositoryRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Rekindle.slnx")))
                return folder;
        }
        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
