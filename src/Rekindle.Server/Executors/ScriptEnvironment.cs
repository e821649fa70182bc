using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors;

/// <summary>
/// The variables that SageMaker's training toolkit sets for a script beyond those of every program; <c>SM_TRAINING_ENV</c> holds all it
/// knows, as one JSON object.
/// </summary>
internal static class ScriptEnvironment
{
    private const string Group = "homogeneousCluster";
    private const string Host = "algo-1";

    // The toolkit names the module of the framework's container that drives the script; scripts only ever print it.
    private static readonly (string InImage, string Module)[] Frameworks =
    [
        ("pytorch", "sagemaker_pytorch_container.training:main"),
        ("tensorflow", "sagemaker_tensorflow_container.training:main"),
        ("scikit-learn", "sagemaker_sklearn_container.training:main"),
        ("xgboost", "sagemaker_xgboost_container.training:main"),
        ("mxnet", "sagemaker_mxnet_container.training:main"),
    ];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="variables">Those of every program; the script's are added.</param>
    /// <param name="spec">The execution.</param>
    /// <param name="script">The script.</param>
    /// <param name="optMl">Where it finds the tree of <c>/opt/ml</c>.</param>
    public static void Add(Dictionary<string, string> variables, ExecutionSpec spec, ScriptMode script, string optMl)
    {
        var module = Path.GetFileNameWithoutExtension(script.Program);
        var framework = Frameworks.FirstOrDefault(known => spec.Definition.Image?.Contains(known.InImage, StringComparison.Ordinal) is true).Module;
        var group = new JsonObject { ["instance_group_name"] = Group, ["instance_type"] = spec.Definition.InstanceType, ["hosts"] = new JsonArray(Host) };

        variables["SM_USER_ARGS"] = JsonSerializer.Serialize(script.Arguments(), Plain);
        variables["SM_USER_ENTRY_POINT"] = script.Program;
        variables["SM_MODULE_NAME"] = module;
        variables["SM_MODULE_DIR"] = script.SubmitDirectory;
        variables["SM_FRAMEWORK_PARAMS"] = "{}";
        if (framework is not null) variables["SM_FRAMEWORK_MODULE"] = framework;
        variables["SM_CURRENT_INSTANCE_GROUP"] = Group;
        variables["SM_CURRENT_INSTANCE_GROUP_HOSTS"] = $"[\"{Host}\"]";
        variables["SM_INSTANCE_GROUPS"] = $"[\"{Group}\"]";
        variables["SM_INSTANCE_GROUPS_DICT"] = new JsonObject { [Group] = group.DeepClone() }.ToJsonString(Plain);
        variables["SM_DISTRIBUTION_INSTANCE_GROUPS"] = "[]";
        variables["SM_IS_HETERO"] = "false";
        variables["SM_NUM_NEURONS"] = "0";

        var code = $"{optMl}/code";
        variables["PYTHONPATH"] = variables.TryGetValue("PYTHONPATH", out var path) && path.Length > 0 ? $"{code}:{path}" : code;

        var channels = new JsonObject();
        foreach (var channel in spec.Definition.Channels) channels[channel.Name] = $"{optMl}/input/data/{channel.Name}";
        variables["SM_TRAINING_ENV"] = new JsonObject
        {
            ["additional_framework_parameters"] = new JsonObject(),
            ["channel_input_dirs"] = channels,
            ["current_host"] = Host,
            ["current_instance_group"] = Group,
            ["current_instance_group_hosts"] = new JsonArray(Host),
            ["current_instance_type"] = spec.Definition.InstanceType,
            ["distribution_hosts"] = new JsonArray(),
            ["distribution_instance_groups"] = new JsonArray(),
            ["framework_module"] = framework,
            ["hosts"] = new JsonArray(Host),
            ["hyperparameters"] = JsonNode.Parse(variables["SM_HPS"]),
            ["input_config_dir"] = variables["SM_INPUT_CONFIG_DIR"],
            ["input_data_config"] = JsonNode.Parse(variables["SM_INPUT_DATA_CONFIG"]),
            ["input_dir"] = variables["SM_INPUT_DIR"],
            ["instance_groups"] = new JsonArray(Group),
            ["instance_groups_dict"] = new JsonObject { [Group] = group },
            ["is_hetero"] = false,
            ["is_master"] = true,
            ["is_modelparallel_enabled"] = null,
            ["job_name"] = spec.Name,
            ["log_level"] = 20,
            ["master_hostname"] = Host,
            ["model_dir"] = variables["SM_MODEL_DIR"],
            ["module_dir"] = script.SubmitDirectory,
            ["module_name"] = module,
            ["network_interface_name"] = variables["SM_NETWORK_INTERFACE_NAME"],
            ["num_cpus"] = JsonNode.Parse(variables["SM_NUM_CPUS"]),
            ["num_gpus"] = JsonNode.Parse(variables["SM_NUM_GPUS"]),
            ["num_neurons"] = 0,
            ["output_data_dir"] = variables["SM_OUTPUT_DATA_DIR"],
            ["output_dir"] = variables["SM_OUTPUT_DIR"],
            ["output_intermediate_dir"] = variables["SM_OUTPUT_INTERMEDIATE_DIR"],
            ["resource_config"] = JsonNode.Parse(variables["SM_RESOURCE_CONFIG"]),
            ["user_entry_point"] = script.Program,
        }.ToJsonString(Plain);
    }
}
