using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using Rekindle.Api;
using Rekindle.Cli.Commands;
using Rekindle.Cli.Output;

namespace Rekindle.Cli;

/// <summary>The command line as a whole: its commands, and how every outcome becomes an exit code and a sentence.</summary>
internal static class RekindleProgram
{
    public static string Version { get; } =
        typeof(RekindleProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Shell shell, CancellationToken cancellationToken)
    {
        var result = Build(shell).Parse(arguments);
        // Asking for help or the version is right, whatever else is missing.
        if (result.Errors.Count > 0 && result.Action is null or ParseErrorAction)
        {
            foreach (var error in result.Errors)
            {
                await shell.Error.WriteLineAsync($"error: Usage: {error.Message}");
            }

            await shell.Error.WriteLineAsync($"Try: {Path(result.CommandResult.Command)} --help");
            return ExitCodes.Usage;
        }

        try
        {
            return await result.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = shell.Out,
                    Error = shell.Error,
                    EnableDefaultExceptionHandler = false,
                    // The signals are ours: some commands have to clean up, and take longer than the default allows.
                    ProcessTerminationTimeout = null,
                },
                cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return shell.InterruptedExitCode();
        }
        catch (CommandException failure)
        {
            return await FailAsync(failure.Code, failure.Message, failure.ExitCode);
        }
        catch (ApiException refusal)
        {
            return await FailAsync(refusal.Code.ToString(), refusal.Message, ExitCodes.Failure);
        }

        async Task<int> FailAsync(string code, string message, int exitCode)
        {
            await shell.Error.WriteLineAsync(ErrorText.Plain(code, message));
            if (arguments.Contains(EndpointOptions.Json))
            {
                await shell.Error.WriteLineAsync(ErrorText.Json(code, message, exitCode));
            }

            return exitCode;
        }
    }

    public static RootCommand Build(Shell shell)
    {
        var root = new RootCommand(
            "Rekindle tunes hyperparameters: a service with the API of SageMaker's tuning jobs, on your own machines.\n"
            + "\"rekindle demo\" shows it at work in about two minutes; \"rekindle serve\" starts the service for good.")
        {
            DemoCommand.Create(shell),
            ServeCommand.Create(shell),
            PlanCommand.Create(shell),
            CreateCommand.Create(shell),
            JobsCommand.Create(shell),
            DescribeCommand.Create(shell),
            WatchCommand.Create(shell),
            BestCommand.Create(shell),
            TrialsCommand.Create(shell),
            LogsCommand.Create(shell),
            StopCommand.Create(shell),
            InterruptCommand.Create(shell),
            ImportCommand.Create(shell),
            ExportCommand.Create(shell),
            ContinueCommand.Create(shell),
            LineageCommand.Create(shell),
            ReportCommand.Create(shell),
            ExplainCommand.Create(shell),
            ReplayCommand.Create(shell),
            SuggestCommand.Create(shell),
            MetricDoctorCommand.Create(shell),
        };
        var help = new ExampleHelp(((HelpAction)root.Options.OfType<HelpOption>().Single().Action!));
        root.Options.OfType<HelpOption>().Single().Action = help;
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
        root.SetAction(help.Invoke);
        return root;
    }

    private static string Path(Command command) => command is RootCommand ? "rekindle" : $"rekindle {command.Name}";

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"rekindle {Version}");
            return ExitCodes.Success;
        }
    }
}
