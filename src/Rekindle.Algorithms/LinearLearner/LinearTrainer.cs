using System.Numerics.Tensors;
using Rekindle.Algorithms.Networks;
using Rekindle.Algorithms.Rules;
using Rekindle.Algorithms.Tabular;

namespace Rekindle.Algorithms.LinearLearner;

/// <summary>Passes over the training rows in random order, a step per mini-batch. The same in every training.</summary>
internal sealed class LinearTrainer
{
    private const int InitialSeed = 1;
    private const int OrderSeed = 2;

    private readonly Table _train;
    private readonly float[] _targets;
    private readonly double[]? _classWeights;
    private readonly LinearLoss _loss;
    private readonly LinearOptimizer _optimizer;
    private readonly RandomSource _order = new(OrderSeed);
    private readonly int[] _rows;
    private readonly int _batch;

    /// <param name="values">The hyperparameters.</param>
    /// <param name="scaling">How <paramref name="train"/> was scaled.</param>
    /// <param name="train">The scaled rows.</param>
    /// <param name="outputs">Count of scores.</param>
    public LinearTrainer(HyperparameterValues values, Scaling scaling, Table train, int outputs)
    {
        _train = train;
        _targets = [.. train.Labels.Select(scaling.Scaled)];
        _loss = LinearLoss.From(values, scaling.LabelUnit);
        _classWeights = ClassWeights(values, train, outputs);
        _rows = [.. Enumerable.Range(0, train.Rows)];
        _batch = values.Whole("mini_batch_size");
        Model = new LinearModel(outputs, train.Columns);
        var random = new RandomSource(InitialSeed);
        var deviates = values.Text("init_method") == "normal"
            ? random.Fill(Model.Weights, (float)values.Real("init_sigma"))
            : [.. Enumerable.Range(0, Model.Weights).Select(_ => random.Uniform(-(float)values.Real("init_scale"), (float)values.Real("init_scale")))];
        deviates.CopyTo(Model.Parameters, 0);
        if (values.Flag("use_bias")) Model.Parameters.AsSpan(Model.Weights).Fill((float)values.Real("init_bias"));
        _optimizer = new LinearOptimizer(values, Model);
    }

    public LinearModel Model { get; }

    /// <summary>One pass.</summary>
    /// <exception cref="OperationCanceledException">It was asked to stop, between two mini-batches.</exception>
    public void Epoch(CancellationToken cancellation)
    {
        _order.Shuffle(_rows);
        var gradient = new float[Model.Parameters.Length];
        var (scores, slopes) = (new float[Model.Outputs], new float[Model.Outputs]);
        for (var from = 0; from < _rows.Length; from += _batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = _rows.AsSpan(from, Math.Min(_batch, _rows.Length - from));
            gradient.AsSpan().Clear();
            var total = 0.0;
            foreach (var row in batch)
            {
                var weight = (_train.Weights?[row] ?? 1) * (_classWeights is null ? 1 : _classWeights[(int)_train.Labels[row]]);
                total += weight;
                Model.Score(_train.Row(row), scores);
                _loss.Of(scores, _targets[row], slopes);
                for (var output = 0; output < Model.Outputs; output++)
                {
                    var slope = (float)(weight * slopes[output]);
                    var own = gradient.AsSpan(output * Model.Columns, Model.Columns);
                    TensorPrimitives.MultiplyAdd(_train.Row(row), slope, own, own);
                    gradient[Model.Weights + output] += slope;
                }
            }

            if (total <= 0) continue;
            TensorPrimitives.Divide(gradient, (float)total, gradient);
            _optimizer.Step(Model, gradient);
        }
    }

    private static double[]? ClassWeights(HyperparameterValues values, Table train, int outputs)
    {
        switch (values.Text("predictor_type"))
        {
            case "binary_classifier":
                double positives = train.Labels.Count(label => label > 0.5);
                return [1, values.OptionalReal("positive_example_weight_mult") ?? ((train.Rows - positives) / positives)];
            case "multiclass_classifier" when values.Flag("balance_multiclass_weights"):
                var counts = new double[outputs];
                foreach (var label in train.Labels) counts[(int)label]++;
                return [.. counts.Select(count => count > 0 ? train.Rows / (outputs * count) : 0)];
            default:
                return null;
        }
    }
}
