using System.Globalization;
using System.Resources;

namespace Rekindle.Server.Storage;

/// <summary>
/// Brings the schema to the newest version this program knows. Scripts are embedded as <c>NNNN_name.sql</c>; all missing ones run in one
/// write transaction, so of several processes that start at once one migrates and the others find it done.
/// </summary>
internal static class Migrator
{
    public static async Task<int> MigrateAsync(Transaction transaction, string prefix)
    {
        await transaction.RunScriptAsync("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY)");
        var present = (int)(await transaction.NumberAsync("SELECT max(version) FROM schema_version") ?? 0);
        var scripts = Scripts(prefix);
        var known = scripts.Count == 0 ? 0 : scripts.Keys.Max();
        if (present > known)
            throw new NewerSchemaException(present, known);

        foreach (var (version, resource) in scripts.Where(script => script.Key > present))
        {
            await transaction.RunScriptAsync(ReadScript(resource));
            await transaction.ExecuteAsync("INSERT INTO schema_version (version) VALUES (@version)", ("@version", (long)version));
        }

        return known;
    }

    private static SortedDictionary<int, string> Scripts(string prefix)
    {
        var scripts = new SortedDictionary<int, string>();
        foreach (var resource in typeof(Migrator).Assembly.GetManifestResourceNames())
        {
            var start = resource.IndexOf(prefix, StringComparison.Ordinal);
            if (start < 0 || !resource.EndsWith(".sql", StringComparison.Ordinal))
                continue;
            scripts.Add(int.Parse(resource.AsSpan(start + prefix.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture), resource);
        }

        return scripts;
    }

    private static string ReadScript(string resource)
    {
        using var stream = typeof(Migrator).Assembly.GetManifestResourceStream(resource)
            ?? throw new MissingManifestResourceException(resource);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>The database was made by a newer program; writing to it could destroy what this one doesn't know.</summary>
internal sealed class NewerSchemaException(int present, int known) : Exception(
    $"The database has schema version {present}, but this program knows only versions up to {known}. "
    + "Start the newer program that made it, or use a copy of the database from before the upgrade.");
