using System.Diagnostics;

namespace Rekindle.Conformance.Tests;

/// <summary>A folder of its own for a test, below the build's output and so visible to training programs.</summary>
internal sealed class Workspace : IDisposable
{
    public Workspace()
    {
        Path = Directory.CreateDirectory(
            System.IO.Path.Combine(ServerProcess.Root, "artifacts", "conformance", Guid.NewGuid().ToString("N"))).FullName;
        Put("bucket/train/part-1");
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

    /// <summary>Settings for the server; the path of their file.</summary>
    public string Config(string json)
    {
        var path = System.IO.Path.Combine(Path, "config.json");
        File.WriteAllText(path, json);
        return path;
    }

    /// <summary>An object in a bucket of the server.</summary>
    public void Put(string key)
    {
        var path = System.IO.Path.Combine(Data, "s3", key);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "1\n");
    }

    /// <summary>Ends what a killed server left running (training programs outlive it by design), then removes everything.</summary>
    public void Dispose()
    {
        for (var attempt = 1; ; attempt++)
        {
            foreach (var process in Processes())
            {
                using (process)
                {
                    process.Kill();
                    process.WaitForExit(TimeSpan.FromSeconds(10));
                }
            }

            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (IOException) when (attempt < 10)
            {
                // A program wrote on while its folder was removed.
            }
        }
    }

    /// <summary>Processes that work in this folder: shims, and what they started.</summary>
    private IEnumerable<Process> Processes()
    {
        foreach (var process in Process.GetProcesses())
        {
            string? folder = null;
            try
            {
                folder = new FileInfo($"/proc/{process.Id}/cwd").LinkTarget;
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has just ended, or is not ours.
            }

            if (folder?.StartsWith(Path, StringComparison.Ordinal) is true)
            {
                yield return process;
            }
            else
            {
                process.Dispose();
            }
        }
    }
}
