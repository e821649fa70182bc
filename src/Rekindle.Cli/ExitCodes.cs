namespace Rekindle.Cli;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The server refused, the job failed, or nobody answers.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The server answered at first, then no more; the job may go on all the same.</summary>
    public const int ServerLost = 3;

    /// <summary>128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>128 + SIGTERM.</summary>
    public const int Terminated = 143;
}
