using Docker.DotNet.Models;
using Rekindle.Server.Executors.Docker;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Docker;

public sealed class ContainerPlanTests
{
    [Fact]
    public void A_container_is_given_gpus_of_the_machine_and_counts_them_anew()
    {
        var plan = Plan();
        ContainerPlan.GiveGpus(plan, ["2", "5"]);
        var request = Assert.Single(plan.HostConfig.DeviceRequests);
        Assert.Equal("nvidia", request.Driver);
        Assert.Equal(["2", "5"], request.DeviceIDs);
        Assert.Equal(["gpu"], Assert.Single(request.Capabilities));
        Assert.Equal(["CUDA_VISIBLE_DEVICES=0,1", "NVIDIA_VISIBLE_DEVICES=2,5", "SM_NUM_GPUS=2"], AboutGpus(plan));
    }

    [Fact]
    public void One_without_gpus_sees_none_where_others_have_them_and_is_told_nothing_elsewhere()
    {
        var plan = Plan();
        Assert.Equal(["CUDA_VISIBLE_DEVICES=7", "SM_NUM_GPUS=0"], AboutGpus(plan));
        ContainerPlan.GiveGpus(plan, []);
        Assert.Null(plan.HostConfig.DeviceRequests);
        Assert.Equal(["CUDA_VISIBLE_DEVICES=", "NVIDIA_VISIBLE_DEVICES=void", "SM_NUM_GPUS=0"], AboutGpus(plan));
    }

    private static IEnumerable<string> AboutGpus(CreateContainerParameters plan) =>
        plan.Env.Where(entry => entry.Contains("VISIBLE", StringComparison.Ordinal) || entry.Contains("GPUS", StringComparison.Ordinal));

    private static CreateContainerParameters Plan()
    {
        var spec = new ExecutionSpec
        {
            Name = "job",
            TrainingJobArn = "arn:aws:sagemaker:eu-central-1:000000000000:training-job/job",
            Region = "eu-central-1",
            Definition = new TrainingDefinition
            {
                Image = "image",
                OutputPath = "s3://artifacts/out",
                Environment = new Dictionary<string, string> { ["CUDA_VISIBLE_DEVICES"] = "7" },
            },
            HyperParameters = new Dictionary<string, string>(),
        };
        return ContainerPlan.Of(spec, "server", null, new DockerExecutorOptions { DataFolder = "/data" }, []);
    }
}
