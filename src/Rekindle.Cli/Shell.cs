using Rekindle.Cli.Output;
using Spectre.Console;

namespace Rekindle.Cli;

/// <summary>All that a command sees of its surroundings, so that a test can be one.</summary>
internal sealed record Shell
{
    /// <summary>Columns of a table when nobody watches: wide enough that no cell of the API's names is wrapped.</summary>
    private const int RedirectedWidth = 160;

    public required TextReader In { get; init; }

    /// <summary>Standard input for what may be no text.</summary>
    public Func<Stream> OpenIn { get; init; } = System.Console.OpenStandardInput;

    /// <summary>Text that programs read: JSON, log lines, the line of <c>serve</c>.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard output for people: tables, colours.</summary>
    public required IAnsiConsole Console { get; init; }

    public required TextWriter Error { get; init; }

    public required Func<string, string?> Variable { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>How the process ends by custom when it was interrupted.</summary>
    public Func<int> InterruptedExitCode { get; init; } = () => ExitCodes.Interrupted;

    /// <summary>The network, when it isn't the real one.</summary>
    public HttpMessageHandler? Network { get; init; }

    /// <summary>Whether a screen can be redrawn; otherwise every change is a line.</summary>
    public bool IsLive => Console.Profile.Capabilities is { Interactive: true, Ansi: true };

    public static Shell OfProcess(Signals signals)
    {
        var redirected = System.Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            // Of the build servers it knows, Spectre assumes colours; a log file has none.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = !redirected },
            Out = new AnsiConsoleOutput(redirected ? new TrimmedLines(System.Console.Out) : System.Console.Out),
        });
        if (redirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return new Shell
        {
            In = System.Console.In,
            Out = System.Console.Out,
            Error = System.Console.Error,
            Console = console,
            Variable = Environment.GetEnvironmentVariable,
            Clock = TimeProvider.System,
            InterruptedExitCode = () => signals.ExitCode,
        };
    }
}
