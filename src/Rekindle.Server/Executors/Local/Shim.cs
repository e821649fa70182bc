using System.Globalization;

namespace Rekindle.Server.Executors.Local;

/// <summary>
/// The process that owns an execution: it outlives the server, records who it is, runs the program, keeps its log and writes down how it
/// ended. A fixed script for any POSIX shell; whatever varies comes as arguments.
/// </summary>
internal static class Shim
{
    private const long LongestTail = 64 * 1024;

    // What the shell's limit counts in.
    private const long BlockSize = 512;

    private const string CutLine = "rekindle: the log reached its largest size; the middle of it was left out here.";

    /// <summary>
    /// Arguments: the execution's folder, how much of the log is kept from its start (in blocks) and from its end (in bytes), the mode, then the
    /// command. The left half of the pipe is the owner; the right half writes the log. The claim (a file that only one can create) and the
    /// first line on the pipe keep a second shim of the same name from doing anything at all. The last lines of a flooded log are kept
    /// because the objective is what was printed last; the one that may have lost its beginning is dropped, since half a number is a wrong one. The size
    /// limit and the ignored signal stay in the writer: the program must inherit neither.
    /// </summary>
    public const string Script = $$"""
        exec </dev/null >/dev/null 2>&1
        cd "$1" || exit
        head=$2 tail=$3 mode=$4
        shift 4
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
          ( trap '' XFSZ; ulimit -f "$head"; exec cat >>log ) || {
            : >capped
            tail -c "$tail" >tail
            { printf '\n%s\n' "{{CutLine}}"; sed 1d tail; } >>log
            rm tail
          }
          : >drained
        }
        """;

    /// <summary>What <c>sh</c> is given.</summary>
    public static IReadOnlyList<string> Arguments(string folder, long logCapBytes, bool sandboxed, IReadOnlyList<string> command)
    {
        var tail = Math.Clamp(logCapBytes / 4, 1, LongestTail);
        var head = Math.Max(BlockSize, logCapBytes - tail - CutLine.Length - 2);
        return
        [
            "-c", Script, "rekindle-shim", folder,
            (head / BlockSize).ToString(CultureInfo.InvariantCulture),
            tail.ToString(CultureInfo.InvariantCulture),
            sandboxed ? ExecutionOwner.SandboxMode : ExecutionOwner.PlainMode,
            .. command,
        ];
    }
}

/// <summary>A shim that is ready to be started.</summary>
/// <param name="Arguments">What <c>sh</c> is given.</param>
/// <param name="Environment">The whole environment.</param>
/// <param name="Sandboxed">Whether the program runs under bubblewrap.</param>
internal sealed record ShimStart(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, bool Sandboxed)
{
    /// <summary>What the program is to have besides, which shows only when it is started.</summary>
    public ShimStart With(IReadOnlyDictionary<string, string> variables, IEnumerable<string> deviceFiles)
    {
        if (!Sandboxed)
        {
            var environment = Environment.ToDictionary(StringComparer.Ordinal);
            foreach (var (name, value) in variables)
            {
                environment[name] = value;
            }

            return this with { Environment = environment };
        }

        // Behind what is in the file, so that it wins.
        List<string> arguments = [.. Arguments];
        arguments.InsertRange(arguments.IndexOf(Sandbox.Program) + Sandbox.FromFile.Count + 1, [
            .. variables.SelectMany(variable => (string[])["--setenv", variable.Key, variable.Value]),
            .. deviceFiles.SelectMany(path => (string[])["--dev-bind-try", path, path]),
        ]);
        return this with { Arguments = arguments };
    }
}
