using System.Diagnostics;
using System.IO.Compression;

namespace Rekindle.Conformance.Tests;

/// <summary>The optimizer as a user of .NET gets it: the package, in a program of its own, and the sample.</summary>
public sealed class PackageTests
{
    [Fact(Timeout = 600_000)]
    public async Task The_package_holds_library_documentation_and_readme_and_a_program_can_use_it()
    {
        using var workspace = new Workspace();
        var feed = Path.Combine(workspace.Path, "feed");
        await RunAsync(workspace.Path, "pack", Path.Combine(ServerProcess.Root, "src", "Rekindle.Optimization"), "--output", feed, "--nologo");
        var package = Assert.Single(Directory.GetFiles(feed, "*.nupkg"));
        await using (var archive = await ZipFile.OpenReadAsync(package, TestContext.Current.CancellationToken))
        {
            var files = archive.Entries.Select(entry => entry.FullName).ToHashSet();
            Assert.Superset(
                new HashSet<string> { "README.md", "lib/net10.0/Rekindle.Optimization.dll", "lib/net10.0/Rekindle.Optimization.xml" }, files);
            var specification = await ReadAsync(archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)));
            Assert.Equal(2, specification.Split("<dependency ").Length);
            Assert.Contains("<dependency id=\"System.Numerics.Tensors\"", specification, StringComparison.Ordinal);
            Assert.Contains("<license type=\"expression\">Apache-2.0</license>", specification, StringComparison.Ordinal);
        }

        var program = Directory.CreateDirectory(Path.Combine(workspace.Path, "program")).FullName;
        // Above the program lie the settings of this repository's own builds.
        await WriteAsync(program, "Directory.Build.props", "<Project />");
        await WriteAsync(program, "Directory.Build.targets", "<Project />");
        await WriteAsync(program, "Directory.Packages.props", "<Project />");
        await WriteAsync(program, "program.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreAdditionalProjectSources>{feed}</RestoreAdditionalProjectSources>
                <RestorePackagesPath>{Path.Combine(workspace.Path, "packages")}</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Rekindle.Optimization" Version="{Path.GetFileNameWithoutExtension(package)["Rekindle.Optimization.".Length..]}" />
              </ItemGroup>
            </Project>
            """);
        await WriteAsync(program, "Program.cs", """
            using Rekindle.Optimization;

            var tuner = new Tuner(new TuningProblem(new SearchSpace([new ContinuousParameter("x", -2, 2)]), Goal.Minimize, 15));
            while (tuner.Ask() is { } evaluation) tuner.Tell(evaluation, Math.Pow(evaluation.Real("x") - 0.7, 2));
            Console.WriteLine(tuner.Best!.Value < 0.01 ? "found" : "missed");

            var brisk = new Tuner(tuner.Problem, new TunerOptions { StopEarly = true });
            while (brisk.Ask() is { } evaluation)
            {
                var value = Math.Pow(evaluation.Real("x") - 0.7, 2);
                for (var epoch = 1; epoch <= 8 && brisk.Report(evaluation, epoch, value + (1.0 / epoch)) == ReportDecision.Continue; epoch++) ;
                brisk.Tell(evaluation, value);
            }

            Console.WriteLine(brisk.Evaluations.Any(evaluation => evaluation.WasStoppedEarly) ? "stopped some" : "stopped none");
            """);

        Assert.Equal("found\nstopped some", (await RunAsync(program, "run")).Trim());
    }

    [Fact(Timeout = 600_000)]
    public async Task The_sample_tunes_a_classifier_in_all_five_ways()
    {
        using var workspace = new Workspace();

        var output = await RunAsync(
            workspace.Path, "run", "--project", Path.Combine(ServerProcess.Root, "samples", "AskTell"), "--configuration", "Release", "--", "8");

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["one after the other", "two workers", "saved and resumed", "warm start, 5 more", "stopped early"],
            lines.Select(line => line[..22].Trim().TrimStart(' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9')));
        Assert.All(lines, line => Assert.InRange(
            double.Parse(line[(line.LastIndexOf('=') + 1)..], System.Globalization.CultureInfo.InvariantCulture), 0.8, 1));
    }

    private static async Task WriteAsync(string folder, string name, string text) =>
        await File.WriteAllTextAsync(Path.Combine(folder, name), text, TestContext.Current.CancellationToken);

    private static async Task<string> ReadAsync(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(await entry.OpenAsync(TestContext.Current.CancellationToken));
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> RunAsync(string folder, params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}\n{await errors}");
        return await output;
    }
}
