using System.Globalization;

namespace Rekindle.Server.Executors;

/// <summary>
/// The GPUs of this machine, each with one owner at most. Whoever asks stands in one line, whatever it asks for: one that wants two is not
/// passed by those that want one. Owners are executions, known by name, so that saying something twice changes nothing.
/// </summary>
/// <param name="devices">Their ids.</param>
/// <param name="find">Looks for them as long as there are none: the driver makes their device files when they are first used.</param>
internal sealed class GpuPool(IReadOnlyList<string> devices, Func<IReadOnlyList<string>>? find = null)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<GpuClaim> _line = new();
    private readonly Dictionary<string, IReadOnlyList<string>> _owned = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _devices = devices;

    /// <summary>How many are divided here.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                if (_devices.Count == 0 && find is not null) _devices = find();
                return _devices.Count;
            }
        }
    }

    /// <summary>The GPUs to divide: none where neither their setting nor a profile speaks of any, so that programs find them as they are.</summary>
    /// <param name="setting">The setting; null when it is not given.</param>
    /// <param name="profiles">Profiles, which may want some.</param>
    /// <param name="find">Finds those that there are.</param>
    public static GpuPool Of(IReadOnlyList<string>? setting, IReadOnlyList<InstanceProfile> profiles, Func<IReadOnlyList<string>> find) =>
        setting is not null ? new GpuPool(setting)
        : profiles.Any(profile => profile.Gpus > 0) ? new GpuPool([], find)
        : new GpuPool([]);

    /// <summary>The GPUs of this server: those of its own environment, where somebody divided them before it, else those that the NVIDIA driver shows it.</summary>
    public static IReadOnlyList<string> FindDevices() => FindDevices(Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"), "/dev");

    /// <param name="visible">What the server's environment says; CUDA ends with the first that is none.</param>
    /// <param name="folder">Where device files are. Their numbers are the driver's own: CUDA counts those that are there from 0.</param>
    internal static IReadOnlyList<string> FindDevices(string? visible, string folder) => visible is not null
        ? [.. visible.Split(',', StringSplitOptions.TrimEntries).TakeWhile(id => id is not ("" or "-1")).Distinct(StringComparer.Ordinal)]
        :
        [
            .. Enumerable.Range(0, Directory.EnumerateFileSystemEntries(folder, "nvidia*").Count(IsDevice))
                .Select(index => index.ToString(CultureInfo.InvariantCulture)),
        ];

    /// <summary>Why training jobs of an instance type can never have their GPUs here; null when they can.</summary>
    public string? Refuse(InstanceProfile? profile, string instanceType) => profile is { Gpus: var wanted } && wanted > Count
        ? string.Create(CultureInfo.InvariantCulture, $"A training job on \"{instanceType}\" is to have {wanted} GPUs (the setting Instances:{profile.Pattern}:Gpus), and this machine has {Count} (the setting Gpus).")
        : null;

    /// <summary>Puts an execution at the end of the line. Whoever asks owes a <see cref="Leave"/>.</summary>
    /// <param name="owner">The execution.</param>
    /// <param name="count">How many it wants; no more than there are.</param>
    /// <param name="before">Those it was given by an earlier server, which it gets again where they are free.</param>
    /// <param name="isSpot">Whether it stands behind all that don't give way.</param>
    public GpuClaim Ask(string owner, int count, IReadOnlyList<string> before, bool isSpot = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        lock (_gate)
        {
            var claim = new GpuClaim(owner, count, before, isSpot);
            if (_owned.TryGetValue(owner, out var has)) claim.Give(has);
            else _line.AddBefore(claim, other => other.IsSpot && !isSpot);
            GiveOut();
            return claim;
        }
    }

    /// <summary>How many an execution has.</summary>
    public int CountOf(string owner)
    {
        lock (_gate) return _owned.GetValueOrDefault(owner)?.Count ?? 0;
    }

    /// <summary>Notes what an execution has that runs already.</summary>
    public void Occupy(string owner, IReadOnlyList<string> has)
    {
        lock (_gate)
        {
            if (has.Count > 0) _owned[owner] = has;
        }
    }

    /// <summary>Takes an execution's GPUs back, or the execution out of the line.</summary>
    public void Leave(string owner)
    {
        lock (_gate)
        {
            for (var (claim, next) = (_line.First, _line.First?.Next); claim is not null; (claim, next) = (next, next?.Next))
            {
                if (claim.Value.Owner != owner) continue;
                _line.Remove(claim);
                claim.Value.GiveUp();
            }

            _owned.Remove(owner);
            GiveOut();
        }
    }

    private static bool IsDevice(string path) =>
        Path.GetFileName(path)["nvidia".Length..] is { Length: > 0 } number && number.All(char.IsAsciiDigit);

    private void GiveOut()
    {
        while (_line.First?.Value is { } first)
        {
            List<string> free = [.. _devices.Except(_owned.Values.SelectMany(has => has), StringComparer.Ordinal)];
            if (free.Count < first.Count) return;
            _line.RemoveFirst();
            List<string> given = [.. free.OrderByDescending(first.Before.Contains).Take(first.Count)];
            _owned[first.Owner] = given;
            first.Give(given);
        }
    }
}

/// <summary>A place in the line for GPUs.</summary>
internal sealed class GpuClaim(string owner, int count, IReadOnlyList<string> before, bool isSpot)
{
    /// <summary>What one that waits for them says of itself.</summary>
    public const string Waiting = "Waiting for a free GPU";

    private readonly TaskCompletionSource<IReadOnlyList<string>> _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<string>? _devices;

    public string Owner => owner;

    public int Count => count;

    public IReadOnlyList<string> Before => before;

    public bool IsSpot => isSpot;

    /// <summary>What was given; null as long as it waits.</summary>
    public IReadOnlyList<string>? Devices => _devices;

    /// <summary>Completes when it was given all it wants; is cancelled when it left the line.</summary>
    public Task<IReadOnlyList<string>> Granted => _granted.Task;

    public void Give(IReadOnlyList<string> devices)
    {
        _devices = devices;
        _granted.TrySetResult(devices);
    }

    public void GiveUp() => _granted.TrySetCanceled();
}
