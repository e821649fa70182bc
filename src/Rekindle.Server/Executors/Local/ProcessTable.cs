using System.Globalization;
using System.Text;

namespace Rekindle.Server.Executors.Local;

/// <summary>A process, told apart from a later one with the same number by its start time (clock ticks since boot).</summary>
internal readonly record struct ProcessIdentity(int Pid, long StartTime);

/// <param name="Identity">Number and start time.</param>
/// <param name="State">R, S, D, Z, …</param>
/// <param name="Parent">Number of the parent.</param>
/// <param name="Group">Process group.</param>
/// <param name="Session">Session.</param>
internal readonly record struct ProcessEntry(ProcessIdentity Identity, char State, int Parent, int Group, int Session)
{
    public bool IsAlive => State is not ('Z' or 'X' or 'x');
}

/// <summary>Reads /proc.</summary>
internal static class ProcessTable
{
    /// <summary>Parses a line of /proc/PID/stat. The command's name stands in parentheses and may hold anything, parentheses and spaces too.</summary>
    public static ProcessEntry? Parse(string stat)
    {
        var open = stat.IndexOf('(', StringComparison.Ordinal);
        var close = stat.LastIndexOf(')');
        if (open < 1 || close < open) return null;
        // Fields after the name: 0 state, 1 parent, 2 group, 3 session, …, 19 start time.
        var fields = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 20
            || !int.TryParse(stat.AsSpan(0, open).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || !int.TryParse(fields[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parent)
            || !int.TryParse(fields[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var group)
            || !int.TryParse(fields[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var session)
            || !long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var startTime))
        {
            return null;
        }

        return new ProcessEntry(new ProcessIdentity(pid, startTime), fields[0][0], parent, group, session);
    }

    public static ProcessEntry? Find(int pid) => ReadText($"/proc/{pid}/stat") is { } stat ? Parse(stat) : null;

    /// <summary>Whether exactly this process, not a later one with its number, is alive.</summary>
    public static bool IsAlive(ProcessIdentity identity) =>
        Find(identity.Pid) is { IsAlive: true } found && found.Identity == identity;

    public static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>The living children of a process.</summary>
    public static IReadOnlyList<ProcessEntry> ChildrenOf(int pid)
    {
        // Kernels are built without this file now and then; then every process is looked at.
        if (ReadText($"/proc/{pid}/task/{pid}/children") is { } children)
        {
            var found = new List<ProcessEntry>();
            foreach (var child in children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (Find(int.Parse(child, CultureInfo.InvariantCulture)) is { IsAlive: true } entry && entry.Parent == pid) found.Add(entry);
            }

            return found;
        }

        return [.. All().Where(entry => entry.Parent == pid && entry.IsAlive)];
    }

    public static IEnumerable<ProcessEntry> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Find(pid) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Living processes whose environment holds this entry, such as <c>NAME=value</c>; those of other users can't be read and are left out.</summary>
    public static IReadOnlyList<ProcessEntry> WithEnvironment(string entry)
    {
        var wanted = '\0' + entry + '\0';
        var found = new List<ProcessEntry>();
        foreach (var process in All())
        {
            if (process.IsAlive
                && ReadText($"/proc/{process.Identity.Pid}/environ") is { } environment
                && ('\0' + environment + '\0').Contains(wanted, StringComparison.Ordinal))
            {
                found.Add(process);
            }
        }

        return found;
    }

    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.Latin1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The process is gone (also ESRCH in the middle of reading), or belongs to someone else.
            return null;
        }
    }
}
