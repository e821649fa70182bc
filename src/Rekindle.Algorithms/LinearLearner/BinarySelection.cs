using Rekindle.Algorithms.Rules;

namespace Rekindle.Algorithms.LinearLearner;

/// <summary>Where a binary classifier draws the line, and how good that is by <c>binary_classifier_model_selection_criteria</c>.</summary>
/// <param name="Threshold">A score above it counts as positive.</param>
/// <param name="Value">The larger the better; null when the loss decides.</param>
internal readonly record struct BinarySelection(double Threshold, double? Value)
{
    public static BinarySelection Find(HyperparameterValues values, float[] scores, float[] labels)
    {
        Func<BinaryCounts, double>? value = values.Text("binary_classifier_model_selection_criteria") switch
        {
            "f_beta" => counts => counts.FBeta(values.Real("f_beta")),
            "precision_at_target_recall" => counts => counts.Recall >= values.Real("target_recall") ? counts.Precision : -1,
            "recall_at_target_precision" => counts => counts.Precision >= values.Real("target_precision") ? counts.Recall : -1,
            _ => null,
        };
        if (value is null)
        {
            return values.Text("binary_classifier_model_selection_criteria") == "accuracy"
                ? new BinarySelection(0, BinaryCounts.At(scores, labels, 0).Accuracy)
                : new BinarySelection(0, null);
        }

        var (threshold, counts) = BinaryCounts.Cuts(scores, labels).MaxBy(cut => value(cut.Counts));
        // A target that no threshold reaches decides nothing.
        return value(counts) < 0 ? new BinarySelection(0, null) : new BinarySelection(threshold, value(counts));
    }
}
