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
    [InlineData("433757028032.dkr.ecr.us-west-2.amazonaws.com/xgboost:1", "xgboost")]
    [InlineData("246618743249.dkr.ecr.us-west-2.amazonaws.com/sagemaker-xgboost:1.7-1", "xgboost")]
    [InlineData("174872318107.dkr.ecr.us-west-2.amazonaws.com/linear-learner:1", "linear-learner")]
    [InlineData("lightgbm-classification-model:2", "lightgbm")]
    [InlineData("x.y/lightgbm-regression-model", "lightgbm")]
    [InlineData("lightgbm", "lightgbm")]
    public void An_algorithm_may_have_several_names(string image, string name) =>
        Assert.Equal(name, BuiltInAlgorithms.ForImage(image)!.RepositoryName);

    [Fact]
    public void Every_algorithm_has_a_program()
    {
        foreach (var algorithm in BuiltInAlgorithms.All) Assert.NotNull(TrainingPrograms.Find(algorithm.RepositoryName));
        Assert.All(TrainingPrograms.Names, name => Assert.NotNull(BuiltInAlgorithms.ForImage(name)));
        Assert.All(TrainingPrograms.Names, name => Assert.NotNull(TrainingPrograms.Find(name)));
    }

    [Theory]
    [InlineData("image-classification-neo:1")]
    [InlineData("localhost:5000/xgboost-neo:1.0")]
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
