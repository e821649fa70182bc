using System.Text.Json;
using Rekindle.Algorithms.Rules;

namespace Rekindle.Algorithms.LinearLearner;

/// <summary>The trained model as <c>model.json</c>: for features as they come, score = weights · features + bias, one line of weights per output.</summary>
/// <remarks>
/// In a regression the score is the prediction; a binary classifier says 1 where the score is above <c>threshold</c>; of several classes
/// the one with the largest score is meant.
/// </remarks>
internal static class LinearModelFile
{
    public const string Name = "model.json";

    public static void Write(string folder, HyperparameterValues values, Scaling scaling, LinearModel model, double threshold)
    {
        Directory.CreateDirectory(folder);
        var target = Path.Combine(folder, Name);
        var (weights, biases) = scaling.Undo(model);
        using (var stream = File.Create(target + ".part"))
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("algorithm", "linear-learner");
            json.WriteString("predictor_type", values.Text("predictor_type"));
            json.WriteString("loss", LinearRules.LossOf(values));
            json.WriteNumber("feature_dim", model.Columns);
            if (values.Text("predictor_type") == "binary_classifier") json.WriteNumber("threshold", threshold);
            json.WriteStartArray("weights");
            foreach (var line in weights) WriteNumbers(line);
            json.WriteEndArray();
            json.WritePropertyName("biases");
            WriteNumbers(biases);
            json.WriteEndObject();

            // A training that diverged has numbers that JSON has no word for.
            void WriteNumbers(double[] numbers)
            {
                json.WriteStartArray();
                foreach (var number in numbers)
                {
                    if (double.IsFinite(number)) json.WriteNumberValue(number);
                    else json.WriteNullValue();
                }

                json.WriteEndArray();
            }
        }

        // A kill in the middle leaves no half model.
        File.Move(target + ".part", target, overwrite: true);
    }
}
