using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Rekindle.Cli.Importing;

/// <summary>
/// Reads an SQLite storage of Optuna, from version 2.4 on: columns that came later are read where they are. Times are taken as UTC, which
/// newer versions store; older ones stored the clock of the machine without saying which.
/// </summary>
internal static class OptunaDatabase
{
    /// <summary>Reads a storage that no file holds; SQLite reads files only, so it gets one that nobody else can read.</summary>
    /// <exception cref="FormatException">The bytes are no such storage.</exception>
    public static async Task<IReadOnlyList<OptunaSearch>> ReadAsync(byte[] storage, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("rekindle-import-");
        try
        {
            var path = Path.Combine(folder.FullName, "storage.db");
            await File.WriteAllBytesAsync(path, storage, cancellationToken);
            return await ReadAsync(path, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <exception cref="FormatException">The file is no such storage.</exception>
    public static async Task<IReadOnlyList<OptunaSearch>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
            }.ToString());
            await connection.OpenAsync(cancellationToken);
            return await ReadAsync(connection, cancellationToken);
        }
        catch (Exception problem) when (problem is SqliteException or InvalidCastException or JsonException)
        {
            throw new FormatException($"It is no storage of Optuna: {problem.Message}", problem);
        }
    }

    private static async Task<IReadOnlyList<OptunaSearch>> ReadAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        var searches = new SortedDictionary<long, OptunaSearch>();
        foreach (var row in await RowsAsync(connection, "SELECT study_id, study_name FROM studies", cancellationToken))
        {
            searches[(long)row["study_id"]!] = new OptunaSearch((string)row["study_name"]!);
        }

        foreach (var row in await RowsAsync(connection, "SELECT study_id, direction FROM study_directions ORDER BY objective", cancellationToken))
        {
            Of(searches, row["study_id"])?.Goals.Add((row["direction"] as string)?.ToUpperInvariant() switch
            {
                "MINIMIZE" => "Minimize",
                "MAXIMIZE" => "Maximize",
                _ => null,
            });
        }

        foreach (var row in await RowsAsync(
            connection, "SELECT study_id, value_json FROM study_system_attributes WHERE key = 'study:metric_names'", cancellationToken))
        {
            if (row["value_json"] is string json && JsonSerializer.Deserialize<string[]>(json) is [var metric] && Of(searches, row["study_id"]) is { } search)
            {
                search.Metric = metric;
            }
        }

        var records = new Dictionary<long, OptunaRecord>();
        foreach (var row in await RowsAsync(connection, "SELECT * FROM trials ORDER BY trial_id", cancellationToken))
        {
            var record = new OptunaRecord
            {
                State = Enum.TryParse<OptunaState>(row["state"] as string, ignoreCase: true, out var state)
                    ? state
                    : throw new FormatException($"It holds an evaluation in the state {row["state"]}, which is not known."),
                Start = Time(row["datetime_start"]),
                End = Time(row["datetime_complete"]),
            };
            records[(long)row["trial_id"]!] = record;
            Of(searches, row["study_id"])?.Records.Add(record);
        }

        await ReadDetailsAsync(connection, records, cancellationToken);
        return [.. searches.Values];
    }

    private static async Task ReadDetailsAsync(
        SqliteConnection connection, Dictionary<long, OptunaRecord> records, CancellationToken cancellationToken)
    {
        var distributions = new Dictionary<string, OptunaDistribution>(StringComparer.Ordinal);
        foreach (var row in await RowsAsync(
            connection, "SELECT trial_id, param_name, param_value, distribution_json FROM trial_params ORDER BY param_id", cancellationToken))
        {
            var json = (string)row["distribution_json"]!;
            if (!distributions.TryGetValue(json, out var distribution))
            {
                distributions[json] = distribution = OptunaDistribution.Parse(json);
            }

            if (Of(records, row["trial_id"]) is { } record)
            {
                record.Parameters[(string)row["param_name"]!] = (distribution, Number(row["param_value"]));
            }
        }

        foreach (var row in await RowsAsync(connection, "SELECT * FROM trial_values ORDER BY objective", cancellationToken))
        {
            if (Of(records, row["trial_id"]) is { } record)
            {
                record.Values = [.. record.Values, IsFinite(row, "value_type") ? Number(row["value"]) : null];
            }
        }

        foreach (var row in await RowsAsync(connection, "SELECT * FROM trial_intermediate_values", cancellationToken))
        {
            if (Of(records, row["trial_id"]) is { } record && row["step"] is long step)
            {
                record.Reports[step] = IsFinite(row, "intermediate_value_type") ? Number(row["intermediate_value"]) : null;
            }
        }
    }

    private static T? Of<T>(IDictionary<long, T> byId, object? id)
        where T : class => id is long key && byId.TryGetValue(key, out var found) ? found : null;

    private static bool IsFinite(Dictionary<string, object?> row, string column) => !row.TryGetValue(column, out var type) || type is "FINITE";

    private static double? Number(object? value) => value switch
    {
        double number when double.IsFinite(number) => number,
        long number => number,
        _ => null,
    };

    private static DateTimeOffset? Time(object? value) => value is string text && DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static async Task<List<Dictionary<string, object?>>> RowsAsync(
        SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Dictionary<string, object?>>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(
                reader.GetName, column => reader.IsDBNull(column) ? null : reader.GetValue(column), StringComparer.Ordinal));
        }

        return rows;
    }
}
