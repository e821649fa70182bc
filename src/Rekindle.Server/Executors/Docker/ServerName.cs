using System.Security.Cryptography;

namespace Rekindle.Server.Executors.Docker;

/// <summary>
/// What a data folder's server is called among the containers of an engine: drawn once and kept in the folder, so that it stays the same
/// when the folder is moved and no other server has it.
/// </summary>
internal static class ServerName
{
    public static string Of(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        var path = Path.Combine(dataFolder, "server-name");
        if (!File.Exists(path))
        {
            var draft = $"{path}.{Guid.NewGuid():N}";
            File.WriteAllText(draft, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)) + "\n");
            try
            {
                File.Move(draft, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(draft);
            }
        }

        return File.ReadAllText(path).Trim();
    }
}
