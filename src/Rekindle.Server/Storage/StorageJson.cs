using System.Text.Json;
using System.Text.Json.Serialization;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Storage;

/// <summary>The JSON inside columns: enums by name, doubles exact.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TuningJobDefinition))]
[JsonSerializable(typeof(TrainingDefinition))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IEnumerable<long>))]
[JsonSerializable(typeof(TuningJobCounters))]
[JsonSerializable(typeof(PageToken))]
[JsonSerializable(typeof(LaunchExplanation))]
internal sealed partial class StorageJson : JsonSerializerContext
{
    public static string Write(TuningJobDefinition definition) => JsonSerializer.Serialize(definition, Default.TuningJobDefinition);

    public static string Write(TrainingDefinition definition) => JsonSerializer.Serialize(definition, Default.TrainingDefinition);

    public static string Write(IReadOnlyDictionary<string, string> map) => JsonSerializer.Serialize(map, Default.IReadOnlyDictionaryStringString);

    public static string Write(TuningJobCounters counters) => JsonSerializer.Serialize(counters, Default.TuningJobCounters);

    /// <exception cref="ArgumentOutOfRangeException">A number that is not finite.</exception>
    public static string Write(LaunchExplanation explanation)
    {
        var (mean, deviation, acquisition) = (explanation.PredictedMean, explanation.PredictedDeviation, explanation.Acquisition);
        foreach (var number in (double?[])[mean, deviation, acquisition, explanation.Nearest?.Value, explanation.Nearest?.Distance])
            number?.ToColumn();
        return JsonSerializer.Serialize(explanation, Default.LaunchExplanation);
    }

    public static LaunchExplanation ReadExplanation(string json)
    {
        var explanation = JsonSerializer.Deserialize(json, Default.LaunchExplanation) ?? throw new JsonException("An explanation without a value.");
        DemandTexts(explanation.Nearest?.HyperParameters);
        return explanation;
    }

    public static TuningJobCounters ReadCounters(string json) =>
        JsonSerializer.Deserialize(json, Default.TuningJobCounters) ?? throw new JsonException("Counters without a value.");

    public static TuningJobDefinition ReadTuningJobDefinition(string json) =>
        JsonSerializer.Deserialize(json, Default.TuningJobDefinition) ?? throw new JsonException("A tuning job without a definition.");

    public static TrainingDefinition ReadTrainingDefinition(string json) =>
        JsonSerializer.Deserialize(json, Default.TrainingDefinition) ?? throw new JsonException("A training job without a definition.");

    public static IReadOnlyDictionary<string, string> ReadMap(string json)
    {
        var map = JsonSerializer.Deserialize(json, Default.IReadOnlyDictionaryStringString) ?? throw new JsonException("A map without a value.");
        DemandTexts(map);
        return map;
    }

    private static void DemandTexts(IReadOnlyDictionary<string, string>? map)
    {
        foreach (var (name, text) in map ?? new Dictionary<string, string>())
        {
            if (text is null) throw new JsonException($"'{name}' has no value.");
        }
    }
}
