using System.CommandLine;
using System.Text;
using Rekindle.Api;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle export</c></summary>
internal static class ExportCommand
{
    public static Command Create(Shell shell)
    {
        var job = JobArgument.TuningJob();
        var output = new Option<string?>("--output") { HelpName = "FILE", Description = "Where to write [default: standard output]" };
        var command = new TaughtCommand(
            "export", "Write a tuning job and its training jobs as one JSON document, to import elsewhere",
            "rekindle export my-tuning-job > my-tuning-job.json", "rekindle export my-tuning-job --output my-tuning-job.json") { job, output };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var name = result.GetRequiredValue(job);
            var text = ApiJson.SerializeIndented(await connection.ExportTuningJobAsync(name, cancellationToken)) + "\n";
            if (result.GetValue(output) is { } file)
            {
                await WriteAsync(file, text, cancellationToken);
            }
            else
            {
                // The document is JSON either way.
                await shell.Out.WriteAsync(text.AsMemory(), cancellationToken);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task WriteAsync(string file, string text, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException("FileUnwritable", $"{file} can't be written: {problem.Message}", inner: problem);
        }
    }
}
