namespace Rekindle.Algorithms.Images;

/// <summary>The labelled images of one input channel, in whichever of the three formats they come.</summary>
internal sealed class Channel : IDisposable
{
    private readonly List<RecordIoFile> _files = [];

    private Channel()
    {
    }

    public IReadOnlyList<LabelledImage> Images { get; private set; } = [];

    /// <param name="name"><c>train</c> or <c>validation</c>.</param>
    /// <param name="contentType">The channel's content type; when there is none that tells the format, the files tell it.</param>
    /// <param name="folder">The channel's folder.</param>
    /// <param name="listFolder">The folder of the channel with the suffix <c>_lst</c>, if the job has one.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static Channel Open(string name, string? contentType, string folder, string? listFolder, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) throw new ClientErrorException($"The channel '{name}' has no data: {folder} does not exist.");
        var channel = new Channel();
        try
        {
            channel.Images = channel.Read(name, contentType, folder, listFolder, cancellation);
        }
        catch
        {
            channel.Dispose();
            throw;
        }

        if (channel.Images.Count == 0) throw new ClientErrorException($"The channel '{name}' holds no image: {folder}.");
        return channel;
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private IReadOnlyList<LabelledImage> Read(string name, string? contentType, string folder, string? listFolder, CancellationToken cancellation)
    {
        switch (contentType?.Split(';')[0].Trim().ToLowerInvariant())
        {
            case "application/x-recordio":
                return ReadRecords(folder, cancellation);
            case "application/x-image" or "image/jpeg" or "image/png":
                return ImageList.Read(folder, listFolder ?? folder, cancellation);
        }

        if (IdxFiles.AreIn(folder)) return IdxFiles.Read(name, folder, cancellation);
        if (listFolder is not null || ImageList.IsIn(folder)) return ImageList.Read(folder, listFolder ?? folder, cancellation);
        if (RecordFiles(folder).Any(RecordIoFile.Is)) return ReadRecords(folder, cancellation);
        throw new ClientErrorException(
            $"{folder}: found neither RecordIO files, nor idx files (*-images-idx3-ubyte[.gz]), nor a .lst file with images.");
    }

    private List<LabelledImage> ReadRecords(string folder, CancellationToken cancellation)
    {
        var images = new List<LabelledImage>();
        foreach (var path in RecordFiles(folder))
        {
            var file = new RecordIoFile(path);
            _files.Add(file);
            images.AddRange(file.Images(cancellation));
        }

        return images;
    }

    // MXNet's tools leave .idx and .lst files beside the records.
    private static IEnumerable<string> RecordFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is not (".idx" or ".lst"))
            .Order(StringComparer.Ordinal);
}
