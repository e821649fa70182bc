using Rekindle.Algorithms.Rules;
using Rekindle.Algorithms.Tabular;

namespace Rekindle.Algorithms.LinearLearner;

/// <summary>What features and labels are shifted by and divided by before training, and how that is undone in the model.</summary>
/// <param name="Shifts">Per feature.</param>
/// <param name="Units">Per feature, not 0.</param>
/// <param name="LabelShift">Of the label.</param>
/// <param name="LabelUnit">Of the label, not 0.</param>
internal sealed record Scaling(float[] Shifts, float[] Units, double LabelShift, double LabelUnit)
{
    /// <summary>Measured on the first <c>num_point_for_scaler</c> training rows.</summary>
    public static Scaling Measure(HyperparameterValues values, Table train)
    {
        var rows = Math.Min(train.Rows, values.Whole("num_point_for_scaler"));
        var useBias = values.Flag("use_bias");
        var normalize = Wanted("normalize_data", auto: true);
        // Shifting moves the functions' value at 0, which only a bias can give back.
        var unbias = useBias && Wanted("unbias_data", auto: true);
        var (shifts, units) = (new float[train.Columns], new float[train.Columns]);
        for (var column = 0; column < train.Columns; column++)
        {
            var (mean, deviation) = Moments(row => train.Features[(row * train.Columns) + column], rows);
            shifts[column] = unbias ? (float)mean : 0;
            units[column] = normalize && deviation > 0 ? (float)deviation : 1;
        }

        if (values.Text("predictor_type") != "regressor") return new Scaling(shifts, units, 0, 1);
        var (labelMean, labelDeviation) = Moments(row => train.Labels[row], rows);
        return new Scaling(
            shifts,
            units,
            useBias && Wanted("unbias_label", auto: true) ? labelMean : 0,
            Wanted("normalize_label", auto: true) && labelDeviation > 0 ? labelDeviation : 1);

        bool Wanted(string name, bool auto) => values.Text(name) == "auto" ? auto : values.Flag(name);
    }

    /// <summary>The rows as they are trained on; labels stay.</summary>
    public Table Apply(Table table)
    {
        var features = new float[table.Features.Length];
        for (var i = 0; i < features.Length; i++)
        {
            var column = i % table.Columns;
            features[i] = (table.Features[i] - Shifts[column]) / Units[column];
        }

        return table with { Features = features };
    }

    public float Scaled(float label) => (float)((label - LabelShift) / LabelUnit);

    public double Unscaled(double score) => (score * LabelUnit) + LabelShift;

    /// <summary>The model that gives the same for features and labels as they come.</summary>
    public (double[][] Weights, double[] Biases) Undo(LinearModel model)
    {
        var weights = new double[model.Outputs][];
        var biases = new double[model.Outputs];
        for (var output = 0; output < model.Outputs; output++)
        {
            var scaled = model.WeightsOf(output);
            weights[output] = new double[model.Columns];
            var bias = (double)model.BiasOf(output);
            for (var column = 0; column < model.Columns; column++)
            {
                weights[output][column] = LabelUnit * scaled[column] / Units[column];
                bias -= (double)scaled[column] * Shifts[column] / Units[column];
            }

            biases[output] = Unscaled(bias);
        }

        return (weights, biases);
    }

    private static (double Mean, double Deviation) Moments(Func<int, float> value, int rows)
    {
        var (mean, squares) = (0.0, 0.0);
        for (var row = 0; row < rows; row++)
        {
            var distance = value(row) - mean;
            mean += distance / (row + 1);
            squares += distance * (value(row) - mean);
        }

        return (mean, Math.Sqrt(squares / rows));
    }
}
