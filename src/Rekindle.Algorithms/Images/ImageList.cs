using System.Globalization;

namespace Rekindle.Algorithms.Images;

/// <summary>A folder of JPEG or PNG files with a <c>.lst</c> file.</summary>
/// <remarks>A line is an index, the class, and the relative path, separated by tabs.</remarks>
internal static class ImageList
{
    private const string Extension = ".lst";

    /// <summary>Whether the folder holds a list.</summary>
    public static bool IsIn(string folder) => Lists(folder).Length > 0;

    /// <param name="images">Folder to which the paths are relative.</param>
    /// <param name="lists">Folder with the list: that of the channel <c>train_lst</c> or <c>validation_lst</c>, or the images' own.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static IReadOnlyList<LabelledImage> Read(string images, string lists, CancellationToken cancellation)
    {
        var files = Lists(lists);
        if (files.Length == 0) throw new ClientErrorException($"{lists}: no {Extension} file.");
        var root = Path.GetFullPath(images) + Path.DirectorySeparatorChar;
        var result = new List<LabelledImage>();
        foreach (var list in files)
        {
            var number = 0;
            foreach (var line in File.ReadLines(list))
            {
                number++;
                cancellation.ThrowIfCancellationRequested();
                if (!string.IsNullOrWhiteSpace(line)) result.Add(Parse(line, root, $"{list}: line {number}"));
            }
        }

        return result;
    }

    private static string[] Lists(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*" + Extension, SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    private static LabelledImage Parse(string line, string root, string where)
    {
        var fields = line.Split('\t');
        if (fields.Length != 3)
            throw new ClientErrorException($"{where}: expected index, class and path separated by tabs, found {fields.Length} field(s).");
        if (!float.TryParse(fields[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var label)
            || !(label >= 0 && label <= int.MaxValue && label == MathF.Floor(label)))
        {
            throw new ClientErrorException($"{where}: the class '{fields[1]}' is not a whole number from 0.");
        }

        var path = Path.GetFullPath(Path.Combine(root, fields[2].Trim()));
        if (!path.StartsWith(root, StringComparison.Ordinal))
            throw new ClientErrorException($"{where}: the path '{fields[2]}' leaves the channel.");
        if (!File.Exists(path)) throw new ClientErrorException($"{where}: the image {path} does not exist.");
        return new LabelledImage((int)label, path, channels => ImageDecoding.Decode(File.ReadAllBytes(path), channels, path));
    }
}
