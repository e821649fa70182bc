using System.Globalization;
using Rekindle.Optimization;

namespace Rekindle.Cli.Importing;

/// <summary>
/// Makes a tuning job of a table: each column a hyperparameter, one the objective. What the user does not say is guessed from the values:
/// whole numbers are integers, numbers are continuous, other texts are categories, a column of one value is static; a positive range over
/// two orders of magnitude is logarithmic.
/// </summary>
internal sealed class CsvImport
{
    private const int MostCategories = 30;
    private const double LogarithmicFrom = 100;

    private readonly CsvTable _table;
    private readonly CsvSettings _settings;
    private readonly Dictionary<string, string> _statics;
    private readonly Dictionary<string, Bounds> _bounds;
    private readonly Dictionary<string, string?> _integers;
    private readonly Dictionary<string, string?> _categoricals;

    private CsvImport(CsvTable table, CsvSettings settings)
    {
        _table = table;
        _settings = settings;
        _bounds = Named(settings.Ranges).ToDictionary(
            pair => pair.Key,
            pair => Bounds.Parse(pair.Value ?? throw new FormatException($"The range of {pair.Key} has no bounds; write {pair.Key}=MIN..MAX.")));
        _integers = Named(settings.Integers);
        _categoricals = Named(settings.Categoricals);
        _statics = Named(settings.Statics).ToDictionary(pair => pair.Key, pair => pair.Value ?? OnlyValue(pair.Key));
        foreach (var name in _bounds.Keys.Concat(_integers.Keys).Concat(_categoricals.Keys).Concat(settings.Ignored))
        {
            _ = ColumnOf(name);
        }
    }

    /// <param name="text">The table.</param>
    /// <param name="flags">What the user says.</param>
    /// <param name="fileName">For the tuning job's name, when the user gives none.</param>
    /// <exception cref="FormatException">The table or the settings make no tuning job.</exception>
    public static ForeignJob Read(string text, CsvSettings flags, string fileName)
    {
        var table = CsvTable.Parse(text);
        return new CsvImport(table, flags.Over(table.Settings)).Make(fileName);
    }

    private ForeignJob Make(string fileName)
    {
        var objective = _settings.Objective ?? throw new FormatException(
            $"Which column holds the objective? Say --objective COLUMN, one of: {string.Join(", ", _table.Columns)}.");
        var objectiveColumn = ColumnOf(objective);
        var goal = _settings.Goal?.ToUpperInvariant() switch
        {
            "MAXIMIZE" or "MAX" => "Maximize",
            "MINIMIZE" or "MIN" => "Minimize",
            null => throw new FormatException($"Is more or less {objective} better? Say --goal Maximize or --goal Minimize."),
            _ => throw new FormatException($"'{_settings.Goal}' is no goal; there are Maximize and Minimize."),
        };
        var ranges = new List<ForeignRange>();
        var statics = new Dictionary<string, string>(_statics);
        var notes = new List<string>();
        foreach (var name in _table.Columns)
        {
            if (name == objective || _settings.Ignored.Contains(name) || _statics.ContainsKey(name))
            {
                continue;
            }

            if (IsStatic(name, out var value))
            {
                statics[name] = value;
                notes.Add($"The column {name} holds one value, {value}: it is taken as a static hyperparameter.");
            }
            else
            {
                ranges.Add(RangeOf(name));
            }
        }

        var tuned = ranges.Select(range => (range.Name, Column: ColumnOf(range.Name))).ToList();
        return new ForeignJob
        {
            Name = ForeignNames.TuningJob(_settings.Name ?? fileName),
            Metric = _settings.Metric ?? objective,
            Goal = goal,
            Ranges = ranges,
            Statics = statics,
            Runs = [.. _table.Rows.Select(row => Run(row, tuned, objectiveColumn))],
            Notes = notes,
        };
    }

    private static ForeignRun Run(string[] row, List<(string Name, int Column)> tuned, int objectiveColumn)
    {
        var objective = double.TryParse(row[objectiveColumn].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) ? number : (double?)null;
        return new ForeignRun
        {
            Status = objective is null ? "Failed" : "Completed",
            Values = tuned.Where(each => row[each.Column].Trim().Length > 0).ToDictionary(each => each.Name, each => row[each.Column].Trim()),
            Objective = objective,
            FailureReason = objective is null ? "The imported table has no objective for it." : null,
        };
    }

    private ForeignRange RangeOf(string name)
    {
        var texts = Texts(name);
        var given = _bounds.GetValueOrDefault(name) ?? (_integers.GetValueOrDefault(name) is { } whole ? Bounds.Parse(whole) : null);
        if (_categoricals.ContainsKey(name) || (given is null && !_integers.ContainsKey(name) && !texts.TrueForAll(Bounds.IsNumber)))
        {
            return Categorical(name, texts);
        }

        var numbers = texts.Where(Bounds.IsNumber).Select(text => (Text: text, Value: Value(text))).ToList();
        if (given is null && numbers.Count == 0)
        {
            throw new FormatException($"The column {name} holds no number to take bounds from; say --range {name}=MIN..MAX.");
        }

        var (min, max) = (given?.Min ?? numbers.MinBy(number => number.Value).Text, given?.Max ?? numbers.MaxBy(number => number.Value).Text);
        var kind = _integers.ContainsKey(name) || (texts.TrueForAll(Bounds.IsWhole) && given?.AreWhole != false) ? RangeKind.Integer : RangeKind.Continuous;
        return new ForeignRange(name, kind)
        {
            Min = min,
            Max = max,
            Scaling = given?.Scaling ?? (Value(min) > 0 && Value(max) / Value(min) >= LogarithmicFrom ? "Logarithmic" : "Auto"),
            Origin = (given, _integers.ContainsKey(name)) switch
            {
                ({ }, _) => "said",
                (_, true) => "said, bounds from the values",
                _ => "from the values",
            },
        };
    }

    private ForeignRange Categorical(string name, List<string> texts)
    {
        var said = _categoricals.GetValueOrDefault(name)?.Split(',').Select(value => value.Trim()).Distinct(StringComparer.Ordinal).ToList();
        var values = said ?? [.. texts.Distinct(StringComparer.Ordinal)];
        return values.Count <= MostCategories
            ? new ForeignRange(name, RangeKind.Categorical)
            {
                Values = values,
                Origin = said is not null ? "said" : _categoricals.ContainsKey(name) ? "said, values from the table" : "from the values",
            }
            : throw new FormatException(
                $"The column {name} has {values.Count} different texts, and a categorical hyperparameter has at most {MostCategories} values. "
                + $"Leave it out with --ignore {name}, or say what it is.");
    }

    private bool IsStatic(string name, out string value)
    {
        var texts = Texts(name);
        value = texts.Count > 0 ? texts[0] : "";
        return texts.Count > 0 && texts.TrueForAll(text => text == texts[0]) && texts.Count == _table.Rows.Count
            && !_bounds.ContainsKey(name) && !_integers.ContainsKey(name) && !_categoricals.ContainsKey(name);
    }

    private List<string> Texts(string name)
    {
        var column = ColumnOf(name);
        return [.. _table.Rows.Select(row => row[column].Trim()).Where(text => text.Length > 0)];
    }

    private string OnlyValue(string name) => Texts(name).Distinct(StringComparer.Ordinal).ToList() is [var only]
        ? only
        : throw new FormatException($"The column {name} does not hold one value; say which: --static {name}=VALUE, or leave it out with --ignore {name}.");

    private int ColumnOf(string name) => _table.Columns.ToList().IndexOf(name) is >= 0 and var index
        ? index
        : throw new FormatException($"There is no column {name}. The columns are: {string.Join(", ", _table.Columns)}.");

    private static double Value(string text) => NumberText.TryParse(text, out var value) ? value : double.NaN;

    private static Dictionary<string, string?> Named(IReadOnlyList<string> texts)
    {
        var named = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var (name, said) = Bounds.Split(text);
            named[name] = said;
        }

        return named;
    }
}
