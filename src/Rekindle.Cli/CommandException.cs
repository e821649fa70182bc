namespace Rekindle.Cli;

/// <summary>A command can't do what it was asked; the user reads the code and the sentence.</summary>
internal sealed class CommandException(string code, string message, int exitCode = ExitCodes.Failure, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>One word to search for, such as <c>ServerUnreachable</c>.</summary>
    public string Code { get; } = code;

    public int ExitCode { get; } = exitCode;
}
