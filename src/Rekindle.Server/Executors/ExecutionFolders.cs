using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors;

/// <summary>
/// A folder with one folder an execution, named after its training job. What is in them is all that a later server knows, so they vanish
/// as a whole or not at all.
/// </summary>
internal sealed partial class ExecutionFolders
{
    private const string RemovedPrefix = ".removed-";
    private const int MostAttempts = 10;

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly Lock _removalGate = new();
    private readonly ConcurrentDictionary<string, bool> _cleared = new(StringComparer.Ordinal);

    public ExecutionFolders(string folder, TimeProvider time)
    {
        _folder = folder;
        _time = time;
        Directory.CreateDirectory(folder);
    }

    /// <exception cref="ArgumentException">The name is no training job's.</exception>
    public ExecutionRecord RecordOf(string name) => FileSafeName().IsMatch(name)
        ? new ExecutionRecord(Path.Combine(_folder, name))
        : throw new ArgumentException($"\"{name}\" is no name of a training job.", nameof(name));

    /// <summary>What the program sees as /opt/ml.</summary>
    public static JobFolder JobOf(ExecutionRecord record) => new(Path.Combine(record.Folder, "opt-ml"));

    /// <summary>Whether anything of an execution of that name is here.</summary>
    public bool Holds(string name) => FileSafeName().IsMatch(name) && Directory.Exists(Path.Combine(_folder, name));

    public IEnumerable<ExecutionRecord> All() => Directory.EnumerateDirectories(_folder)
        .Where(folder => FileSafeName().IsMatch(Path.GetFileName(folder)))
        .Select(folder => new ExecutionRecord(folder));

    /// <summary>Removes what a removal that was cut short left.</summary>
    public void RemoveLeftovers()
    {
        foreach (var folder in Directory.EnumerateDirectories(_folder, RemovedPrefix + "*"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Removes all of an execution that has ended.</summary>
    public Task RemoveAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        // Renamed first: a folder that is half deleted must not look like an execution.
        var doomed = DoomedFolder();
        lock (_removalGate)
        {
            Directory.Move(record.Folder, doomed);
            _cleared.TryRemove(record.Name, out _);
        }

        return DeleteAsync(doomed, cancellationToken);
    }

    /// <summary>
    /// Removes all of an execution that has ended but its log, for another of its name. The claim goes last: as long as it is there nothing
    /// starts, and a removal that was cut short can be repeated.
    /// </summary>
    public Task ResetAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        var doomed = DoomedFolder();
        lock (_removalGate)
        {
            record.MarkLogStart();
            Directory.CreateDirectory(doomed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var path in record.FindAllButLog())
            {
                Directory.Move(path, Path.Combine(doomed, Path.GetFileName(path)));
            }

            _cleared.TryRemove(record.Name, out _);
        }

        return DeleteAsync(doomed, cancellationToken);
    }

    /// <summary>Ended executions that still hold more than their log and how they ended.</summary>
    /// <param name="hasEnded">Whether one that was claimed has ended and nobody works on it.</param>
    public IReadOnlyList<EndedExecution> FindLeftWork(Func<ExecutionRecord, bool> hasEnded)
    {
        var found = new List<EndedExecution>();
        foreach (var record in All())
        {
            if (_cleared.ContainsKey(record.Name) || record.ReadClaim() is not { } claim || !hasEnded(record)) continue;
            if (record.FindWork().Count > 0) found.Add(new EndedExecution(record.Name, claim));
            else _cleared[record.Name] = true;
        }

        return found;
    }

    /// <summary>Removes all but the log and how it ended, unless the name stands for another execution by now.</summary>
    public async Task DiscardWorkAsync(EndedExecution execution, CancellationToken cancellationToken)
    {
        var record = RecordOf(execution.Name);
        var doomed = DoomedFolder();
        lock (_removalGate)
        {
            if (record.ReadClaim() != execution.Claim) return;
            Directory.CreateDirectory(doomed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var path in record.FindWork())
            {
                // Moved at once, removed at leisure: what takes long must not hold up the removal of others.
                Directory.Move(path, Path.Combine(doomed, Path.GetFileName(path)));
            }
        }

        await DeleteAsync(doomed, cancellationToken);
    }

    private string DoomedFolder() => Path.Combine(_folder, $"{RemovedPrefix}{Guid.NewGuid():N}");

    private async Task DeleteAsync(string folder, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (UnauthorizedAccessException) when (attempt < MostAttempts)
            {
                // A program may have taken the rights from folders of its own.
                Unlock(folder);
            }
            catch (IOException) when (attempt < MostAttempts)
            {
                // What is left of a killed shim may just be writing its last file.
                await Task.Delay(BetweenAttempts, _time, cancellationToken);
            }
        }
    }

    private static void Unlock(string folder)
    {
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            if (FileSystem.KindOf(path) == FileKind.Directory) Unlock(path);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileSafeName();
}
