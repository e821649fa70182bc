using Rekindle.Cli.Output;

namespace Rekindle.Cli.Watching;

/// <summary>
/// Questions to a server that may be restarted in between, as jobs go on without it: once it has answered, it may be away for a while.
/// </summary>
internal sealed class Endurance(Shell shell)
{
    /// <summary>How long a server may be away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private bool _answered;

    /// <exception cref="CommandException">The server never answered, or was away too long.</exception>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        long? away = null;
        while (true)
        {
            try
            {
                var answer = await ask();
                _answered = true;
                return answer;
            }
            catch (CommandException failure) when (failure.Code == Connection.UnreachableCode && _answered)
            {
                if (away is null)
                {
                    away = shell.Clock.GetTimestamp();
                    await shell.Error.WriteLineAsync($"The server does not answer; trying again for {ShortText.Duration(Patience)} ...");
                }
                else if (shell.Clock.GetElapsedTime(away.Value) >= Patience)
                {
                    throw new CommandException(
                        "ServerLost",
                        $"The server has not answered for {ShortText.Duration(Patience)}. The job may go on all the same. {failure.Message}",
                        ExitCodes.ServerLost,
                        failure);
                }
            }

            await Task.Delay(Interval, shell.Clock, cancellationToken);
        }
    }
}
