using System.Net.Sockets;
using Rekindle.Server;

namespace Rekindle.Cli;

/// <summary>Starts the server; what keeps it from starting becomes a sentence.</summary>
internal static class ServerStart
{
    /// <exception cref="CommandException">The server can't start with these options.</exception>
    public static async Task<RekindleServer> StartAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await RekindleServer.StartAsync(options, cancellationToken);
        }
        catch (ServerRefusedException refusal)
        {
            throw new CommandException("ServerRefused", refusal.Message, inner: refusal);
        }
        catch (DataFolderException refusal)
        {
            throw new CommandException("DataFolder", refusal.Message, inner: refusal);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            throw new CommandException("AddressUnavailable", $"{options.Url} can't be listened on: {failure.Message}", inner: failure);
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException)
        {
            throw new CommandException("Configuration", failure.Message, inner: failure);
        }
    }
}
