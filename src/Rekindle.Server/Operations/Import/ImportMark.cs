using System.Globalization;

namespace Rekindle.Server.Operations.Import;

/// <summary>
/// How clients see that a tuning job was imported: AWS's description has no place for it, and its clients drop members they do not know,
/// so a tag says it. The tag only shows it; what is imported is known by its row.
/// </summary>
internal static class ImportMark
{
    public const string Key = "rekindle:imported";

    public static string ValueAt(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
