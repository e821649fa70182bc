using System.CommandLine;
using System.CommandLine.Parsing;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Importing;

namespace Rekindle.Cli.Commands;

/// <summary>What can be said about a file to import.</summary>
internal sealed class ImportFlags
{
    private readonly Option<string?> _name = Text("--name", "NEW", "The tuning job's name here");
    private readonly Option<bool> _stopRunning = new("--stop-running")
    {
        Description = "Take a tuning job that has not ended, and its unfinished training jobs, as stopped",
    };

    private readonly Option<string?> _objective = Text("--objective", "COLUMN", "CSV: the column of the objective");
    private readonly Option<string?> _metric = Text("--metric", "NAME", "CSV, Optuna: the objective metric's name");
    private readonly Option<string?> _goal = Text("--goal", "GOAL", "CSV, Optuna without one: Maximize or Minimize");
    private readonly Option<string[]> _range = Texts("--range", "NAME=MIN..MAX[:log][:int]", "CSV: a hyperparameter's range and scaling; :int for whole numbers");
    private readonly Option<string[]> _integer = Texts("--integer", "NAME[=MIN..MAX]", "CSV: a hyperparameter of whole numbers");
    private readonly Option<string[]> _categorical = Texts("--categorical", "NAME[=A,B]", "CSV: a hyperparameter of categories");
    private readonly Option<string[]> _static = Texts("--static", "NAME[=VALUE]", "CSV: a hyperparameter that was not tuned");
    private readonly Option<string[]> _ignore = Texts("--ignore", "COLUMN", "CSV: a column that is no hyperparameter");

    private readonly Option<string[]> _environment = Texts(
        "--environment", "NAME=VALUE", "CSV, Optuna: a member of the Environment that it ran with and children will have too");

    public Option<string?> Study { get; } = Text("--study", "NAME", "Optuna: which study of the storage");

    public Option<string?> Image { get; } = Text("--image", "IMAGE", "CSV, Optuna: the training image that children will have too");

    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Print the document that would be imported, and import nothing" };

    public ImportFlags()
    {
        _goal.DemandOneOf("Maximize", "Minimize", "max", "min");
        _environment.Validators.Add(DemandNames);
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])
            [_name, _stopRunning, _objective, _metric, _goal, _range, _integer, _categorical, _static, _ignore, Study, Image, _environment, DryRun])
        {
            command.Options.Add(option);
        }
    }

    public CsvSettings Settings(ParseResult result) => new()
    {
        Name = result.GetValue(_name),
        Objective = result.GetValue(_objective),
        Metric = result.GetValue(_metric),
        Goal = result.GetValue(_goal),
        Ranges = result.GetValue(_range) ?? [],
        Integers = result.GetValue(_integer) ?? [],
        Categoricals = result.GetValue(_categorical) ?? [],
        Statics = result.GetValue(_static) ?? [],
        Ignored = result.GetValue(_ignore) ?? [],
    };

    /// <summary>Of a name given twice the last value counts.</summary>
    public IReadOnlyDictionary<string, string> Environment(ParseResult result)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in result.GetValue(_environment) ?? [])
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            environment[text[..at]] = text[(at + 1)..];
        }

        return environment;
    }

    /// <summary>The request with what holds for files of every form.</summary>
    public ImportTuningJobRequest Apply(ImportTuningJobRequest request, ParseResult result) => request with
    {
        HyperParameterTuningJobName = result.GetValue(_name) ?? request.HyperParameterTuningJobName,
        StopRunning = result.GetValue(_stopRunning) ? true : request.StopRunning,
    };

    private static void DemandNames(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
        {
            result.AddError($"{result.Option.Name} is '{token.Value}'; write NAME=VALUE.");
        }
    }

    private static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };

    private static Option<string[]> Texts(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description + "; may be repeated" };
}
