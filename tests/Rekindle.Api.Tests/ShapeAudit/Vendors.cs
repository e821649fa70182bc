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
        Environment.GetEnvironmentVariable("REKINDLE_TEST_PYTHON") ?? "python3",
        [Here("ShapeAudit/botocore_model.py"), .. OperationNames]));

    private static async Task<VendorModel> ReadSdkAsync() => VendorModel.Parse(await Tool.RunAsync(
        JavaScriptSdk.Install, await JavaScriptSdk.FolderAsync(), "node", [Here("ShapeAudit/sdk_model.mjs"), .. OperationNames]));
}
