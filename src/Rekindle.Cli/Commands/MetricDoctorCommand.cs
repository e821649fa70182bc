using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle metric-doctor</c></summary>
internal static class MetricDoctorCommand
{
    public static Command Create(Shell shell)
    {
        var log = new Argument<string>("LOG") { Description = "A file with what a training program printed, or - for standard input" };
        var regex = new Option<string>("--regex")
        {
            Description = "The expression of the metric definition, with a group around the number",
            Required = true,
            HelpName = "R",
        };
        var name = new Option<string>("--name") { Description = "The metric's name", DefaultValueFactory = _ => "metric", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new TaughtCommand(
            "metric-doctor",
            "Try a metric's regular expression on a log: what it finds, or which line comes nearest and what expression would read it. Needs no server",
            """rekindle metric-doctor train.log --regex 'val_acc=([0-9.]+)'""",
            """rekindle logs my-tuning-job-003-1f2e3d4c | rekindle metric-doctor - --name loss --regex 'loss: ([0-9.]+)'""")
        {
            log, regex, name, json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var definition = new MetricDefinition(result.GetRequiredValue(name), result.GetRequiredValue(regex));
            if (MetricScraper.Problem(definition) is { } problem)
            {
                throw new CommandException("InvalidExpression", problem, ExitCodes.Usage);
            }

            var diagnosis = new MetricDiagnosis(definition, TimeProvider.System);
            await ReadAsync(shell, result.GetRequiredValue(log), diagnosis, cancellationToken);
            await shell.Out.WriteLineAsync(result.GetValue(json) ? Json(diagnosis) : Text(diagnosis));
            return diagnosis.Matched > 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    private static async Task ReadAsync(Shell shell, string log, MetricDiagnosis diagnosis, CancellationToken cancellationToken)
    {
        try
        {
            using var file = log == "-" ? null : new StreamReader(log);
            TextReader reader = file is null ? shell.In : file;
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                diagnosis.Read(line, cancellationToken);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException("FileUnreadable", $"{log} can't be read: {problem.Message}");
        }
    }

    private static string Text(MetricDiagnosis diagnosis)
    {
        var lines = new List<string>();
        if (diagnosis.Problem() is { } problem)
        {
            lines.Add(problem);
            if (diagnosis.NotNumbers > 0)
            {
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture, $"The expression matched {diagnosis.NotNumbers} times, but what it captured was no finite number."));
            }

            if (diagnosis.Suggestion() is { } suggestion) lines.Add($"This expression reads the number of that line: {suggestion}");
        }
        else
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{diagnosis.Matched} of {diagnosis.Lines} lines gave a value, the first line {diagnosis.FirstLine}: first {diagnosis.First}, last {diagnosis.Last}, "
                + $"smallest {diagnosis.Smallest}, largest {diagnosis.Largest}. The last is what a tuning job takes as the objective."));
        }

        lines.AddRange(diagnosis.Remarks);
        return string.Join(Environment.NewLine, lines);
    }

    private static string Json(MetricDiagnosis diagnosis)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("Lines", diagnosis.Lines);
            writer.WriteNumber("Matched", diagnosis.Matched);
            writer.WriteNumber("NotNumbers", diagnosis.NotNumbers);
            if (diagnosis.Last is { } last)
            {
                writer.WriteNumber("FirstLine", diagnosis.FirstLine!.Value);
                writer.WriteNumber("First", diagnosis.First!.Value);
                writer.WriteNumber("Last", last);
                writer.WriteNumber("Smallest", diagnosis.Smallest!.Value);
                writer.WriteNumber("Largest", diagnosis.Largest!.Value);
            }

            if (diagnosis is { Matched: 0, NearestText: { } nearest })
            {
                writer.WriteNumber("NearestLine", diagnosis.NearestLine);
                writer.WriteString("NearestText", nearest);
                if (diagnosis.Suggestion() is { } suggestion) writer.WriteString("Suggestion", suggestion);
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
