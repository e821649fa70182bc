using System.Text;

namespace Rekindle.Server.ObjectStorage;

/// <summary>
/// The name of an object in its bucket: any text of up to 1,024 bytes. It is a file's path below the bucket's folder, so some keys that
/// S3 takes can't be kept here; <see cref="Obstacle"/> says why. A key with a slash at its end is a folder, kept as one.
/// </summary>
internal sealed record ObjectKey
{
    /// <summary>Where uploads lie until they are complete, in buckets that are not in the data folder. No object lives there.</summary>
    public const string HiddenFolder = ".rekindle-uploads";

    private const int MostBytes = 1024;
    private const int MostNameBytes = 255;

    private ObjectKey(string text)
    {
        Text = text;
        IsFolder = text.EndsWith('/');
        Names = (IsFolder ? text[..^1] : text).Split('/');
        Obstacle = FindObstacle();
    }

    public string Text { get; }

    /// <summary>Whether it ends with a slash.</summary>
    public bool IsFolder { get; }

    /// <summary>The names of the folders on the way, and of the file or folder itself.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Why no file can have this path, in a sentence; null when one can.</summary>
    public string? Obstacle { get; }

    /// <exception cref="StorageRefusedException">It is empty or longer than a key may be.</exception>
    public static ObjectKey Parse(string text)
    {
        if (!IsText(text)) throw new StorageRefusedException(StorageProblem.InvalidArgument, "A key must be text that UTF-8 can encode.");
        if (text.Length == 0) throw new StorageRefusedException(StorageProblem.InvalidArgument, "A key must not be empty.");
        return Encoding.UTF8.GetByteCount(text) <= MostBytes
            ? new ObjectKey(text)
            : throw new StorageRefusedException(StorageProblem.KeyTooLongError, "Your key is too long");
    }

    /// <summary>Whether it is text: half a surrogate pair is none, and would become another key.</summary>
    public static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }

        return true;
    }

    /// <exception cref="StorageRefusedException">No file can have this path.</exception>
    public void DemandFile()
    {
        if (Obstacle is { } reason) throw new StorageRefusedException(StorageProblem.InvalidArgument, reason);
    }

    private string? FindObstacle()
    {
        const string Because = "Objects are files here, and no file can have this key: ";
        foreach (var name in Names)
        {
            if (name.Length == 0) return Because + "it begins with a slash or has two in a row.";
            if (name is "." or "..") return $"{Because}'{name}' is no file's name.";
            if (name.Contains('\0', StringComparison.Ordinal)) return Because + "it has a zero character.";
            if (Encoding.UTF8.GetByteCount(name) > MostNameBytes) return $"{Because}a part between slashes is longer than {MostNameBytes} bytes.";
        }

        return Names[0] == HiddenFolder ? $"{Because}{HiddenFolder} is where unfinished uploads lie." : null;
    }
}
