using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Rekindle.Server;

/// <summary>Reads the buckets that lie elsewhere: an address alone, or an object that says more. No message repeats a secret.</summary>
internal static class ForeignBucketSettings
{
    private static readonly string[] Members = ["Endpoint", "Region", "Name", "AccessKeyId", "SecretAccessKey", "SecretFile", "AllowPrivate"];

    /// <summary>Whether a bucket's setting is meant to be one that lies elsewhere, and not a folder.</summary>
    public static bool IsForeign(IConfigurationSection bucket) =>
        bucket.Value?.Contains("://", StringComparison.Ordinal) ?? bucket.GetChildren().Any();

    /// <exception cref="FormatException">A bucket makes no sense; the message names the setting.</exception>
    public static IReadOnlyDictionary<string, ForeignBucket> Read(IConfigurationSection buckets) =>
        buckets.GetChildren().Where(IsForeign).ToDictionary(bucket => bucket.Key, Bucket, StringComparer.Ordinal);

    /// <summary>A number of bytes; null when the setting is not there.</summary>
    /// <exception cref="FormatException">It is no such number.</exception>
    public static long? Bytes(IConfigurationSection setting) =>
        setting.Value is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes
        : throw new FormatException($"The setting {setting.Path} is '{text}'; it must be a whole number of bytes.");

    private static ForeignBucket Bucket(IConfigurationSection bucket)
    {
        if (bucket.GetChildren().FirstOrDefault(member => !Members.Contains(member.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new FormatException($"The setting {unknown.Path} is not known. A bucket elsewhere has: {string.Join(", ", Members)}.");
        }

        var endpoint = bucket.Value is { } address ? Endpoint(address, bucket.Path) : Endpoint(bucket["Endpoint"], $"{bucket.Path}:Endpoint");
        var file = bucket["SecretFile"];
        if (file is not null && bucket["SecretAccessKey"] is not null)
        {
            throw new FormatException($"The setting {bucket.Path} has two secrets: give one, as SecretAccessKey or as SecretFile.");
        }

        var secret = file is null ? bucket["SecretAccessKey"] : AccessSettings.SecretIn(file, $"{bucket.Path}:SecretFile");
        if (string.IsNullOrWhiteSpace(bucket["AccessKeyId"]) != string.IsNullOrWhiteSpace(secret))
        {
            throw new FormatException($"The setting {bucket.Path} has half a key: AccessKeyId goes with SecretAccessKey or SecretFile.");
        }

        return new ForeignBucket(endpoint)
        {
            Region = bucket["Region"] is { Length: > 0 } region ? region : "us-east-1",
            Name = bucket["Name"] is { Length: > 0 } name ? name : null,
            AccessKeyId = string.IsNullOrWhiteSpace(secret) ? null : bucket["AccessKeyId"],
            SecretAccessKey = string.IsNullOrWhiteSpace(secret) ? null : secret,
            SecretFile = file is null ? null : Path.GetFullPath(file),
            AllowPrivate = bucket["AllowPrivate"] is { } text
                && (bool.TryParse(text, out var allow) ? allow : throw new FormatException($"The setting {bucket.Path}:AllowPrivate is '{text}'; it must be true or false.")),
        };
    }

    // Credentials in an address would be shown wherever the address is.
    private static Uri Endpoint(string? text, string setting) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && uri.UserInfo.Length == 0 && uri.PathAndQuery == "/" && uri.Fragment.Length == 0
            ? uri
            : throw new FormatException(
                $"The setting {setting} is no address of an S3 endpoint; it must look like https://s3.example.com or http://host:9000, without path and password.");
}
