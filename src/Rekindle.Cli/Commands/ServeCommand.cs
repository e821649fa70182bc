using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Rekindle.Server;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle serve</c></summary>
internal static class ServeCommand
{
    private const string VariablePrefix = "REKINDLE_";

    public static Command Create(Shell shell)
    {
        var url = new Option<string?>("--urls") { Description = $"Where to listen; port 0 takes a free one [default: {new ServerOptions().Url}]", HelpName = "URL" };
        var data = new Option<string?>("--data") { Description = "Folder for the database, logs and models [default: ./rekindle-data]", HelpName = "DIR" };
        var database = new Option<string?>("--database") { Description = "PostgreSQL connection string; not offered yet", HelpName = "CONNECTION" };
        var config = new Option<string?>("--config") { Description = "JSON file with settings", HelpName = "FILE" };
        var command = new TaughtCommand(
            "serve",
            $"Run the service until Ctrl-C; training programs go on, and the next service on the same data takes them up. Settings come from the command line, else from variables such as {VariablePrefix}Slots, else from the file",
            "rekindle serve",
            "rekindle serve --urls http://127.0.0.1:0 --data /var/lib/rekindle --config rekindle.json",
            "REKINDLE_Access__Keys__MYKEY=at-least-16-characters rekindle serve --urls http://0.0.0.0:8970") { url, data, database, config };
        command.SetAction(async (result, cancellationToken) =>
        {
            if (result.GetValue(database) is not null)
            {
                throw new CommandException(
                    "DatabaseUnsupported", "--database: PostgreSQL is not supported by this version; leave it out to use SQLite in the data folder.");
            }

            var options = Configure(result.GetValue(config));
            options = options with
            {
                Url = result.GetValue(url) ?? options.Url,
                DataFolder = result.GetValue(data) ?? options.DataFolder,
                BuiltIns = BuiltInPrograms.Commands,
            };
            return await RunAsync(shell, options, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(Shell shell, ServerOptions options, CancellationToken cancellationToken)
    {
        await using var server = await ServerStart.StartAsync(options with { EndsOnSignal = false }, cancellationToken);
        await shell.Out.WriteLineAsync($"Rekindle is listening on {server.Url.ToString().TrimEnd('/')}");
        await shell.Out.FlushAsync(cancellationToken);
        try
        {
            await server.WaitForShutdownAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way a service ends.
        }

        if (await server.CountUnendedAsync(CancellationToken.None) is var count and > 0)
        {
            var jobs = count == 1 ? "training job has" : "training jobs have";
            await shell.Out.WriteLineAsync(
                $"Rekindle has ended, and {count} {jobs} not: running programs go on, and the next server on {options.DataFolder} takes them up. "
                + "To end them as well, stop their jobs first ('rekindle stop JOB').");
        }

        return ExitCodes.Success;
    }

    /// <exception cref="CommandException">The file or a setting can't be read.</exception>
    private static ServerOptions Configure(string? file)
    {
        try
        {
            var builder = new ConfigurationBuilder();
            if (file is not null)
            {
                if (!File.Exists(file))
                {
                    throw new CommandException("Configuration", $"{file}: there is no such file.");
                }

                builder.AddJsonFile(Path.GetFullPath(file), optional: false);
            }

            var options = new ServerOptions().With(builder.AddEnvironmentVariables(VariablePrefix).Build());
            // It may hold access keys, which are none of the training programs' business.
            return file is null ? options : options with { Secrets = [Path.GetFullPath(file)] };
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            var reason = problem is InvalidDataException { InnerException: { } inner } ? inner.Message : problem.Message;
            throw new CommandException("Configuration", file is null ? reason : $"{file}: {reason}", inner: problem);
        }
    }
}
