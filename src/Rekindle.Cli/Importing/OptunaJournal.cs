using System.Globalization;
using System.Text.Json;

namespace Rekindle.Cli.Importing;

/// <summary>
/// Reads a journal file of Optuna: one JSON object a line, each an operation on what the lines before it made; searches and evaluations
/// are numbered in the order of their creation. The versions differ little: times are local without an offset up to 3.x and UTC with one
/// from 4.x on, 5 adds an operation that Optuna itself passes over, and unknown ones are passed over here too.
/// </summary>
internal sealed class OptunaJournal
{
    private readonly Dictionary<int, OptunaSearch> _searches = [];
    private readonly List<OptunaRecord> _records = [];
    private int _created;

    private enum Operation
    {
        CreateSearch = 0,
        DeleteSearch = 1,
        SetSearchSystemAttribute = 3,
        CreateRecord = 4,
        SetParameter = 5,
        SetStateValues = 6,
        SetIntermediateValue = 7,
    }

    private OptunaJournal()
    {
    }

    /// <exception cref="FormatException">A line is no such operation; the message says which.</exception>
    public static IReadOnlyList<OptunaSearch> Read(string text, List<string> notes)
    {
        var journal = new OptunaJournal();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
            {
                continue;
            }

            try
            {
                using var line = JsonDocument.Parse(PythonJson.Quote(lines[i]));
                journal.Apply(line.RootElement);
            }
            catch (JsonException) when (i == lines.Length - 1)
            {
                // A writer that was killed left half a line; Optuna reads such a file too.
                notes.Add("The last line of the journal is cut off; it is left out.");
            }
            catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
                or ArgumentOutOfRangeException)
            {
                throw new FormatException(
                    string.Create(CultureInfo.InvariantCulture, $"Line {i + 1} is no operation of an Optuna journal: {problem.Message}"), problem);
            }
        }

        return [.. journal._searches.Values];
    }

    private void Apply(JsonElement line)
    {
        switch ((Operation)line.GetProperty("op_code").GetInt32())
        {
            case Operation.CreateSearch:
                CreateSearch(line);
                break;
            case Operation.DeleteSearch:
                _searches.Remove(line.GetProperty("study_id").GetInt32());
                break;
            case Operation.SetSearchSystemAttribute:
                SetMetric(line);
                break;
            case Operation.CreateRecord:
                CreateRecord(line);
                break;
            case Operation.SetParameter:
                RecordOf(line).Parameters[line.GetProperty("param_name").GetString()!] = (
                    OptunaDistribution.Parse(line.GetProperty("distribution").GetString()!), Number(line.GetProperty("param_value_internal")));
                break;
            case Operation.SetStateValues:
                SetStateValues(RecordOf(line), line);
                break;
            case Operation.SetIntermediateValue:
                RecordOf(line).Reports[line.GetProperty("step").GetInt64()] = Number(line.GetProperty("intermediate_value"));
                break;
        }
    }

    private void CreateSearch(JsonElement line)
    {
        var name = line.GetProperty("study_name").GetString()!;
        // A second creation of a name failed in Optuna, though its line stands in the file; it takes no number.
        if (_searches.Values.All(search => search.Name != name))
        {
            _searches.Add(_created++, new OptunaSearch(name)
            {
                Goals = [.. line.GetProperty("directions").EnumerateArray().Select(direction => direction.GetInt32() switch
                {
                    1 => "Minimize",
                    2 => "Maximize",
                    _ => null,
                })],
            });
        }
    }

    private void SetMetric(JsonElement line)
    {
        if (_searches.TryGetValue(line.GetProperty("study_id").GetInt32(), out var search)
            && line.GetProperty("system_attr").TryGetProperty("study:metric_names", out var names)
            && names.ValueKind == JsonValueKind.Array && names.GetArrayLength() == 1)
        {
            search.Metric = names[0].GetString();
        }
    }

    private void CreateRecord(JsonElement line)
    {
        // One of a deleted search takes no number either.
        if (!_searches.TryGetValue(line.GetProperty("study_id").GetInt32(), out var search))
        {
            return;
        }

        var record = new OptunaRecord();
        _records.Add(record);
        search.Records.Add(record);
        SetStateValues(record, line);
        if (line.TryGetProperty("params", out var values) && values.ValueKind == JsonValueKind.Object)
        {
            foreach (var value in values.EnumerateObject())
            {
                record.Parameters[value.Name] = (
                    OptunaDistribution.Parse(line.GetProperty("distributions").GetProperty(value.Name).GetString()!), Number(value.Value));
            }
        }

        if (line.TryGetProperty("intermediate_values", out var reports) && reports.ValueKind == JsonValueKind.Object)
        {
            foreach (var report in reports.EnumerateObject())
            {
                record.Reports[long.Parse(report.Name, CultureInfo.InvariantCulture)] = Number(report.Value);
            }
        }
    }

    /// <summary>State, values and times, as far as a line says something of them.</summary>
    private static void SetStateValues(OptunaRecord record, JsonElement line)
    {
        // What ended stays as it is; Optuna refuses later changes, though their lines stand in the file.
        if (record.State is OptunaState.Complete or OptunaState.Pruned or OptunaState.Fail)
        {
            return;
        }

        if (line.TryGetProperty("state", out var state) && state.GetInt32() is >= 0 and <= 4 and var number)
        {
            record.State = (OptunaState)number;
        }

        if (line.TryGetProperty("values", out var values) && values.ValueKind == JsonValueKind.Array)
        {
            record.Values = [.. values.EnumerateArray().Select(Number)];
        }
        else if (line.TryGetProperty("value", out var value) && value.ValueKind != JsonValueKind.Null)
        {
            record.Values = [Number(value)];
        }

        record.Start = Time(line, "datetime_start") ?? record.Start;
        record.End = Time(line, "datetime_complete") ?? record.End;
    }

    private OptunaRecord RecordOf(JsonElement line) => _records[line.GetProperty("trial_id").GetInt32()];

    private static double? Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.GetDouble() is var value && double.IsFinite(value) ? value : null;

    private static DateTimeOffset? Time(JsonElement line, string member) =>
        line.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(
            value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
