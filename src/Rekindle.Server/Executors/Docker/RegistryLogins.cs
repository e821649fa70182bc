using System.Text;
using System.Text.Json;
using Docker.DotNet.Models;

namespace Rekindle.Server.Executors.Docker;

/// <summary>The logins that <c>docker login</c> keeps in the user's configuration file. Those in a credential store are not read.</summary>
internal static class RegistryLogins
{
    public static AuthConfig? Find(string registry)
    {
        var folder = Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } configured
            ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
            return file.RootElement.TryGetProperty("auths", out var logins)
                && logins.TryGetProperty(registry, out var login)
                && login.TryGetProperty("auth", out var auth)
                && auth.GetString() is { Length: > 0 } text
                && Encoding.UTF8.GetString(Convert.FromBase64String(text)).Split(':', 2) is [var user, var password]
                ? new AuthConfig { ServerAddress = registry, Username = user, Password = password }
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
