using System.CommandLine;
using Rekindle.Api;

namespace Rekindle.Cli.Commands;

/// <summary>What every command that talks to a server has in common.</summary>
internal sealed class EndpointOptions
{
    public const string Json = "--json";

    private const string DefaultEndpoint = "http://127.0.0.1:8970";

    // Ours, then those that every client of AWS reads.
    private static readonly string[] Variables = ["REKINDLE_ENDPOINT", "AWS_ENDPOINT_URL_SAGEMAKER", "AWS_ENDPOINT_URL"];

    private readonly Shell _shell;
    private readonly Option<string?> _endpoint = new("--endpoint")
    {
        Description = $"The server to ask [default: $REKINDLE_ENDPOINT, else $AWS_ENDPOINT_URL_SAGEMAKER, else $AWS_ENDPOINT_URL, else {DefaultEndpoint}]",
        HelpName = "URL",
    };

    private readonly Option<bool> _json = new(Json)
    {
        Description = "Print the API's answer as JSON, and nothing else; an error also comes as JSON, as the last line of standard error",
    };

    private EndpointOptions(Shell shell) => _shell = shell;

    public static EndpointOptions AddTo(Command command, Shell shell)
    {
        var options = new EndpointOptions(shell);
        command.Options.Add(options._endpoint);
        command.Options.Add(options._json);
        return options;
    }

    /// <exception cref="CommandException">The address is none.</exception>
    public Connection Connect(ParseResult result)
    {
        var (text, origin) = result.GetValue(_endpoint) is { } given ? (given, "--endpoint") : FromEnvironment() ?? (DefaultEndpoint, "");
        return Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https"
            ? new Connection(endpoint, _shell)
            : throw new CommandException(
                "Usage", $"{origin} is '{text}'; it must be the address of a server, such as {DefaultEndpoint}.", ExitCodes.Usage);
    }

    private (string Text, string Origin)? FromEnvironment() =>
        Variables.FirstOrDefault(name => _shell.Variable(name) is { Length: > 0 }) is { } variable ? (_shell.Variable(variable)!, variable) : null;

    public bool IsJson(ParseResult result) => result.GetValue(_json);

    /// <summary>Prints the API's answer as it came, or for people.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="print">Prints it for people.</param>
    public Task ShowAsync<T>(ParseResult result, T answer, Action<T> print)
        where T : notnull
    {
        if (IsJson(result))
        {
            return PrintJsonAsync(answer);
        }

        print(answer);
        return Task.CompletedTask;
    }

    public Task PrintJsonAsync<T>(T answer)
        where T : notnull => _shell.Out.WriteLineAsync(ApiJson.SerializeIndented(answer));
}
