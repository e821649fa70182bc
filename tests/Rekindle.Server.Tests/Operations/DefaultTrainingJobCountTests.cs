using Rekindle.Api.Shapes;
using Rekindle.Server.Operations;

namespace Rekindle.Server.Tests.Operations;

/// <summary>MaxNumberOfTrainingJobs is optional; what it means when it is left out.</summary>
public sealed class DefaultTrainingJobCountTests
{
    [Fact]
    public void A_continuous_space_may_use_all_that_is_left() => Assert.Equal(420, Count("Bayesian", 420, continuous: true));

    [Fact]
    public void A_small_discrete_space_is_tried_whole() => Assert.Equal(6, Count("Random", 750, continuous: false));

    [Fact]
    public void A_discrete_space_larger_than_what_is_left_is_not() => Assert.Equal(4, Count("Bayesian", 4, continuous: false));

    [Fact]
    public void A_grid_is_never_cut() => Assert.Equal(6, Count("Grid", 4, continuous: false));

    [Fact]
    public void A_grid_that_is_none_gets_a_number_that_could_be_meant() => Assert.Equal(420, Count("Grid", 420, continuous: true));

    [Fact]
    public void One_is_asked_for_when_parents_left_nothing_so_that_the_limit_refuses_it() =>
        Assert.Equal(1, Count("Bayesian", -20, continuous: true));

    private static int Count(string strategy, int maxTrainingJobs, bool continuous)
    {
        var request = new CreateHyperParameterTuningJobRequest
        {
            HyperParameterTuningJobName = "job",
            HyperParameterTuningJobConfig = new HyperParameterTuningJobConfig
            {
                Strategy = strategy,
                HyperParameterTuningJobObjective = new HyperParameterTuningJobObjective { Type = "Minimize", MetricName = "loss" },
                ResourceLimits = new ResourceLimits { MaxParallelTrainingJobs = 1 },
                ParameterRanges = new ParameterRanges
                {
                    CategoricalParameterRanges =
                    [
                        new CategoricalParameterRange { Name = "color", Values = ["red", "blue"] },
                        new CategoricalParameterRange { Name = "size", Values = ["1", "2", "3"] },
                    ],
                    ContinuousParameterRanges = continuous ? [new ContinuousParameterRange { Name = "lr", MinValue = "0", MaxValue = "1" }] : [],
                },
            },
            TrainingJobDefinition = new HyperParameterTrainingJobDefinition
            {
                AlgorithmSpecification = new HyperParameterAlgorithmSpecification { TrainingImage = "/bin/true", TrainingInputMode = "File" },
                OutputDataConfig = new OutputDataConfig { S3OutputPath = "s3://bucket/out" },
                ResourceConfig = new ResourceConfig { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 1 },
                StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = 60 },
                RoleArn = "arn:aws:iam::123456789012:role/role",
            },
        };
        return TuningDefinitionReader.Read(request, _ => [], [], maxTrainingJobs).MaxTrainingJobs;
    }
}
