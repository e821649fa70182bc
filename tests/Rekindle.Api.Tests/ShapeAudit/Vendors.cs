using System.Security.Cryptography;

namespace Rekindle.Api.Tests.ShapeAudit;

/// <summary>The two client libraries of AWS that audit our records, each read once per test run.</summary>
public sealed class Vendors
{
    private readonly Lazy<Task<VendorModel>> _botocore = new(ReadBotocoreAsync);

    private readonly Lazy<Task<VendorModel>> _sdk = new(ReadSdkAsync);

    internal Task<VendorModel> Botocore => _botocore.Value;

    internal Task<VendorModel> Sdk => _sdk.Value;

    private static string[] OperationNames => [.. OperationTable.ByTarget.Values.Select(operation => operation.Name).Order(StringComparer.Ordinal)];

    private static string Here(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private static async Task<VendorModel> ReadBotocoreAsync() => VendorModel.Parse(await Tool.RunAsync(
        "install Python 3 with boto3 (pip install boto3, or Debian's python3-boto3)",
        AppContext.BaseDirectory,
        "python3",
        [Here("ShapeAudit/botocore_model.py"), .. OperationNames]));

    private static async Task<VendorModel> ReadSdkAsync()
    {
        const string Install = "install Node.js 20 or later with npm (Debian's nodejs and npm), and let npm reach its registry";
        var folder = await InstallSdkAsync(Install);
        return VendorModel.Parse(await Tool.RunAsync(Install, folder, "node", [Here("ShapeAudit/sdk_model.mjs"), .. OperationNames]));
    }

    /// <summary>A folder with the SDK of our lock file in it. Test runs share it: it appears by one rename, complete or not at all.</summary>
    private static async Task<string> InstallSdkAsync(string install)
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
            await Tool.RunAsync(install, draft, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
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
