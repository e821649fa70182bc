using System.Globalization;
using System.Text.Json.Nodes;

namespace Rekindle.Server.Tests.Importing;

/// <summary>Documents to import.</summary>
internal static class Dumps
{
    public const string RealName = "xgboost-200326-1430";

    /// <summary>A finished tuning job as the AWS CLI prints it, with members that no version of SageMaker has yet.</summary>
    public static JsonObject Real()
    {
        using var stream = typeof(Dumps).Assembly.GetManifestResourceStream("sagemaker_dump.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }

    /// <summary>A small one: one range <c>lr</c>, one static <c>epochs</c>, a training job for each value.</summary>
    public static JsonObject Small(string name, params IReadOnlyList<double> values) => new()
    {
        ["TuningJob"] = new JsonObject
        {
            ["HyperParameterTuningJobName"] = name,
            ["HyperParameterTuningJobStatus"] = "Completed",
            ["CreationTime"] = 1750000000.25,
            ["HyperParameterTuningEndTime"] = 1750000100,
            ["HyperParameterTuningJobConfig"] = JsonNode.Parse(
                """
                {
                    "Strategy": "Bayesian",
                    "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
                    "ResourceLimits": {"MaxNumberOfTrainingJobs": 10, "MaxParallelTrainingJobs": 1},
                    "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "lr", "MinValue": "0.001", "MaxValue": "0.1"}]}
                }
                """),
            ["TrainingJobDefinition"] = Definition(),
        },
        ["TrainingJobs"] = new JsonArray([.. values.Select((value, i) => (JsonNode)TrainingJob(i + 1, value))]),
    };

    public static JsonObject TrainingJob(int number, double value) => new()
    {
        ["TrainingJobName"] = string.Create(CultureInfo.InvariantCulture, $"small-{number:000}"),
        ["TrainingJobStatus"] = "Completed",
        ["CreationTime"] = 1750000000 + number,
        ["TunedHyperParameters"] = new JsonObject { ["lr"] = (0.01 * number).ToString("R", CultureInfo.InvariantCulture) },
        ["FinalHyperParameterTuningJobObjectiveMetric"] = new JsonObject { ["MetricName"] = "loss", ["Value"] = value },
        ["ObjectiveStatus"] = "Succeeded",
    };

    /// <summary>A request for a child of <paramref name="parent"/>, which <see cref="Small"/> made.</summary>
    public static JsonObject Child(string name, string type, string parent, string definition = "TrainingJobDefinition") => new()
    {
        ["HyperParameterTuningJobName"] = name,
        ["HyperParameterTuningJobConfig"] = Small(name)["TuningJob"]!["HyperParameterTuningJobConfig"]!.DeepClone(),
        [definition] = Definition(),
        ["WarmStartConfig"] = new JsonObject
        {
            ["WarmStartType"] = type,
            ["ParentHyperParameterTuningJobs"] = new JsonArray(new JsonObject { ["HyperParameterTuningJobName"] = parent }),
        },
    };

    public static JsonObject Definition() => JsonNode.Parse(
        """
        {
            "StaticHyperParameters": {"epochs": "3"},
            "AlgorithmSpecification": {
                "TrainingImage": "a/algo:1", "TrainingInputMode": "File", "MetricDefinitions": [{"Name": "loss", "Regex": "loss=(\\S+)"}]
            },
            "RoleArn": "arn:aws:iam::123456789012:role/r",
            "OutputDataConfig": {"S3OutputPath": "s3://b/out"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60}
        }
        """)!.AsObject();
}
