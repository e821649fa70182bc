using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Rekindle.Server;

/// <summary>Reads <c>Instances</c>: profiles by instance type or pattern.</summary>
internal static class InstanceSettings
{
    private static readonly string[] Limits = ["Memory", "Cpus", "SharedMemory"];
    private static readonly string[] Known = ["Executor", "Slots", "Gpus", .. Limits];

    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("kib", 1L << 10), ("mib", 1L << 20), ("gib", 1L << 30), ("tib", 1L << 40), ("kb", 1L << 10), ("mb", 1L << 20), ("gb", 1L << 30),
        ("k", 1L << 10), ("m", 1L << 20), ("g", 1L << 30), ("t", 1L << 40), ("b", 1),
    ];

    /// <exception cref="FormatException">A profile can't be read; the message names the setting.</exception>
    public static IReadOnlyList<InstanceProfile> Read(IConfigurationSection instances)
    {
        if (instances.Value is not null) throw Wrong(instances, "an object: {\"ml.m5.*\": {\"Executor\": \"docker\"}}");
        return [.. instances.GetChildren().Select(Profile)];
    }

    private static InstanceProfile Profile(IConfigurationSection section)
    {
        if (section.Value is not null) throw Wrong(section, "an object: {\"Executor\": \"docker\"}");
        foreach (var setting in section.GetChildren())
        {
            if (!Known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase) || setting.Value is null)
            {
                throw new FormatException($"The setting {setting.Path} is not known. There are: {string.Join(", ", Known.Select(known => $"{section.Path}:{known}"))}.");
            }
        }

        var executor = section["Executor"] ?? InstanceProfile.Local;
        var isLocal = executor.Equals(InstanceProfile.Local, StringComparison.OrdinalIgnoreCase);
        if (!isLocal && !executor.Equals(InstanceProfile.Docker, StringComparison.OrdinalIgnoreCase)) throw Wrong(section.GetSection("Executor"), "local or docker");
        if (isLocal && section.GetChildren().FirstOrDefault(setting => Limits.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)) is { } limit)
        {
            throw new FormatException($"The setting {limit.Path} needs containers: it goes with {section.Path}:Executor = docker.");
        }

        return new InstanceProfile
        {
            Pattern = section.Key,
            Executor = isLocal ? InstanceProfile.Local : InstanceProfile.Docker,
            Slots = Slots(section.GetSection("Slots")),
            Memory = Bytes(section.GetSection("Memory")),
            Cpus = Cpus(section.GetSection("Cpus")),
            SharedMemory = Bytes(section.GetSection("SharedMemory")),
            Gpus = Gpus(section.GetSection("Gpus")),
        };
    }

    private static int? Slots(IConfigurationSection setting) =>
        setting.Value is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw Wrong(setting, "a whole number above 0");

    private static int Gpus(IConfigurationSection setting) =>
        setting.Value is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Wrong(setting, "a whole number");

    private static decimal? Cpus(IConfigurationSection setting) =>
        setting.Value is not { } text ? null
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000 ? number
        : throw Wrong(setting, "a number above 0, such as 1.5");

    private static long? Bytes(IConfigurationSection setting)
    {
        if (setting.Value is not { } text) return null;
        var (suffix, factor) = Units.FirstOrDefault(unit => text.Trim().EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase), ("", 1));
        var digits = text.Trim()[..^suffix.Length].TrimEnd();
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number > 0 && number < long.MaxValue / factor && number * factor >= 1
            ? (long)(number * factor)
            : throw Wrong(setting, "a size such as 512m or 4g");
    }

    private static FormatException Wrong(IConfigurationSection setting, string expected) =>
        new($"The setting {setting.Path} is '{setting.Value}'; it must be {expected}.");
}
