using System.Globalization;
using Rekindle.Algorithms.Rules;
using Rekindle.Algorithms.Tabular;

namespace Rekindle.Algorithms.LinearLearner;

/// <summary>A whole training of a linear model under the container contract: reads the folders, trains, leaves the model.</summary>
internal sealed class LinearLearnerTraining(OptMl folders, TextWriter output)
{
    /// <summary>Returns when the training is over; when cancelled, with the best model so far saved.</summary>
    /// <exception cref="ClientErrorException">The hyperparameters or the data are at fault.</exception>
    public void Run(CancellationToken cancellation)
    {
        var given = folders.ReadHyperparameters(cancellation);
        var values = LinearRules.Read(given);
        var channels = new TabularChannels("linear-learner", folders, cancellation);
        channels.CheckObjective(given);
        var (train, others) = channels.Read(weighted: false, "validation", "test");
        Check(values, train, "train", forTraining: true);
        if (others[0] is not null) Check(values, others[0]!, "validation", forTraining: false);
        if (others[1] is not null) Check(values, others[1]!, "test", forTraining: false);
        if (values.IsGiven("num_models") && values.Text("num_models") is not ("auto" or "1")) Write("num_models: one model is trained, as SageMaker does in a tuning job.");
        if (values.IsGiven("num_calibration_samples")) Write("num_calibration_samples: all rows are used to find the threshold.");

        var scaling = Scaling.Measure(values, train);
        var outputs = values.Text("predictor_type") == "multiclass_classifier" ? values.Whole("num_classes") : 1;
        List<(string Name, Table Table)> sets = [("train", scaling.Apply(train))];
        if (others[0] is { } validation) sets.Add(("validation", scaling.Apply(validation)));
        Write(string.Create(CultureInfo.InvariantCulture, $"Training on {train.Rows} rows with {train.Columns} features, loss {LinearRules.LossOf(values)}"));

        var trainer = new LinearTrainer(values, scaling, sets[0].Table, outputs);
        var evaluator = new LinearEvaluator(values, scaling);
        var best = Train(values, trainer, evaluator, sets, cancellation);
        // The time to leave is short once the platform asks for it: the model first.
        LinearModelFile.Write(folders.Model, values, scaling, best.Model, best.Threshold);
        if (cancellation.IsCancellationRequested) Write("Asked to stop: the best model so far is saved.");
        if (others[1] is { } test) sets.Add(("test", scaling.Apply(test)));
        foreach (var (name, table) in sets) Report("", name, evaluator.Measure(evaluator.Scores(best.Model, table), table.Labels, best.Threshold));
    }

    private static void Check(HyperparameterValues values, Table table, string channel, bool forTraining)
    {
        if (values.OptionalWhole("feature_dim") is { } dimension && dimension != table.Columns)
            throw new ClientErrorException($"The channel '{channel}' has {table.Columns} features, but feature_dim is {dimension}.");
        var missing = table.Features.AsSpan().IndexOf(float.NaN);
        if (missing >= 0)
        {
            throw new ClientErrorException(string.Create(
                CultureInfo.InvariantCulture,
                $"The channel '{channel}', row {(missing / table.Columns) + 1}: feature {(missing % table.Columns) + 1} is missing; linear-learner needs every value."));
        }

        if (values.Text("predictor_type") != "regressor") Classes.Check(table, channel, values.OptionalWhole("num_classes") is { } classes && values.Text("predictor_type") == "multiclass_classifier" ? classes : 2, forTraining);
    }

    private Selected Train(
        HyperparameterValues values, LinearTrainer trainer, LinearEvaluator evaluator, List<(string Name, Table Table)> sets, CancellationToken cancellation)
    {
        var best = new Selected(trainer.Model.Copy(), 0, null, double.PositiveInfinity);
        var judge = new EarlyStop(values);
        var epochs = values.Whole("epochs");
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            try
            {
                trainer.Epoch(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return best;
            }

            // The last set decides: validation when it is there.
            var decisive = evaluator.Scores(trainer.Model, sets[^1].Table);
            var selection = values.Text("predictor_type") == "binary_classifier"
                ? BinarySelection.Find(values, decisive, sets[^1].Table.Labels)
                : new BinarySelection(0, null);
            var objective = 0.0;
            foreach (var (name, table) in sets)
            {
                var metrics = evaluator.Measure(name == sets[^1].Name ? decisive : evaluator.Scores(trainer.Model, table), table.Labels, selection.Threshold);
                objective = metrics[0].Value;
                Report(string.Create(CultureInfo.InvariantCulture, $" epoch={epoch},"), name, metrics);
            }

            Write(string.Create(CultureInfo.InvariantCulture, $"#progress_metric: host=algo-1, completed {100.0 * (epoch + 1) / epochs:0.#} %"));
            var now = new Selected(trainer.Model, selection.Threshold, selection.Value, objective);
            if (now.IsBetterThan(best)) best = now with { Model = trainer.Model.Copy() };
            if (judge.IsOver(selection.Value, objective)) break;
        }

        return best;
    }

    private void Report(string epoch, string set, IReadOnlyList<LinearMetric> metrics)
    {
        foreach (var metric in metrics)
        {
            var value = double.IsFinite(metric.Value) ? metric.Value.ToString(CultureInfo.InvariantCulture) : "nan";
            Write($"#quality_metric: host=algo-1,{epoch} {set} {metric.Name} <{metric.Kind}>={value}");
        }
    }

    private void Write(string line)
    {
        output.WriteLine(line);
        // The tuning service reads along.
        output.Flush();
    }

    /// <summary>A model with what it is chosen by.</summary>
    private sealed record Selected(LinearModel Model, double Threshold, double? Value, double Objective)
    {
        /// <summary>By the criterion, among equals by the loss.</summary>
        public bool IsBetterThan(Selected other) =>
            Value is { } value && value != (other.Value ?? double.NegativeInfinity) ? value > (other.Value ?? double.NegativeInfinity) : Objective < other.Objective;
    }

    /// <summary>Ends a training that has not become better for some epochs.</summary>
    private sealed class EarlyStop(HyperparameterValues values)
    {
        private readonly bool _byCriterion = values.IsGiven("binary_classifier_model_selection_criteria");
        private double _best = double.NaN;
        private int _stale;

        public bool IsOver(double? criterion, double objective)
        {
            var value = _byCriterion && criterion is { } given ? -given : objective;
            // Relative to the best so far; the first value is an improvement on nothing.
            if (double.IsNaN(_best) || _best - value > values.Real("early_stopping_tolerance") * Math.Abs(_best)) (_best, _stale) = (value, 0);
            else _stale++;
            return _stale >= values.Whole("early_stopping_patience");
        }
    }
}
