namespace Rekindle.Algorithms;

/// <summary>A metric that a built-in algorithm prints.</summary>
/// <param name="Name">SageMaker's name of the metric, such as <c>validation:accuracy</c>.</param>
/// <param name="Regex">Finds the value as its first group in a log line.</param>
public sealed record BuiltInMetric(string Name, string Regex);

/// <summary>A training program that comes with Rekindle.</summary>
/// <param name="RepositoryName">The repository part of the training image, as SageMaker names its own: <c>image-classification</c>.</param>
/// <param name="Metrics">What it prints; the first is the one to tune by default.</param>
public sealed record BuiltInAlgorithm(string RepositoryName, IReadOnlyList<BuiltInMetric> Metrics);

/// <summary>The table of built-in algorithms: pure data, so that the server can know them without loading them.</summary>
public static class BuiltInAlgorithms
{
    /// <summary>The small image classifier, after SageMaker's built-in algorithm of the same name.</summary>
    public static BuiltInAlgorithm ImageClassification { get; } = new(
        "image-classification",
        [
            new("validation:accuracy", @"Epoch\[\d+\] Validation-accuracy=(\S+)"),
            new("train:accuracy", @"Epoch\[\d+\] Train-accuracy=(\S+)"),
            new("validation:loss", @"Epoch\[\d+\] Validation-cross-entropy=(\S+)"),
            new("train:loss", @"Epoch\[\d+\] Train-cross-entropy=(\S+)"),
            new("validation:top_k_accuracy", @"Epoch\[\d+\] Validation-top_k_accuracy_\d+=(\S+)"),
            new("train:top_k_accuracy", @"Epoch\[\d+\] Train-top_k_accuracy_\d+=(\S+)"),
        ]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BuiltInAlgorithm> All { get; } = [ImageClassification];

    /// <summary>
    /// The algorithm whose repository name a training image has, whatever its registry, account, tag or digest, e.g.
    /// <c>811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1</c>; null when there is none.
    /// </summary>
    public static BuiltInAlgorithm? ForImage(string trainingImage)
    {
        ArgumentNullException.ThrowIfNull(trainingImage);
        var name = trainingImage[(trainingImage.LastIndexOf('/') + 1)..];
        var end = name.AsSpan().IndexOfAny('@', ':');
        return All.FirstOrDefault(algorithm => algorithm.RepositoryName == (end < 0 ? name : name[..end]));
    }
}
