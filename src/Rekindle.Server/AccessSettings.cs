using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Rekindle.Server;

/// <summary>Reads access keys: a secret alone, or an object that says more. No message repeats a secret.</summary>
internal static class AccessSettings
{
    /// <summary>Shorter secrets can be guessed from one captured request; a server that others can reach doesn't start with them.</summary>
    public const int LeastSecretLength = 16;

    private const int LongestName = 64;

    private static readonly string[] Members = ["Secret", "SecretFile", "Name", "Scope", "RequestsPerSecond"];

    /// <param name="keys">The section, one child a key.</param>
    /// <param name="usualRate">How often those keys may ask that don't say it themselves.</param>
    /// <exception cref="FormatException">A setting makes no sense; the message names it.</exception>
    public static IReadOnlyDictionary<string, AccessKey> Read(IConfigurationSection keys, IConfigurationSection usualRate)
    {
        var usual = Rate(usualRate);
        return keys.GetChildren().ToDictionary(key => key.Key, key => Key(key, usual), StringComparer.Ordinal);
    }

    private static AccessKey Key(IConfigurationSection key, double? usualRate)
    {
        if (key.GetChildren().FirstOrDefault(member => !Members.Contains(member.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new FormatException($"The setting {unknown.Path} is not known. A key has: {string.Join(", ", Members)}.");
        }

        var file = key["SecretFile"];
        string?[] given = [key.Value, key["Secret"], file];
        if (given.Count(one => one is not null) > 1)
        {
            throw new FormatException($"The setting {key.Path} has several secrets: give one, as Secret or as SecretFile.");
        }

        var secret = file is null ? key.Value ?? key["Secret"] : SecretIn(file, $"{key.Path}:SecretFile");
        if (string.IsNullOrWhiteSpace(secret)) throw new FormatException($"The setting {(key.Value is null && file is null ? key.Path + ":Secret" : key.Path)} is empty: a key needs a secret.");
        var name = key["Name"] ?? Fitting(key.Key);
        if (name.Length is 0 or > LongestName || !name.All(IsOfName))
        {
            throw new FormatException($"The setting {key.Path}:Name is '{name}'; it must be 1 to {LongestName} letters, digits and +=,.@_-");
        }

        return new AccessKey(secret, name, Scope(key))
        {
            SecretFile = file is null ? null : Path.GetFullPath(file),
            RequestsPerSecond = Rate(key.GetSection("RequestsPerSecond")) ?? usualRate,
        };
    }

    private static double? Rate(IConfigurationSection setting) =>
        setting.Value is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && double.IsFinite(rate) && rate > 0 ? rate
        : throw new FormatException($"The setting {setting.Path} is '{text}'; it must be a number above 0, such as 50 or 0.5.");

    private static AccessScope Scope(IConfigurationSection key) =>
        key["Scope"] is not { } text ? AccessScope.Admin
        : Enum.TryParse<AccessScope>(text, ignoreCase: true, out var scope) && Enum.GetNames<AccessScope>().Contains(text, StringComparer.OrdinalIgnoreCase) ? scope
        : throw new FormatException($"The setting {key.Path}:Scope is '{text}'; it must be read, run or admin.");

    internal static string SecretIn(string file, string setting)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"The setting {setting} names {file}, which can't be read: {problem.Message}", problem);
        }
    }

    private static string Fitting(string id) => new([.. id.Take(LongestName).Select(c => IsOfName(c) ? c : '-')]);

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || "+=,.@_-".Contains(c, StringComparison.Ordinal);
}
