using Rekindle.Algorithms.ImageClassification;
using Rekindle.Algorithms.LightGbm;
using Rekindle.Algorithms.LinearLearner;
using Rekindle.Algorithms.XGBoost;

namespace Rekindle.Algorithms;

/// <summary>A training program: reads the folders, prints the metrics, leaves the model.</summary>
/// <exception cref="ClientErrorException">The hyperparameters or the data are at fault.</exception>
internal delegate void TrainingProgram(OptMl folders, TextWriter output, int threads, CancellationToken cancellation);

/// <summary>The training programs by the names they are started with.</summary>
internal static class TrainingPrograms
{
    public static IReadOnlyList<string> Names { get; } =
        ["image-classification", "lightgbm", "lightgbm-classification-model", "lightgbm-regression-model", "linear-learner", "xgboost"];

    public static TrainingProgram? Find(string name) => name switch
    {
        "image-classification" => (folders, output, threads, cancellation) =>
            new ImageClassificationTraining(folders, output, TimeProvider.System, threads).Run(cancellation),
        "lightgbm" or "lightgbm-classification-model" or "lightgbm-regression-model" => (folders, output, threads, cancellation) =>
            new LightGbmTraining(name, folders, output, threads).Run(cancellation),
        "linear-learner" => (folders, output, _, cancellation) => new LinearLearnerTraining(folders, output).Run(cancellation),
        "xgboost" => (folders, output, threads, cancellation) => new XGBoostTraining(folders, output, threads).Run(cancellation),
        _ => null,
    };
}
