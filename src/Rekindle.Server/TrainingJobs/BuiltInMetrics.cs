using Rekindle.Algorithms;

namespace Rekindle.Server.TrainingJobs;

/// <summary>The metric definitions that come with a built-in algorithm, known by its repository name.</summary>
internal sealed class BuiltInMetrics
{
    private readonly Dictionary<string, IReadOnlyList<MetricDefinition>> _byRepository = BuiltInAlgorithms.All
        .Select(algorithm => (algorithm.Names, Metrics: (MetricDefinition[])[.. algorithm.Metrics.Select(metric => new MetricDefinition(metric.Name, metric.Regex))]))
        .SelectMany(algorithm => algorithm.Names, (algorithm, name) => (Name: name, algorithm.Metrics))
        .ToDictionary(algorithm => algorithm.Name, algorithm => (IReadOnlyList<MetricDefinition>)algorithm.Metrics);

    /// <summary>Empty when the image is not a built-in algorithm's.</summary>
    public IReadOnlyList<MetricDefinition> For(string? image) =>
        image is not null && _byRepository.TryGetValue(ImageName.RepositoryOf(image), out var metrics) ? metrics : [];
}
