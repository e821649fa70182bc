using System.Diagnostics;

namespace Rekindle.Conformance.Tests.Clients;

/// <summary>A client of the API that is a program of its own.</summary>
internal static class ClientProgram
{
    /// <summary>The Python that has boto3; another one, such as Debian's with its old boto3, can be named in the environment.</summary>
    public static string Python { get; } = Environment.GetEnvironmentVariable("REKINDLE_TEST_PYTHON") ?? "python3";

    /// <summary>The AWS command line; another one can be named in the environment.</summary>
    public static string Aws { get; } = Environment.GetEnvironmentVariable("REKINDLE_TEST_AWS") ?? "aws";

    /// <summary>Where a script of this folder lies beside the tests.</summary>
    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Clients", name);

    public static Task<(int Code, string Output)> RunAsync(
        string program, string[] arguments, params (string Name, string Value)[] environment) =>
        RunAsync(program, arguments, ServerProcess.Root, environment);

    public static async Task<(int Code, string Output)> RunAsync(
        string program, string[] arguments, string folder, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["AWS_DEFAULT_REGION"] = "us-east-1";
        start.Environment["AWS_ACCESS_KEY_ID"] = "any";
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "any";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["NO_PROXY"] = start.Environment["no_proxy"] = "127.0.0.1,localhost";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(token);
            var errors = process.StandardError.ReadToEndAsync(token);
            await process.WaitForExitAsync(token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
