using System.Text;
using System.Text.Json.Nodes;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Tests.TuningJobs;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>The request of a case, as a client sends it.</summary>
internal static class CaseRequest
{
    public static CreateHyperParameterTuningJobRequest Of(string id, string childSuffix = "") =>
        ApiJson.Deserialize<CreateHyperParameterTuningJobRequest>(Encoding.UTF8.GetBytes(JsonOf(id, childSuffix).ToJsonString()));

    public static JsonObject JsonOf(string id, string childSuffix = "")
    {
        var (item, defaults) = WarmStartCase.Raw(id);
        var child = (JsonObject)JsonNode.Parse(defaults.GetProperty("child").GetRawText())!;
        foreach (var (name, value) in (JsonObject)JsonNode.Parse(item.GetProperty("child").GetRawText())!)
        {
            child[name] = value?.DeepClone();
        }

        var config = new JsonObject
        {
            ["Strategy"] = Take(child, "strategy"),
            ["RandomSeed"] = 1,
            ["ResourceLimits"] = new JsonObject { ["MaxNumberOfTrainingJobs"] = Take(child, "max_jobs"), ["MaxParallelTrainingJobs"] = 1 },
        };
        foreach (var (name, value) in Take(child, "config") as JsonObject ?? new JsonObject())
        {
            if (name == "MaxParallelTrainingJobs")
            {
                config["ResourceLimits"]![name] = value!.DeepClone();
            }
            else
            {
                config[name] = value!.DeepClone();
            }
        }

        var objective = Take(child, "objective")!;
        var definition = Definition(child, (string)objective["MetricName"]!);
        var request = new JsonObject
        {
            ["HyperParameterTuningJobName"] = CaseServer.NameOf(id, (string)Take(child, "name")!) + childSuffix,
            ["HyperParameterTuningJobConfig"] = config,
            ["WarmStartConfig"] = WarmStart(id, child, item.GetProperty("parents").EnumerateArray().Select(parent => parent.GetProperty("name").GetString()!)),
        };
        if (Take(child, "as_definitions") is { } count)
        {
            definition["TuningObjective"] = objective;
            definition["HyperParameterRanges"] = Take(child, "ranges");
            request["TrainingJobDefinitions"] = new JsonArray([.. Enumerable.Range(1, (int)count).Select(number =>
            {
                var copy = definition.DeepClone();
                copy["DefinitionName"] = $"e{number}";
                return copy;
            })]);
        }
        else
        {
            config["HyperParameterTuningJobObjective"] = objective;
            config["ParameterRanges"] = Take(child, "ranges");
            request["TrainingJobDefinition"] = definition;
        }

        Assert.Empty(child.Select(member => member.Key));
        return request;
    }

    private static JsonObject Definition(JsonObject child, string metric)
    {
        var definition = new JsonObject
        {
            ["AlgorithmSpecification"] = new JsonObject
            {
                ["TrainingImage"] = Take(child, "image"),
                ["TrainingInputMode"] = "File",
                ["MetricDefinitions"] = new JsonArray(new JsonObject { ["Name"] = metric, ["Regex"] = "objective=([0-9.]+)" }),
            },
            ["RoleArn"] = "arn:aws:iam::123456789012:role/SageMakerRole",
            ["InputDataConfig"] = new JsonArray(new JsonObject
            {
                ["ChannelName"] = "train",
                ["DataSource"] = new JsonObject { ["S3DataSource"] = new JsonObject { ["S3DataType"] = "S3Prefix", ["S3Uri"] = Take(child, "s3") } },
            }),
            ["OutputDataConfig"] = new JsonObject { ["S3OutputPath"] = "s3://b/out/" },
            ["ResourceConfig"] = new JsonObject { ["InstanceType"] = "ml.m5.large", ["InstanceCount"] = 1, ["VolumeSizeInGB"] = 30 },
            ["StoppingCondition"] = new JsonObject { ["MaxRuntimeInSeconds"] = 3600 },
            ["StaticHyperParameters"] = Take(child, "static"),
        };
        foreach (var (name, value) in (JsonObject)Take(child, "definition")!)
        {
            if (value is null)
            {
                definition.Remove(name);
            }
            else
            {
                definition[name] = value.DeepClone();
            }
        }

        return definition;
    }

    private static JsonNode WarmStart(string id, JsonObject child, IEnumerable<string> stored)
    {
        var type = Take(child, "type");
        var names = Take(child, "parent_names") is JsonArray given ? given.Select(name => (string)name!) : stored;
        var config = Take(child, "WarmStartConfig") ?? new JsonObject
        {
            ["WarmStartType"] = type,
            ["ParentHyperParameterTuningJobs"] = new JsonArray([.. names.Select(name => new JsonObject { ["HyperParameterTuningJobName"] = name })]),
        };
        foreach (var parent in (JsonArray)config["ParentHyperParameterTuningJobs"]!)
        {
            if (parent!["HyperParameterTuningJobName"] is { } name)
            {
                parent["HyperParameterTuningJobName"] = CaseServer.NameOf(id, (string)name!);
            }
        }

        return config;
    }

    private static JsonNode? Take(JsonObject from, string name)
    {
        var value = from[name];
        from.Remove(name);
        return value;
    }
}
