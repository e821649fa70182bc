using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Rekindle.Server;

/// <summary>Reads the settings whose form is more than a word, and finds those that nobody knows.</summary>
internal static class Settings
{
    private static readonly string[] Known =
    [
        "Urls", "Data", "Account", "Region", "Access:Keys:*", "Images:*", "Buckets:*", "FileRoots:*", "Slots", "LogCapBytes", "Artifacts:Keep", "Sandbox",
        "WarmStart:SameDataAndAlgorithm", "WarmStart:MaxTrainingJobs", "WarmStart:ExemptHyperParameters:*", "WarmStart:InheritMetricDefinitions",
        "WarmStart:Strategies:*", "WarmStart:MayChangeEnvironment", "Limits:MaxTrainingJobs", "Limits:RequestsPerSecond", "LogLevel",
        "Cache:MaxBytes", "Instances:*", "Gpus:*", "Docker:Endpoint", "Docker:User",
        "Spot:Preempt", "Spot:MinimumRunSeconds",
    ];

    // Variables of other programs of Rekindle, which share the settings' prefix.
    private static readonly string[] Others = ["ENDPOINT", "EXECUTION", "OPT_ML", "THREADS"];

    /// <summary>
    /// Refuses a setting that nobody reads: <c>Acess</c> for <c>Access</c> would leave a server without keys, and without a word.
    /// </summary>
    /// <exception cref="FormatException">There is one; the message names it and those there are.</exception>
    public static void RefuseUnknown(IConfiguration configuration)
    {
        foreach (var (key, value) in configuration.AsEnumerable())
        {
            // A section has no value of its own; what is in it comes by itself.
            if (value is null && configuration.GetSection(key).GetChildren().Any()) continue;
            if (Others.Contains(key, StringComparer.OrdinalIgnoreCase) || key.StartsWith("TEST_", StringComparison.OrdinalIgnoreCase)) continue;
            if (Known.Any(known => Fits(known, key))) continue;
            throw new FormatException($"The setting {key} is not known. There are: {string.Join(", ", Known.Select(known => known.Replace(":*", "", StringComparison.Ordinal)))}.");
        }
    }

    /// <summary>Folders by bucket.</summary>
    /// <exception cref="FormatException">One is nothing.</exception>
    public static IReadOnlyDictionary<string, string> Folders(IConfigurationSection buckets) =>
        buckets.GetChildren().Where(bucket => !ForeignBucketSettings.IsForeign(bucket)).ToDictionary(
            bucket => bucket.Key,
            bucket => bucket.Value is { Length: > 0 } folder
                ? folder
                : throw new FormatException($"The setting {bucket.Path} is empty; it must be a folder, or the address of an S3 endpoint."));

    /// <summary>The account in ARNs.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string? Account(IConfiguration configuration) => configuration["Account"] switch
    {
        null => null,
        { Length: 12 } account when account.All(char.IsAsciiDigit) => account,
        var text => throw new FormatException($"The setting Account is '{text}'; it must be 12 digits, as AWS's are."),
    };

    /// <summary>The region in ARNs.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string? Region(IConfiguration configuration) => configuration["Region"] switch
    {
        null => null,
        { Length: > 0 and < 64 } region when region.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') => region,
        var text => throw new FormatException($"The setting Region is '{text}'; it must be lower-case letters, digits and hyphens, such as eu-central-1."),
    };

    /// <summary>How many models are kept: <c>all</c>, which is null, or <c>best N</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static int? KeptModels(IConfigurationSection keep) => keep.Value switch
    {
        null or "all" => null,
        var text when text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["best", var number]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 => count,
        var text => throw new FormatException($"The setting {keep.Path} is '{text}'; it must be all, or best and a number above 0, such as 'best 5'."),
    };

    /// <summary>
    /// Commands by training image. A colon in an image stands for a level of its own in a configuration, so everything before
    /// <c>Command</c> is the image; a list of <c>{"Image": ..., "Command": [...]}</c> is read as well.
    /// </summary>
    /// <exception cref="FormatException">An image has no command.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Commands(IConfigurationSection images)
    {
        var commands = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var image in images.GetChildren())
        {
            AddCommands(image, image["Image"] is { Length: > 0 } name && int.TryParse(image.Key, out _) ? name : image.Key, commands);
        }

        return commands;
    }

    private static void AddCommands(IConfigurationSection section, string image, Dictionary<string, IReadOnlyList<string>> commands)
    {
        List<IConfigurationSection> inner = [.. section.GetChildren()];
        var command = inner.Find(child => child.Key.Equals("Command", StringComparison.OrdinalIgnoreCase));
        var parts = command?.GetChildren().Select(part => part.Value ?? "").ToList() ?? [];
        var deeper = inner.Where(child => child.Value is null && child != command).ToList();
        if (command is not null || deeper.Count == 0)
        {
            if (parts.Count == 0 || parts[0].Length == 0)
            {
                throw new FormatException($"The setting Images:{image} has no Command: give a list of the program and its arguments.");
            }

            commands[image] = parts;
        }

        foreach (var child in deeper)
        {
            AddCommands(child, $"{image}:{child.Key}", commands);
        }
    }

    private static bool Fits(string known, string key) => known.EndsWith(":*", StringComparison.Ordinal)
        ? key.StartsWith(known[..^1], StringComparison.OrdinalIgnoreCase) || key.Equals(known[..^2], StringComparison.OrdinalIgnoreCase)
        : key.Equals(known, StringComparison.OrdinalIgnoreCase);
}
