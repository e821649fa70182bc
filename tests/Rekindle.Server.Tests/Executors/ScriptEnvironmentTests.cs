using System.Text.Json;
using Rekindle.Server.Executors;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors;

/// <summary>What a script reads of the toolkit's variables.</summary>
public sealed class ScriptEnvironmentTests
{
    private static readonly Dictionary<string, string> HyperParameters = new()
    {
        ["sagemaker_program"] = "\"train.py\"",
        ["sagemaker_submit_directory"] = "\"s3://b/code.tar.gz\"",
        ["lr"] = "0.5",
        ["name"] = "\"ü\"",
    };

    private static readonly Dictionary<string, string> Variables = TrainingEnvironment.Of(
        new ExecutionSpec
        {
            Name = "job",
            TrainingJobArn = "arn:aws:sagemaker:us-east-1:000000000000:training-job/job",
            Region = "us-east-1",
            Definition = Given.Training with
            {
                Image = "x/pytorch-training:2.0",
                Channels = [new Channel { Name = "train", S3Uri = "s3://b/train" }],
            },
            HyperParameters = HyperParameters,
        },
        "/opt/ml",
        new Dictionary<string, string>(),
        ScriptMode.Find(HyperParameters),
        4);

    [Fact]
    public void The_training_env_says_in_one_object_what_the_variables_say()
    {
        using var document = JsonDocument.Parse(Variables["SM_TRAINING_ENV"]);
        var env = document.RootElement;
        Assert.Equal("/opt/ml/input/data/train", env.GetProperty("channel_input_dirs").GetProperty("train").GetString());
        Assert.Equal(0.5, env.GetProperty("hyperparameters").GetProperty("lr").GetDouble());
        Assert.Equal("ü", env.GetProperty("hyperparameters").GetProperty("name").GetString());
        Assert.Equal(4, env.GetProperty("num_cpus").GetInt32());
        Assert.Equal(("train.py", "train", "job"), (env.GetProperty("user_entry_point").GetString(), env.GetProperty("module_name").GetString(), env.GetProperty("job_name").GetString()));
        Assert.Equal(Variables["SM_MODEL_DIR"], env.GetProperty("model_dir").GetString());
        Assert.Equal("sagemaker_pytorch_container.training:main", env.GetProperty("framework_module").GetString());
    }

    [Theory]
    [InlineData("SM_FRAMEWORK_PARAMS")]
    [InlineData("SM_CURRENT_INSTANCE_GROUP_HOSTS")]
    [InlineData("SM_INSTANCE_GROUPS")]
    [InlineData("SM_INSTANCE_GROUPS_DICT")]
    [InlineData("SM_DISTRIBUTION_INSTANCE_GROUPS")]
    [InlineData("SM_IS_HETERO")]
    [InlineData("SM_HOSTS")]
    [InlineData("SM_USER_ARGS")]
    public void What_the_toolkit_writes_as_json_can_be_read_as_json(string name) => JsonDocument.Parse(Variables[name]).Dispose();
}
