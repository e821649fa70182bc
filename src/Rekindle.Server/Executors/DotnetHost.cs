using System.Runtime.InteropServices;

namespace Rekindle.Server.Executors;

/// <summary>The host of the runtime this program runs on: a program beside it needs no other one, and none on the PATH.</summary>
internal static class DotnetHost
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var root = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent?.Parent?.Parent;
        var host = root is null ? "" : System.IO.Path.Combine(root.FullName, "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }
}
