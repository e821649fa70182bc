using System.CommandLine;
using System.Text;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Importing;
using Rekindle.Cli.Output;
using Spectre.Console;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle import</c></summary>
internal static class ImportCommand
{
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly Column[] Columns =
        [new("HYPERPARAMETER"), new("TYPE"), new("RANGE"), new("SCALING"), new("HOW KNOWN")];

    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "What to import: a SageMaker dump, CSV, an Optuna SQLite storage or journal; - reads standard input" };
        var flags = new ImportFlags();
        var command = new TaughtCommand(
            "import", "Make an ended tuning job out of one that ran elsewhere, to be a parent here",
            "rekindle import dump.json --name from-aws",
            "rekindle import runs.csv --objective accuracy --goal Maximize --range lr=1e-5..1e-1:log",
            "rekindle import optuna.db --study lenet") { file };
        flags.AddTo(command);
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            var source = await ForeignFile.ReadAsync(shell, result.GetRequiredValue(file), cancellationToken);
            var request = flags.Apply(await ReadAsync(shell, source, flags, result, !options.IsJson(result), cancellationToken), result);
            if (result.GetValue(flags.DryRun))
            {
                await options.PrintJsonAsync(request);
                return ExitCodes.Success;
            }

            DemandFits(request, source.Name);
            using var connection = options.Connect(result);
            var answer = await connection.ImportTuningJobAsync(request, cancellationToken);
            foreach (var warning in answer.Warnings ?? [])
            {
                await shell.Error.WriteLineAsync($"warning: {warning}");
            }

            if (options.IsJson(result))
            {
                await options.PrintJsonAsync(answer);
            }
            else
            {
                shell.Console.WriteLine(
                    $"{answer.HyperParameterTuningJobName} is imported: {answer.TrainingJobs} training jobs, {answer.Usable} with an objective"
                    + (answer.OutOfRange > 0 ? $", {answer.OutOfRange} outside of its ranges" : "")
                    + $". See: rekindle describe {answer.HyperParameterTuningJobName}");
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<ImportTuningJobRequest> ReadAsync(
        Shell shell, ForeignFile source, ImportFlags flags, ParseResult result, bool forPeople, CancellationToken cancellationToken)
    {
        if (source.Format == ForeignFormat.SageMaker)
        {
            return ReadDump(source);
        }

        try
        {
            var job = await ReadForeignAsync(source, flags, result, cancellationToken);
            if (forPeople && !result.GetValue(flags.DryRun))
            {
                Explain(shell, job);
            }

            foreach (var note in job.Notes)
            {
                await shell.Error.WriteLineAsync($"note: {note}");
            }

            return ForeignDocument.Of(job, result.GetValue(flags.Image), flags.Environment(result), shell.Clock.GetUtcNow());
        }
        catch (FormatException problem)
        {
            throw ForeignFile.Unreadable(source.Name, problem.Message, problem);
        }
    }

    /// <summary>A server hangs up on a body that is too large; the user would read that there is none.</summary>
    private static void DemandFits(ImportTuningJobRequest request, string name)
    {
        if (ApiJson.Serialize(request).Length > MostBytes)
        {
            throw new CommandException("DocumentTooLarge", $"{name} makes a request of more than {MostBytes >> 20} MB, which a server does not take.");
        }
    }

    private static ImportTuningJobRequest ReadDump(ForeignFile source)
    {
        try
        {
            return ApiJson.Deserialize<ImportTuningJobRequest>(Encoding.UTF8.GetBytes(PythonJson.Quote(source.Text)));
        }
        catch (ApiJsonException problem)
        {
            throw new CommandException("SerializationException", $"{source.Name}: {problem.Message}", inner: problem);
        }
    }

    private static async Task<ForeignJob> ReadForeignAsync(
        ForeignFile source, ImportFlags flags, ParseResult result, CancellationToken cancellationToken)
    {
        var settings = flags.Settings(result);
        if (source.Format == ForeignFormat.Csv)
        {
            return CsvImport.Read(source.Text, settings, source.Stem);
        }

        var notes = new List<string>();
        var searches = source switch
        {
            { Format: ForeignFormat.OptunaJournal } => OptunaJournal.Read(source.Text, notes),
            { Path: { } path } => await OptunaDatabase.ReadAsync(path, cancellationToken),
            _ => await OptunaDatabase.ReadAsync(source.Bytes, cancellationToken),
        };
        var job = OptunaImport.Make(searches, result.GetValue(flags.Study), settings.Metric, settings.Goal, settings.Name);
        return job with { Notes = [.. notes, .. job.Notes] };
    }

    private static void Explain(Shell shell, ForeignJob job)
    {
        shell.Console.WriteLine($"{job.Goal} {job.Metric}, {job.Runs.Count} training jobs");
        var rows = job.Ranges
            .Select(range => (IReadOnlyList<Cell>)
            [
                range.Name,
                range.Kind.ToString(),
                range.Kind == RangeKind.Categorical ? string.Join(" ", range.Values) : $"{range.Min} .. {range.Max}",
                range.Kind == RangeKind.Categorical ? "" : range.Scaling,
                range.Origin,
            ])
            .Concat(job.Statics.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (IReadOnlyList<Cell>)[pair.Key, "Static", pair.Value, "", ""]))
            .ToList();
        shell.Console.Write(new FittingTable(Columns, rows).Render());
    }
}
