using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>The first things a newcomer does: run the demo, and the example of README.md against it.</summary>
[Trait("Needs", "clients")]
[Collection(nameof(RealTrainings))]
public sealed class DemoTests
{
    private const string ExampleAddress = "http://127.0.0.1:8970";

    [Fact(Timeout = 420_000)]
    public async Task The_demo_shows_a_warm_start_that_pays_and_the_readmes_example_runs_against_it()
    {
        using var workspace = new Workspace();
        var temporary = Directory.CreateDirectory(Path.Combine(workspace.Path, "tmp")).FullName;
        var start = new ProcessStartInfo("dotnet", [ServerProcess.Program(), "demo", "--keep"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = ServerProcess.Root,
        };
        start.Environment["TMPDIR"] = temporary;
        // As on many a company's machine; nobody listens there, and the demo is its own server.
        start.Environment["http_proxy"] = "http://127.0.0.1:1";
        using var demo = Process.Start(start)!;
        try
        {
            var token = TestContext.Current.CancellationToken;
            var errors = demo.StandardError.ReadToEndAsync(token);
            var output = new StringBuilder();
            string? address = null;
            while (address is null && await demo.StandardOutput.ReadLineAsync(token) is { } line)
            {
                output.AppendLine(line);
                address = Regex.Match(line, @"export REKINDLE_ENDPOINT=(\S+)") is { Success: true } match ? match.Groups[1].Value : null;
            }

            Assert.True(address is not null, output.ToString() + (demo.HasExited ? await errors : ""));
            AssertPays(output.ToString());

            var (code, said) = await ClientProgram.RunAsync(
                ClientProgram.Python, ["-c", (await ExampleAsync(token)).Replace(ExampleAddress, address, StringComparison.Ordinal)]);
            Assert.True(code == 0, said);
            Assert.Contains("'TuningJobName'", said, StringComparison.Ordinal);

            // Not Ctrl-C, which whoever runs these tests in the background may have told us all to ignore.
            using var kill = Process.Start("kill", ["-TERM", demo.Id.ToString(CultureInfo.InvariantCulture)]);
            _ = await demo.StandardOutput.ReadToEndAsync(token);
            await demo.WaitForExitAsync(token);
            Assert.Equal((0, ""), (demo.ExitCode, await errors));
            Assert.Empty(Directory.GetDirectories(temporary, "rekindle-demo-*"));
        }
        finally
        {
            if (!demo.HasExited)
            {
                demo.Kill();
            }
        }
    }

    private static void AssertPays(string output)
    {
        var lines = output.Split('\n');
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line.TrimEnd('\r')));
        Assert.DoesNotContain("\e[", output, StringComparison.Ordinal);
        var parent = double.Parse(Regex.Match(output, @"(?m)^ *digits-parent +(0\.\d+|1) ").Groups[1].Value, CultureInfo.InvariantCulture);
        var heading = Array.FindIndex(lines, line => line.Contains("OverallBestTrainingJob of digits-child", StringComparison.Ordinal));
        Assert.True(heading >= 0, output);
        var overall = Regex.Match(lines[heading + 1], @"TuningJobName digits-(?:child|parent), validation:accuracy (\S+)");
        Assert.True(double.Parse(overall.Groups[1].Value, CultureInfo.InvariantCulture) >= parent, output);
    }

    /// <summary>The first block of Python of the README.</summary>
    private static async Task<string> ExampleAsync(CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(ServerProcess.Root, "README.md"), cancellationToken);
        var example = Regex.Match(text, "```python\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.Contains(ExampleAddress, example, StringComparison.Ordinal);
        return example;
    }
}
