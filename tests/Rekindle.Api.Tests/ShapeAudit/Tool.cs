using System.Diagnostics;

namespace Rekindle.Api.Tests.ShapeAudit;

/// <summary>Runs a program of the machine for a test.</summary>
internal static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Standard output of the program, which has to end well; else the test fails and says what to install.</summary>
    public static async Task<string> RunAsync(string install, string folder, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using CancellationTokenSource patience = new(Patience);
        using var process = Start(start, install);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            if (process.ExitCode == 0)
                return await output;
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}; {install}\n{await errors}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start, string install)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new InvalidOperationException($"{start.FileName} is not there; {install}", failure);
        }
    }
}
