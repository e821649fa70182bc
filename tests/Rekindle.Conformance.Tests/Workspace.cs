namespace Rekindle.Conformance.Tests;

/// <summary>A folder of its own for a test, below the build's output and so visible to training programs.</summary>
internal sealed class Workspace : IDisposable
{
    public Workspace()
    {
        Path = Directory.CreateDirectory(
            System.IO.Path.Combine(ServerProcess.Root, "artifacts", "conformance", Guid.NewGuid().ToString("N"))).FullName;
        Directory.CreateDirectory(System.IO.Path.Combine(Data, "s3", "bucket", "train"));
        File.WriteAllText(System.IO.Path.Combine(Data, "s3", "bucket", "train", "part-1"), "1\n");
    }

    public string Path { get; }

    public string Data => System.IO.Path.Combine(Path, "data");

    /// <summary>A training program in the shell; <c>$x</c> holds the hyperparameter x.</summary>
    public string Program(string name, string body)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(
            path,
            "#!/bin/sh\nx=$(sed -n 's/.*\"x\": *\"\\([^\"]*\\)\".*/\\1/p' /opt/ml/input/config/hyperparameters.json)\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
