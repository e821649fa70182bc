using Rekindle.Algorithms;

namespace Rekindle.Server.TrainingJobs;

/// <summary>The metric definitions that come with a built-in algorithm, known by its repository name.</summary>
internal sealed class BuiltInMetrics
{
    private readonly Dictionary<string, IReadOnlyList<MetricDefinition>> _byRepository = BuiltInAlgorithms.All.ToDictionary(
        algorithm => algorithm.RepositoryName,
        algorithm => (IReadOnlyList<MetricDefinition>)[.. algorithm.Metrics.Select(metric => new MetricDefinition(metric.Name, metric.Regex))]);

    /// <summary>Empty when the image is not a built-in algorithm's.</summary>
    public IReadOnlyList<MetricDefinition> For(string? image) =>
        image is not null && _byRepository.TryGetValue(ImageName.RepositoryOf(image), out var metrics) ? metrics : [];
}
