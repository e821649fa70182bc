namespace Rekindle.Cli.Importing;

/// <summary>What the user says about the columns of a table, from the flags or from the lines before its heading.</summary>
internal sealed record CsvSettings
{
    public string? Name { get; init; }

    /// <summary>The column of the objective.</summary>
    public string? Objective { get; init; }

    /// <summary>The name of the objective metric; the column's by default.</summary>
    public string? Metric { get; init; }

    /// <summary>Maximize or Minimize, in any case.</summary>
    public string? Goal { get; init; }

    /// <summary>Such as <c>lr=1e-5..1e-1:log</c>.</summary>
    public IReadOnlyList<string> Ranges { get; init; } = [];

    /// <summary>Such as <c>layers</c> or <c>layers=1..8</c>.</summary>
    public IReadOnlyList<string> Integers { get; init; } = [];

    /// <summary>Such as <c>optimizer</c> or <c>optimizer=sgd,adam</c>.</summary>
    public IReadOnlyList<string> Categoricals { get; init; } = [];

    /// <summary>Such as <c>epochs=20</c>, or a column that holds one value.</summary>
    public IReadOnlyList<string> Statics { get; init; } = [];

    /// <summary>Columns that are no hyperparameters.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>These settings, with those of the table where these say nothing.</summary>
    /// <exception cref="FormatException">The table has a setting that is none.</exception>
    public CsvSettings Over(IReadOnlyList<(string Key, string Value)> table)
    {
        var keys = new[] { "name", "objective", "metric", "goal", "range", "integer", "categorical", "static", "ignore" };
        foreach (var (key, _) in table)
        {
            if (!keys.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                throw new FormatException($"The line '# {key}:' is no setting. There are: {string.Join(", ", keys)}.");
            }
        }

        return new CsvSettings
        {
            Name = Name ?? One("name"),
            Objective = Objective ?? One("objective"),
            Metric = Metric ?? One("metric"),
            Goal = Goal ?? One("goal"),
            // The last one wins, so flags come after the table.
            Ranges = [.. All("range"), .. Ranges],
            Integers = [.. All("integer"), .. Integers],
            Categoricals = [.. All("categorical"), .. Categoricals],
            Statics = [.. All("static"), .. Statics],
            Ignored = [.. All("ignore"), .. Ignored],
        };

        string? One(string key) => All(key).LastOrDefault();

        IEnumerable<string> All(string key) =>
            table.Where(setting => string.Equals(setting.Key, key, StringComparison.OrdinalIgnoreCase)).Select(setting => setting.Value);
    }
}
