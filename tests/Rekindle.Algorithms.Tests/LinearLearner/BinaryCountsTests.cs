using Rekindle.Algorithms.LinearLearner;

namespace Rekindle.Algorithms.Tests.LinearLearner;

public sealed class BinaryCountsTests
{
    private static readonly float[] Scores = [3, 2, 2, 1, 0, -1];
    private static readonly float[] Labels = [1, 1, 0, 1, 0, 0];

    [Fact]
    public void The_area_under_the_curve_is_the_share_of_pairs_in_the_right_order()
    {
        var random = new Random(3);
        for (var round = 0; round < 50; round++)
        {
            float[] scores = [.. Enumerable.Range(0, 40).Select(_ => (float)random.Next(12))];
            float[] labels = [.. Enumerable.Range(0, 40).Select(i => i < 2 ? i : (float)random.Next(2))];
            var pairs = from p in Enumerable.Range(0, 40)
                        from n in Enumerable.Range(0, 40)
                        where labels[p] > labels[n]
                        select scores[p] > scores[n] ? 1.0 : scores[p] == scores[n] ? 0.5 : 0;
            Assert.Equal(pairs.Average(), BinaryCounts.AreaUnderCurve(scores, labels), 1e-9);
        }

        Assert.Equal(double.NaN, BinaryCounts.AreaUnderCurve([1, 2], [1, 1]));
    }

    [Fact]
    public void Each_cut_counts_what_its_threshold_counts()
    {
        var cuts = BinaryCounts.Cuts(Scores, Labels).ToList();
        Assert.Equal([2.5, 1.5, 0.5, -0.5, -1.5], cuts.Select(cut => cut.Threshold));
        foreach (var (threshold, counts) in cuts) Assert.Equal(BinaryCounts.At(Scores, Labels, threshold), counts);
    }

    [Theory]
    [InlineData("accuracy", 0, 5 / 6.0)]
    [InlineData("f_beta", 0.5, 6 / 7.0)]
    [InlineData("precision_at_target_recall", 0.5, 0.75)]
    [InlineData("recall_at_target_precision", 2.5, 1 / 3.0)]
    [InlineData("loss_function", 0, null)]
    public void The_threshold_is_the_one_the_criterion_likes_best(string criterion, double threshold, double? value)
    {
        var values = LinearRules.Read(LinearLossTests.Given(
            "binary_classifier", ("binary_classifier_model_selection_criteria", criterion), ("target_recall", "0.9"), ("target_precision", "0.9")));
        var found = BinarySelection.Find(values, Scores, Labels);
        Assert.Equal(threshold, found.Threshold);
        Assert.Equal(value ?? double.NaN, found.Value ?? double.NaN, 1e-9);
    }
}
