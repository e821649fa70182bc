using System.Globalization;
using Amazon.Runtime;

namespace Rekindle.Server.ForeignStorage;

/// <summary>
/// One content on its way here, and those who wait for it. Each object comes into a file of its own and gets its name when it is whole; the
/// folder gets its name when all are. What a killed server had already stays, and the next download goes on behind it.
/// </summary>
internal sealed class ContentDownload(
    ObjectListing listing, string partial, string complete, Func<CancellationToken, Task> makeRoom, TimeProvider time)
{
    /// <summary>The part of a content's folder that holds the objects.</summary>
    public const string ObjectsFolder = "objects";

    /// <summary>The file of a content's folder that says how large it is.</summary>
    public const string BytesFile = "bytes";

    private const int AtOnce = 4;
    private const int BufferSize = 1 << 17;
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    // It holds nothing that would have to be freed.
    private Func<Task> _cancel = () => Task.CompletedTask;
    private readonly Lock _gate = new();
    private readonly List<Action<string?>> _told = [];
    private Task _task = Task.CompletedTask;
    private string? _condition;
    private int _waiting = 1;
    private bool _isEnding;

    /// <summary>Whether the files are somebody's own, to be written by him.</summary>
    public bool IsWritable { get; init; }

    /// <summary>What it will take up.</summary>
    public long Bytes => listing.Bytes;

    /// <summary>Begins; whoever calls waits for it.</summary>
    /// <param name="ended">Called at the end, however it came.</param>
    public void Begin(Func<Task> ended)
    {
        var ending = new CancellationTokenSource();
        _cancel = ending.CancelAsync;
        _task = Task.Run(RunToEndAsync, CancellationToken.None);

        async Task RunToEndAsync()
        {
            try
            {
                await RunAsync(ending.Token);
            }
            finally
            {
                await ended();
            }
        }
    }

    /// <summary>Has one more wait for it; false when all others went away and it is ending.</summary>
    public bool Join()
    {
        lock (_gate)
        {
            if (_isEnding) return false;
            _waiting++;
            return true;
        }
    }

    /// <summary>Waits for the end; it is cancelled when nobody waits any more.</summary>
    /// <returns>Whether the content is here; otherwise it was given up by others, and is to be asked for once more.</returns>
    public async Task<bool> WaitAsync(Action<string?> tell, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _told.Add(tell);
            if (_condition is not null) tell(_condition);
        }

        try
        {
            await _task.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            var isLast = false;
            lock (_gate)
            {
                _told.Remove(tell);
                if (!_isEnding) isLast = _isEnding = --_waiting == 0;
            }

            if (isLast && !_task.IsCompleted) await StopAsync();
        }
    }

    public async Task StopAsync()
    {
        lock (_gate) _isEnding = true;
        await _cancel();
        await _task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits until one that was given up has let go of its files.</summary>
    public Task EndedAsync(CancellationToken cancellationToken) =>
        _task.ContinueWith(_ => { }, cancellationToken, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task RunAsync(CancellationToken cancellationToken) =>
        await new Patience(time, trouble => trouble is DiskTroubleException).TryAsync(
            async () =>
            {
                try
                {
                    await makeRoom(cancellationToken);
                    await BringAllAsync(cancellationToken);
                    return true;
                }
                catch (Exception lost) when (lost is DiskTroubleException or ObjectChangedException)
                {
                    // Half of it would only keep the room from others that fit, or is of no use.
                    if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
                    throw;
                }
            },
            Tell,
            cancellationToken);

    private async Task BringAllAsync(CancellationToken cancellationToken)
    {
        OnDisk(() => Directory.CreateDirectory(PartsFolder));
        OnDisk(() => Directory.CreateDirectory(Path.Combine(partial, ObjectsFolder)));
        RefuseWithoutRoom();
        await Parallel.ForEachAsync(
            listing.Objects.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (numbered, token) => await Patience.WithEndpoint(time).TryAsync(() => BringAsync(numbered.Index, numbered.Item, token), Tell, token));
        OnDisk(() =>
        {
            Directory.Delete(PartsFolder, recursive: true);
            File.WriteAllText(Path.Combine(partial, BytesFile), listing.Bytes.ToString(CultureInfo.InvariantCulture));
            Directory.Move(partial, complete);
        });
    }

    private async Task<bool> BringAsync(int index, ListedObject item, CancellationToken cancellationToken)
    {
        var target = Path.Combine([partial, ObjectsFolder, .. item.Key.Split('/')]);
        // It got its name when it was whole; of which content it is, the folder says.
        if (File.Exists(target)) return true;
        var part = Path.Combine(PartsFolder, index.ToString(CultureInfo.InvariantCulture));
        FileStream? file = null;
        OnDisk(() => file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0));
        await using (file!)
        {
            // Without a tag nobody can say whether the rest is of the same object.
            if (file!.Length > item.Size || item.ETag.Length == 0) file.SetLength(0);
            file.Seek(0, SeekOrigin.End);
            if (file.Length < item.Size) await CopyAsync(item, file, cancellationToken);
            if (file.Length != item.Size) throw listing.Endpoint.Away(new EndOfStreamException($"\"{item.Key}\" ended too early"));
        }

        OnDisk(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            // Where no sandbox shows it read-only, several programs share it.
            if (!IsWritable) File.SetUnixFileMode(part, ReadOnly);
            File.Move(part, target);
        });
        return true;
    }

    private async Task CopyAsync(ListedObject item, FileStream file, CancellationToken cancellationToken)
    {
        var (content, from) = await listing.Endpoint.OpenAsync(item, file.Length, cancellationToken);
        try
        {
            if (from < file.Length) file.SetLength(from);
            await ReadAsync(item, content, file, cancellationToken);
        }
        catch
        {
            await ForeignEndpoint.TryCloseAsync(content);
            throw;
        }

        if (await ForeignEndpoint.TryCloseAsync(content) is not { } corrupt) return;
        file.SetLength(0);
        throw listing.Endpoint.Away(corrupt);
    }

    private async Task ReadAsync(ListedObject item, Stream content, FileStream file, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        var buffer = new byte[BufferSize];
        while (true)
        {
            int read;
            try
            {
                read = await content.ReadAsync(buffer, either.Token);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // It has another hash than its tag says: nothing of it is of use.
                if (failure is AmazonClientException) file.SetLength(0);
                throw listing.Endpoint.Away(failure);
            }

            if (read == 0) return;
            silence.CancelAfter(LongestSilence);
            // What comes beyond its size is not what was listed.
            if (read > item.Size - file.Length) throw new ObjectChangedException(item.Key);
            try
            {
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            catch (IOException failure)
            {
                throw Trouble(failure);
            }
        }
    }

    private void RefuseWithoutRoom()
    {
        var here = new DirectoryInfo(partial).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        if (listing.Bytes - here > new DriveInfo(partial).AvailableFreeSpace)
        {
            throw new DiskTroubleException(Folder, string.Create(CultureInfo.InvariantCulture, $"there is no room for {listing.Bytes} bytes"));
        }
    }

    private void OnDisk(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Trouble(failure);
        }
    }

    private DiskTroubleException Trouble(Exception failure) => new(Folder, failure.Message);

    private void Tell(string? condition)
    {
        Action<string?>[] told;
        lock (_gate)
        {
            _condition = condition;
            told = [.. _told];
        }

        foreach (var tell in told)
        {
            tell(condition);
        }
    }

    private string PartsFolder => Path.Combine(partial, "parts");

    private string Folder => Path.GetDirectoryName(complete)!;
}
