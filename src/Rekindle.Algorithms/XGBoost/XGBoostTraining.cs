using System.Globalization;
using System.Text.Json;
using Rekindle.Algorithms.Rules;
using Rekindle.Algorithms.Tabular;

namespace Rekindle.Algorithms.XGBoost;

/// <summary>A whole training of XGBoost under the container contract. Checks and reads here; the library trains in a Python process.</summary>
internal sealed class XGBoostTraining(OptMl folders, TextWriter output, int threads)
{
    /// <summary>Returns when the training is over; when cancelled, with the model so far saved.</summary>
    /// <exception cref="ClientErrorException">The hyperparameters, the data or the missing library are at fault.</exception>
    public void Run(CancellationToken cancellation)
    {
        var given = folders.ReadHyperparameters(cancellation);
        var values = XGBoostRules.Read(given);
        var objective = values.Text("objective")!;
        var metrics = XGBoostRules.Metrics(values, given.GetValueOrDefault("_tuning_objective_metric"));
        var channels = new TabularChannels("xgboost", folders, cancellation);
        channels.CheckObjective(given);
        var (train, others) = channels.Read(weighted: values.Whole("csv_weights") == 1, "validation");
        CheckLabels(train, "train", objective, values, forTraining: true);
        if (others[0] is { } validation) CheckLabels(validation, "validation", objective, values, forTraining: false);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Train matrix has {train.Rows} rows and {train.Columns} columns"));
        if (others[0] is { } set) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Validation matrix has {set.Rows} rows"));
        output.Flush();
        Directory.CreateDirectory(folders.Model);
        List<(string Name, Table Table)> sets = [("train", train)];
        if (others[0] is not null) sets.Add(("validation", others[0]!));
        PythonTrainer.Run(Plan(values, objective, metrics, sets), sets, threads, output, cancellation);
    }

    private static void CheckLabels(Table table, string channel, string objective, HyperparameterValues values, bool forTraining)
    {
        if (objective.StartsWith("multi:", StringComparison.Ordinal))
        {
            Classes.Check(table, channel, values.Whole("num_class"), forTraining);
            return;
        }

        if (objective is "binary:hinge") Classes.Check(table, channel, 2, forTraining: false);
        if (objective is "binary:logistic" or "binary:logitraw" or "reg:logistic")
            Classes.CheckLabels(table, channel, label => label is >= 0 and <= 1, $"from 0 to 1 with the objective {objective}");
        if (objective.StartsWith("binary:", StringComparison.Ordinal) && forTraining) Classes.CheckVariety(table, channel);
        if (objective is "count:poisson" or "reg:tweedie")
            Classes.CheckLabels(table, channel, label => label >= 0, $"at least 0 with the objective {objective}");
        if (objective is "reg:gamma") Classes.CheckLabels(table, channel, label => label > 0, "above 0 with the objective reg:gamma");
        if (objective is "reg:squaredlogerror")
            Classes.CheckLabels(table, channel, label => label > -1, "above -1 with the objective reg:squaredlogerror");
    }

    private byte[] Plan(HyperparameterValues values, string objective, IReadOnlyList<string> metrics, List<(string Name, Table Table)> sets)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("rounds", values.Whole("num_round"));
            json.WriteNumber("patience", values.OptionalWhole("early_stopping_rounds") ?? 0);
            json.WriteBoolean("maximize", XGBoostMetrics.IsMaximized(metrics[^1]));
            json.WriteString("model", folders.Model);
            json.WriteString("checkpoints", folders.Checkpoints);
            WriteTexts("metrics", metrics);
            WriteTexts("added", metrics.Where(XGBoostMetrics.Added.Contains));
            json.WriteStartObject("params");
            // What is not given is left to the library: its versions differ in their defaults.
            foreach (var rule in XGBoostRules.Set.Rules.Where(rule => !XGBoostRules.OwnNames.Contains(rule.Name) && values.IsGiven(rule.Name)))
                json.WriteString(rule.Name, values.Text(rule.Name));
            json.WriteString("objective", objective == "reg:linear" ? "reg:squarederror" : objective);
            if (!values.IsGiven("nthread")) json.WriteNumber("nthread", threads);
            json.WriteNumber("disable_default_eval_metric", 1);
            WriteTexts("eval_metric", metrics.Where(metric => !XGBoostMetrics.Added.Contains(metric)));
            json.WriteEndObject();
            json.WriteStartArray("sets");
            foreach (var (name, table) in sets)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteNumber("rows", table.Rows);
                json.WriteNumber("columns", table.Columns);
                json.WriteBoolean("weighted", table.Weights is not null);
                json.WriteNumber("threads", values.OptionalWhole("nthread") ?? threads);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();

            void WriteTexts(string name, IEnumerable<string> texts)
            {
                json.WriteStartArray(name);
                foreach (var text in texts) json.WriteStringValue(text);
                json.WriteEndArray();
            }
        }

        return buffer.ToArray();
    }
}
