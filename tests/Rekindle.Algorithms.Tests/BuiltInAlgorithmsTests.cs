namespace Rekindle.Algorithms.Tests;

public sealed class BuiltInAlgorithmsTests
{
    [Theory]
    [InlineData("811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1")]
    [InlineData("localhost:5000/team/image-classification")]
    [InlineData("image-classification:latest")]
    [InlineData("image-classification@sha256:0123")]
    [InlineData("x.y/image-classification:1@sha256:0123")]
    public void An_image_is_known_by_its_repository_name(string image) =>
        Assert.Same(BuiltInAlgorithms.ImageClassification, BuiltInAlgorithms.ForImage(image));

    [Theory]
    [InlineData("image-classification-neo:1")]
    [InlineData("localhost:5000/xgboost:1.0")]
    [InlineData("image-classification/other")]
    [InlineData("")]
    public void Other_images_are_not(string image) => Assert.Null(BuiltInAlgorithms.ForImage(image));

    [Fact]
    public void Metric_definitions_keep_to_the_limits_of_the_API()
    {
        foreach (var metrics in BuiltInAlgorithms.All.Select(algorithm => algorithm.Metrics))
        {
            Assert.InRange(metrics.Count, 1, 40);
            Assert.All(metrics, metric => Assert.InRange(metric.Regex.Length, 1, 500));
            Assert.Equal(metrics.Count, metrics.Select(metric => metric.Name).Distinct().Count());
        }
    }
}
