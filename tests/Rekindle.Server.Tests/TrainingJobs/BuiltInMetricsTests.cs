using Microsoft.Extensions.Time.Testing;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

/// <summary>Lines as the built-in algorithms print them, read by the metric definitions that come with them.</summary>
public sealed class BuiltInMetricsTests
{
    private const string Rounds =
        "[7]\ttrain-auc:0.5\ttrain-error:0.25\tvalidation-error:1e-05\tvalidation-auc:0.75";

    [Theory]
    [InlineData("1.dkr/xgboost:1", Rounds, "validation:auc", 0.75)]
    [InlineData("1.dkr/sagemaker-xgboost:1.7-1", Rounds, "validation:error", 1e-5)]
    [InlineData("xgboost", Rounds, "train:error", 0.25)]
    [InlineData("xgboost", "[0]#011train-rmse:3#011validation-rmse:4", "train:rmse", 3.0)]
    [InlineData("xgboost", "[0]\ttrain-mlogloss:3", "train:logloss", null)]
    [InlineData("lightgbm-classification-model:2", "[3]\tvalid_0's binary_logloss: 0.25\tvalid_0's auc: 0.5", "auc", 0.5)]
    [InlineData("lightgbm", "[3]\tvalid_0's binary_logloss: 0.25\tvalid_0's auc: 0.5", "binary_logloss", 0.25)]
    [InlineData("lightgbm", "[3]\tvalid_0's auc_mu: 0.5", "auc", null)]
    [InlineData("x/linear-learner:1", "#quality_metric: host=algo-1, epoch=0, validation mse_objective <loss>=0.5", "validation:objective_loss", 0.5)]
    [InlineData("x/linear-learner:1", "#quality_metric: host=algo-1, epoch=0, validation mse_objective <loss>=0.5", "train:objective_loss", null)]
    [InlineData("x/linear-learner:1", "#quality_metric: host=algo-1, validation mse <loss>=0.5", "validation:mse", 0.5)]
    [InlineData("x/linear-learner:1", "#quality_metric: host=algo-1, epoch=2, validation rmse <loss>=0.5", "validation:mse", null)]
    [InlineData("x/linear-learner:1", "#quality_metric: host=algo-1, test binary_f_1.000 <score>=0.5", "test:binary_f_beta", 0.5)]
    [InlineData("x/linear-learner:1", "#quality_metric: host=algo-1, validation recall <score>=nan", "validation:recall", null)]
    public void A_line_gives_its_metric(string image, string line, string metric, double? expected)
    {
        var definitions = new BuiltInMetrics().For(image);
        Assert.Contains(definitions, definition => definition.Name == metric);
        var time = new FakeTimeProvider();
        var readings = new MetricScraper(definitions, time).Scrape([new LogLine(0, line)], time.GetUtcNow(), default).Readings;
        Assert.Equal(expected, readings.Where(reading => reading.Metric == metric).Select(reading => (double?)reading.Value).SingleOrDefault());
    }
}
