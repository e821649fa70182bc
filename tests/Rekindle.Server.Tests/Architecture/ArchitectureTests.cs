using System.Text.RegularExpressions;

namespace Rekindle.Server.Tests.Architecture;

/// <summary>Dependencies point one way. What a folder may know is read off its sources, so that even a use inside a method counts.</summary>
public sealed partial class ArchitectureTests
{
    private const int LongestFile = 500;

    private static readonly string Root = RepositoryRoot();

    /// <summary>A folder, and what its sources may not mention.</summary>
    public static TheoryData<string, string> Forbidden { get; } = new()
    {
        { "src/Rekindle.Optimization", @"Rekindle\.(Api|Server|Cli|Algorithms)" },
        { "src/Rekindle.Optimization", @"Microsoft\.(AspNetCore|Extensions|Data)" },
        { "src/Rekindle.Api", @"Rekindle\.(Optimization|Server|Cli|Algorithms)" },
        { "src/Rekindle.Api", @"Microsoft\.(AspNetCore|Data)" },
        { "src/Rekindle.Algorithms", @"Rekindle\.(Api|Optimization|Server|Cli)" },
        { "src/Rekindle.Server", @"Rekindle\.Cli" },
        // A program of its own, as light as can be.
        { "src/Rekindle.Feeder", @"Rekindle\.(Api|Optimization|Server|Cli|Algorithms)|Microsoft\.(AspNetCore|Extensions)|System\.Text\.Json" },
        // Only TuningJobs, and the drivers that act for it, know the optimizer.
        { "src/Rekindle.Server/Protocol", @"Rekindle\.Optimization" },
        { "src/Rekindle.Server/Operations", @"Rekindle\.Optimization" },
        { "src/Rekindle.Server/TrainingJobs", @"Rekindle\.Optimization" },
        { "src/Rekindle.Server/Storage", @"Rekindle\.Optimization" },
        { "src/Rekindle.Server/Executors", @"Rekindle\.Optimization" },
        // Only Operations and Protocol know the wire.
        { "src/Rekindle.Server/TuningJobs", @"Rekindle\.Api|AspNetCore" },
        { "src/Rekindle.Server/TrainingJobs", @"Rekindle\.Api|AspNetCore" },
        { "src/Rekindle.Server/Driving", @"Rekindle\.Api|AspNetCore" },
        { "src/Rekindle.Server/Storage", @"Rekindle\.Api|AspNetCore" },
        { "src/Rekindle.Server/Executors", @"Rekindle\.Api|AspNetCore" },
        // Only Storage knows SQL.
        { "src/Rekindle.Server/Protocol", @"Microsoft\.Data|System\.Data" },
        { "src/Rekindle.Server/Operations", @"Microsoft\.Data|System\.Data" },
        { "src/Rekindle.Server/TuningJobs", @"Microsoft\.Data|System\.Data" },
        { "src/Rekindle.Server/TrainingJobs", @"Microsoft\.Data|System\.Data" },
        { "src/Rekindle.Server/Driving", @"Microsoft\.Data|System\.Data" },
        { "src/Rekindle.Server/Executors", @"Microsoft\.Data|System\.Data" },
        // Only Executors start processes.
        { "src/Rekindle.Server/Protocol", @"\bProcess\.Start\b|ProcessStartInfo" },
        { "src/Rekindle.Server/Operations", @"\bProcess\.Start\b|ProcessStartInfo" },
        { "src/Rekindle.Server/TuningJobs", @"\bProcess\.Start\b|ProcessStartInfo" },
        { "src/Rekindle.Server/TrainingJobs", @"\bProcess\.Start\b|ProcessStartInfo" },
        { "src/Rekindle.Server/Driving", @"\bProcess\.Start\b|ProcessStartInfo" },
        { "src/Rekindle.Server/Storage", @"\bProcess\.Start\b|ProcessStartInfo" },
        // The stages in their order: nobody looks back.
        { "src/Rekindle.Server/Operations", @"Rekindle\.Server\.(Protocol|Executors)" },
        { "src/Rekindle.Server/TuningJobs", @"Rekindle\.Server\.(Protocol|Operations|Driving|Executors)" },
        { "src/Rekindle.Server/TrainingJobs", @"Rekindle\.Server\.(Protocol|Operations|Driving|Executors)" },
        { "src/Rekindle.Server/Driving", @"Rekindle\.Server\.(Protocol|Operations|Executors)" },
        { "src/Rekindle.Server/Storage", @"Rekindle\.Server\.(Protocol|Operations|Driving|Executors)" },
        { "src/Rekindle.Server/Executors", @"Rekindle\.Server\.(Protocol|Operations|Driving|Storage|TuningJobs)" },
        // Buckets and objects are files: no wire, no jobs but for where buckets lie.
        { "src/Rekindle.Server/ObjectStorage", @"Rekindle\.(Api|Optimization)|AspNetCore|System\.Xml" },
        { "src/Rekindle.Server/ObjectStorage", @"Microsoft\.Data|System\.Data|\bProcess\.Start\b|ProcessStartInfo" },
        { "src/Rekindle.Server/ObjectStorage", @"Rekindle\.Server\.(Protocol|Operations|TuningJobs|Driving|Storage|Executors)" },
        { "src/Rekindle.Server/Operations", @"Rekindle\.Server\.ObjectStorage" },
        { "src/Rekindle.Server/TuningJobs", @"Rekindle\.Server\.ObjectStorage" },
        { "src/Rekindle.Server/TrainingJobs", @"Rekindle\.Server\.ObjectStorage" },
        { "src/Rekindle.Server/Driving", @"Rekindle\.Server\.ObjectStorage" },
        { "src/Rekindle.Server/Executors", @"Rekindle\.Server\.ObjectStorage" },
        // Buckets elsewhere are nobody else's matter: executors get folders.
        { "src/Rekindle.Server/ForeignStorage", @"Rekindle\.(Api|Optimization)|AspNetCore|Microsoft\.Data|System\.Data|\bProcess\.Start\b|ProcessStartInfo" },
        { "src/Rekindle.Server/ForeignStorage", @"Rekindle\.Server\.(Protocol|Operations|TuningJobs|Driving|Storage|ObjectStorage)" },
        { "src/Rekindle.Server/Operations", @"Rekindle\.Server\.ForeignStorage|\bAmazon\." },
        { "src/Rekindle.Server/TuningJobs", @"Rekindle\.Server\.ForeignStorage|\bAmazon\." },
        { "src/Rekindle.Server/TrainingJobs", @"Rekindle\.Server\.ForeignStorage|\bAmazon\." },
        { "src/Rekindle.Server/Driving", @"Rekindle\.Server\.ForeignStorage|\bAmazon\." },
        { "src/Rekindle.Server/Executors", @"Rekindle\.Server\.ForeignStorage|\bAmazon\." },
        { "src/Rekindle.Server/ObjectStorage", @"Rekindle\.Server\.ForeignStorage|\bAmazon\." },
        // S3 reaches jobs by their files only.
        { "src/Rekindle.Server/Protocol/S3", @"Rekindle\.Server\.(Operations|TuningJobs|Driving|Storage|Executors)" },
    };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void A_folder_knows_only_what_lies_behind_it(string folder, string pattern)
    {
        var sources = Sources(folder);
        Assert.NotEmpty(sources);

        var offences = from file in sources
                       from line in File.ReadLines(file)
                       let code = Comment().Replace(line, "")
                       where !code.TrimStart().StartsWith("namespace ", StringComparison.Ordinal) && Regex.IsMatch(code, pattern)
                       select $"{Path.GetRelativePath(Root, file)}: {line.Trim()}";

        Assert.Empty(offences);
    }

    [Fact]
    public void Namespaces_are_folders()
    {
        var offences = from file in Sources("src")
                       let declared = File.ReadLines(file).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))
                       where declared is not null
                       let folder = Path.GetRelativePath(Path.Combine(Root, "src"), Path.GetDirectoryName(file)!).Replace('/', '.')
                       where declared != $"namespace {folder};"
                       select $"{Path.GetRelativePath(Root, file)}: {declared}";

        Assert.Empty(offences);
    }

    [Fact]
    public void No_file_is_too_long_to_hold_one_idea()
    {
        var offences = from file in Sources("src").Concat(Sources("tests"))
                       let lines = File.ReadLines(file).Count()
                       where lines > LongestFile
                       select $"{Path.GetRelativePath(Root, file)}: {lines} lines";

        Assert.Empty(offences);
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        var offences = from file in Sources("src")
                       let name = Path.GetFileNameWithoutExtension(file)
                       where EmptyName().IsMatch(name)
                       select Path.GetRelativePath(Root, file);

        Assert.Empty(offences);
    }

    private static List<string> Sources(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal))];

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rekindle.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests don't run below the repository's root.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("//.*$")]
    private static partial Regex Comment();

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Service|Processor|Impl|Base|Common)$")]
    private static partial Regex EmptyName();
}
