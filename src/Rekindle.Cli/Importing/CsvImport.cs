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
        foreach (var (name, said) in _statics.Where(pair => _table.Columns.Contains(pair.Key)))
        {
            DemandHolds(name, said);
        }

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
        DemandNumbers(objective);
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
                var range = RangeOf(name);
                ranges.Add(range);
                notes.AddRange(Oddities(range));
            }
        }

        if (ranges.Count == 0)
        {
            notes.Add("No column varies, so the tuning job has no range, and a child learns about one point only; say --range COLUMN=MIN..MAX.");
        }

        return new ForeignJob
        {
            Name = ForeignNames.TuningJob(_settings.Name ?? fileName),
            Metric = _settings.Metric ?? objective,
            Goal = goal,
            Ranges = ranges,
            Statics = statics,
            Runs = [.. _table.Rows.Select(row => Run(row, ranges, objectiveColumn))],
            Notes = notes,
        };
    }

    /// <summary>A column of texts, or of numbers that are none here, would make a failure of every training job without a word.</summary>
    private void DemandNumbers(string objective)
    {
        var column = ColumnOf(objective);
        var cells = _table.Rows.Select((row, index) => (Text: row[column].Trim(), Row: index + 1)).Where(cell => !CellText.IsMissing(cell.Text)).ToList();
        if (cells.Count == 0 || (cells.Exists(cell => Bounds.IsNumber(cell.Text)) && !cells.Exists(cell => CellText.HasDecimalComma(cell.Text))))
        {
            return;
        }

        var first = cells.Find(cell => CellText.HasDecimalComma(cell.Text)) is { Text: not null } comma ? comma : cells[0];
        throw new FormatException(string.Create(
            CultureInfo.InvariantCulture,
            $"The objective {objective} is '{first.Text}' in row {first.Row}, which is no number. Numbers have a point, as in 0.93, and no other mark."));
    }

    /// <summary>What of a column was understood, but perhaps not as it was meant.</summary>
    private IEnumerable<string> Oddities(ForeignRange range)
    {
        var texts = Texts(range.Name);
        if (range.Kind == RangeKind.Categorical)
        {
            if (texts.Find(CellText.HasDecimalComma) is { } first && !_categoricals.ContainsKey(range.Name)
                && texts.TrueForAll(text => Bounds.IsNumber(text) || CellText.HasDecimalComma(text)))
            {
                yield return $"The column {range.Name} is taken as categories, since '{first}' is no number: numbers have a point, as in 0.93.";
            }
        }
        else if (texts.Count(CellText.IsNan) is > 0 and var missing)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"The column {range.Name} is nan in {missing} rows, where its value is taken as missing.");
        }
    }

    private ForeignRun Run(string[] row, List<ForeignRange> ranges, int objectiveColumn)
    {
        var objective = double.TryParse(row[objectiveColumn].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) ? number : (double?)null;
        return new ForeignRun
        {
            Status = objective is null ? "Failed" : "Completed",
            Values = ranges
                .Select(range => (range.Name, range.Kind, Text: row[ColumnOf(range.Name)].Trim()))
                .Where(cell => cell.Text.Length > 0 && (cell.Kind == RangeKind.Categorical || !CellText.IsNan(cell.Text)))
                .ToDictionary(cell => cell.Name, cell => cell.Text),
            Objective = objective,
            FailureReason = objective is null ? "The imported table has no objective for it." : null,
        };
    }

    private ForeignRange RangeOf(string name)
    {
        var texts = Texts(name);
        var given = _bounds.GetValueOrDefault(name) ?? (_integers.GetValueOrDefault(name) is { } whole ? Bounds.Parse(whole) : null);
        var withoutNan = texts.FindAll(text => !CellText.IsNan(text));
        if (_categoricals.ContainsKey(name) || (given is null && !_integers.ContainsKey(name) && !withoutNan.TrueForAll(Bounds.IsNumber)))
        {
            return Categorical(name, texts);
        }

        var numbers = texts.Where(Bounds.IsNumber).Select(text => (Text: text, Value: Value(text))).ToList();
        if (given is null && numbers.Count == 0)
        {
            throw new FormatException($"The column {name} holds no number to take bounds from; say --range {name}=MIN..MAX, or leave it out with --ignore {name}.");
        }

        var (min, max) = (given?.Min ?? numbers.MinBy(number => number.Value).Text, given?.Max ?? numbers.MaxBy(number => number.Value).Text);
        var isInteger = _integers.ContainsKey(name) || given?.SaysInteger == true
            || (withoutNan.TrueForAll(Bounds.IsWhole) && given?.AreWhole != false);
        var kind = isInteger ? RangeKind.Integer : RangeKind.Continuous;
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
        var said = _categoricals.GetValueOrDefault(name) is { } list ? CategoryList.Split(list).Distinct(StringComparer.Ordinal).ToList() : null;
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
        return texts.Count > 0 && texts.TrueForAll(text => text == texts[0]) && texts.Count == _table.Rows.Count && !CellText.IsNan(value)
            && !_bounds.ContainsKey(name) && !_integers.ContainsKey(name) && !_categoricals.ContainsKey(name);
    }

    private List<string> Texts(string name)
    {
        var column = ColumnOf(name);
        return [.. _table.Rows.Select(row => row[column].Trim()).Where(text => text.Length > 0)];
    }

    /// <summary>To say that all were measured with one value when the table says otherwise would teach a child falsehoods.</summary>
    private void DemandHolds(string name, string said)
    {
        if (Texts(name).Find(text => text != said && !(Value(text) == Value(said))) is { } other)
        {
            throw new FormatException(
                $"--static {name}={said}: the column {name} holds other values, such as {other}. Leave it out with --ignore {name} if they mean nothing.");
        }
    }

    private string OnlyValue(string name) => Texts(name).Distinct(StringComparer.Ordinal).ToList() is [var only]
        ? only
        : throw new FormatException($"The column {name} does not hold one value; say which: --static {name}=VALUE, or leave it out with --ignore {name}.");

    private int ColumnOf(string name) => _table.Columns.ToList().IndexOf(name) is >= 0 and var index
        ? index
        : throw new FormatException($"There is no column {name}. The columns are: {string.Join(", ", _table.Columns)}.");

    private static double Value(string text) => NumberText.TryParse(text, out var value) ? value : double.NaN;

    private Dictionary<string, string?> Named(IReadOnlyList<string> texts)
    {
        var named = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var (name, said) = Split(text);
            named[name] = said;
        }

        return named;
    }

    /// <summary>Names and values may hold equals signs: the longest column before one is meant, else what stands before the first.</summary>
    private (string Name, string? Said) Split(string text)
    {
        if (_table.Columns.Contains(text.Trim()))
        {
            return (text.Trim(), null);
        }

        for (var at = text.LastIndexOf('='); at > 0; at = text.LastIndexOf('=', at - 1))
        {
            if (_table.Columns.Contains(text[..at].Trim()))
            {
                return (text[..at].Trim(), text[(at + 1)..].Trim());
            }
        }

        return text.IndexOf('=', StringComparison.Ordinal) is > 0 and var first
            ? (text[..first].Trim(), text[(first + 1)..].Trim())
            : (text.Trim(), null);
    }
}
