using Rekindle.Feeder;

namespace Rekindle.Server.Executors.Feeding;

/// <summary>The program that feeds channels in the input mode Pipe; it lies beside this one.</summary>
internal static class FeederProgram
{
    private const string FileName = "rekindle-feeder.dll";

    /// <summary>
    /// Arguments: the execution's folder, then the command. The claim is a file that only one can create, so that a second feeder of the same
    /// execution ends without doing anything; it holds who the feeder is, which the command stays.
    /// </summary>
    public const string Script = $$"""
        exec </dev/null >/dev/null 2>&1
        cd "$1" || exit
        read -r self </proc/self/stat
        read -r boot </proc/sys/kernel/random/boot_id
        set -C
        { echo "$boot $self" >{{FeedFiles.Claim}}; } 2>/dev/null || exit 0
        set +C
        folder=$1
        shift
        exec "$@" "$folder" 2>{{FeedFiles.Errors}}
        """;

    private static string File => Path.Combine(AppContext.BaseDirectory, FileName);

    /// <summary>Why channels can't be fed here, in a sentence; null when they can.</summary>
    public static string? FindProblem() => System.IO.File.Exists(File)
        ? null
        : $"The input mode Pipe needs the program {FileName} beside the server, and it is not there.";

    /// <summary>What <c>sh</c> is given.</summary>
    public static IReadOnlyList<string> Arguments(string folder) => ["-c", Script, "rekindle-feeder", folder, DotnetHost.Path, File];

    /// <summary>The feeder's whole environment.</summary>
    public static IReadOnlyDictionary<string, string> Environment()
    {
        var variables = TrainingEnvironment.OfMachine();
        // No socket for debuggers: it starts the sooner, and a killed one leaves nothing in /tmp.
        variables["DOTNET_EnableDiagnostics"] = "0";
        return variables;
    }
}
