using System.Diagnostics;
using System.Globalization;

namespace Rekindle.Server.Executors.Local;

/// <summary>
/// The process that owns an execution: it outlives the server, records who it is, runs the program, keeps its log and writes down how it
/// ended. A fixed script for any POSIX shell; whatever varies comes as arguments.
/// </summary>
internal static class Shim
{
    /// <summary>
    /// Arguments: the log's cap in blocks of 512 bytes, the mode, then the command. The left half of the pipe is the owner; the right half
    /// writes the log. The claim (a file that only one can create) and the first line on the pipe keep a second shim of the same name from
    /// doing anything at all. The size limit and the ignored signal stay in the writer: the program must inherit neither.
    /// </summary>
    public const string Script = """
        exec </dev/null >/dev/null 2>&1
        blocks=$1 mode=$2
        shift 2
        {
          read -r self </proc/self/stat
          read -r boot </proc/sys/kernel/random/boot_id
          set -C
          { echo "$mode $boot $self" >started; } 2>/dev/null || exit 0
          set +C
          echo go
          case $mode in
            sandbox) "$@" 9<args ;;
            *) "$@" ;;
          esac
          : >"exit.$?"
        } 2>&1 | {
          read -r go || exit 0
          trap '' XFSZ
          ulimit -f "$blocks"
          cat >>log || { : >capped; cat; }
          : >drained
        }
        """;

    /// <summary>The process to start, in the execution's folder and in a session of its own, so that nothing sent to the server's terminal or group reaches it.</summary>
    public static ProcessStartInfo StartInfo(
        string folder,
        long logCapBytes,
        bool sandboxed,
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = folder, UseShellExecute = false };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.ArgumentList.Add("/bin/sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        start.ArgumentList.Add("rekindle-shim");
        start.ArgumentList.Add((logCapBytes / 512).ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(sandboxed ? ExecutionRecord.SandboxMode : ExecutionRecord.PlainMode);
        foreach (var part in command)
        {
            start.ArgumentList.Add(part);
        }

        return start;
    }
}
