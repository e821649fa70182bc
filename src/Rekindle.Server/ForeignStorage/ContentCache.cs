using System.Globalization;
using System.Text.RegularExpressions;

namespace Rekindle.Server.ForeignStorage;

/// <summary>
/// Contents of buckets elsewhere as folders of this machine, each named by the hash of what it was listed as: jobs that read the same read it
/// from the endpoint once. A content is there as a whole or not at all. What no job uses goes, the longest unused first, when there is too much.
/// </summary>
internal sealed partial class ContentCache : IAsyncDisposable
{
    private const string PartialPrefix = ".partial-";
    private const string RemovedPrefix = ".removed-";

    // A download that broke off is worth something for those who come again soon.
    private static readonly TimeSpan PartialLifetime = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly long _maxBytes;
    private readonly JobPlaces _places;
    private readonly Func<string, CancellationToken, Task<bool>> _isUsing;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    // Whoever takes a content says so before anybody can look for contents that nobody has taken.
    private readonly SemaphoreSlim _door = new(1);
    private readonly Dictionary<string, ContentDownload> _downloads = new(StringComparer.Ordinal);

    /// <param name="folder">Its folder, whose file system holds both what is half and what is whole.</param>
    /// <param name="maxBytes">What contents may take up that no job uses, and those in use with them.</param>
    /// <param name="places">Where jobs say what they use.</param>
    /// <param name="isUsing">Whether a job still does: it is being prepared, waits, or runs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Hears of what is removed and what goes wrong.</param>
    public ContentCache(
        string folder, long maxBytes, JobPlaces places, Func<string, CancellationToken, Task<bool>> isUsing, TimeProvider time, ILogger log)
    {
        _folder = folder;
        _maxBytes = maxBytes;
        _places = places;
        _isUsing = isUsing;
        _time = time;
        _log = log;
        Directory.CreateDirectory(folder);
        Delete(Directory.EnumerateDirectories(folder, RemovedPrefix + "*"));
    }

    /// <summary>The path of a file or folder of a content, below the folder of the cache.</summary>
    public static string KeyOf(string hash, string key) => $"{hash}/{ContentDownload.ObjectsFolder}/{key}";

    /// <summary>The file of an object of a content that is here.</summary>
    public string PathOf(string hash, string key) => Path.Combine(_folder, KeyOf(hash, key));

    /// <summary>Makes sure that a content is here, and stays as long as the job uses it.</summary>
    /// <exception cref="ObjectChangedException">What was listed is not to be had any more.</exception>
    /// <exception cref="EndpointRefusedException">The endpoint keeps it.</exception>
    public async Task UseAsync(string job, ObjectListing listing, Action<string?> tell, CancellationToken cancellationToken)
    {
        while (true)
        {
            ContentDownload? download;
            var isOurs = true;
            await _door.WaitAsync(cancellationToken);
            try
            {
                _places.AddUse(job, listing.Hash);
                if (Directory.Exists(EntryOf(listing.Hash)))
                {
                    Directory.SetLastWriteTimeUtc(EntryOf(listing.Hash), _time.GetUtcNow().UtcDateTime);
                    return;
                }

                if (!_downloads.TryGetValue(listing.Hash, out download))
                {
                    download = new ContentDownload(
                        listing, Path.Combine(_folder, PartialPrefix + listing.Hash), EntryOf(listing.Hash), PruneAsync, _time);
                    _downloads.Add(listing.Hash, download);
                    download.Begin(() => ForgetAsync(listing.Hash));
                }
                else
                {
                    isOurs = download.Join();
                }
            }
            finally
            {
                _door.Release();
            }

            if (!isOurs) await download.EndedAsync(cancellationToken);
            else if (await download.WaitAsync(tell, cancellationToken)) return;
        }
    }

    /// <summary>Removes what nobody uses until there is room for all that is here and on its way, and what was left half and forgotten.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        List<string> doomed = [];
        await _door.WaitAsync(cancellationToken);
        try
        {
            var coming = _downloads.Values.Sum(download => download.Bytes);
            var contents = Directory.EnumerateDirectories(_folder).Select(NamedAt).Where(content => content.Hash.Length > 0 && !_downloads.ContainsKey(content.Hash))
                .Select(ContentAt).OrderBy(content => content.LastUse).ToList();
            var total = contents.Sum(content => content.Bytes) + coming;
            var now = _time.GetUtcNow().UtcDateTime;
            if (total <= _maxBytes && !contents.Exists(IsForgotten)) return;
            var used = await FindUsedAsync(cancellationToken);
            foreach (var content in contents)
            {
                if ((total <= _maxBytes && !IsForgotten(content)) || used.Contains(content.Hash)) continue;
                // Renamed first: what is half removed must not look like a content.
                var removed = Path.Combine(_folder, $"{RemovedPrefix}{Guid.NewGuid():N}");
                Directory.Move(content.Path, removed);
                doomed.Add(removed);
                total -= content.Bytes;
                LogRemoved(content.Hash, content.Bytes);
            }

            bool IsForgotten(Content content) => content.IsPartial && now - content.LastUse > PartialLifetime;
        }
        finally
        {
            _door.Release();
        }

        Delete(doomed);
    }

    public async ValueTask DisposeAsync()
    {
        List<ContentDownload> left;
        await _door.WaitAsync();
        left = [.. _downloads.Values];
        _door.Release();
        foreach (var download in left)
        {
            await download.StopAsync();
        }
    }

    private async Task ForgetAsync(string hash)
    {
        await _door.WaitAsync();
        _downloads.Remove(hash);
        _door.Release();
    }

    private async Task<HashSet<string>> FindUsedAsync(CancellationToken cancellationToken)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var job in _places.All())
        {
            if (_places.UsesOf(job) is not { Count: > 0 } uses) continue;
            if (await _isUsing(job, cancellationToken)) used.UnionWith(uses);
            else _places.ForgetUses(job);
        }

        return used;
    }

    private static (string Path, string Hash, bool IsPartial) NamedAt(string path)
    {
        var match = ContentName().Match(Path.GetFileName(path));
        return (path, match.Groups["hash"].Value, match.Groups["partial"].Success);
    }

    private static Content ContentAt((string Path, string Hash, bool IsPartial) named)
    {
        // What is whole says how large it is; of what is half there is little.
        var size = Path.Combine(named.Path, ContentDownload.BytesFile);
        var bytes = !named.IsPartial && File.Exists(size)
            ? long.Parse(File.ReadAllText(size), CultureInfo.InvariantCulture)
            : new DirectoryInfo(named.Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        return new Content(named.Path, named.Hash, named.IsPartial, bytes, Directory.GetLastWriteTimeUtc(named.Path));
    }

    // What can't be removed now is removed by the next server.
    private void Delete(IEnumerable<string> folders)
    {
        foreach (var folder in folders)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(problem, folder);
            }
        }
    }

    private string EntryOf(string hash) => Path.Combine(_folder, hash);

    [GeneratedRegex(@"^(?<partial>\.partial-)?(?<hash>[0-9a-f]{40})\z", RegexOptions.CultureInvariant)]
    private static partial Regex ContentName();

    [LoggerMessage(LogLevel.Information, "The content {Hash} of a bucket elsewhere ({Bytes} bytes) was removed from the cache: no job uses it")]
    private partial void LogRemoved(string hash, long bytes);

    [LoggerMessage(LogLevel.Warning, "{Folder} could not be removed from the cache of buckets elsewhere")]
    private partial void LogNotRemoved(Exception problem, string folder);

    private sealed record Content(string Path, string Hash, bool IsPartial, long Bytes, DateTime LastUse);
}
