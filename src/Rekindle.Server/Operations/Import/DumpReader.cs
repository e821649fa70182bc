using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekindle.Api;
using Rekindle.Api.Shapes;

namespace Rekindle.Server.Operations.Import;

/// <summary>
/// Reads a document and holds it against the shapes of the wire. AWS's service has let in what stands there, and may know more values than
/// this one; so only what is missing or can't be understood is refused, everything at once.
/// </summary>
internal sealed class DumpReader
{
    private const string Metric = nameof(HyperParameterTrainingJobSummary.FinalHyperParameterTuningJobObjectiveMetric);
    private const int MostProblems = 20;

    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];

    private DumpReader()
    {
    }

    /// <exception cref="ApiException">The document can't be understood; the message says where.</exception>
    public static Dump Read(ImportTuningJobRequest request)
    {
        var reader = new DumpReader();
        var tuningJob = reader.ReadTuningJob(request.TuningJob!.Value);
        var trainingJobs = reader.ReadTrainingJobs(request.TrainingJobs!.Value);
        Demand(reader._problems);
        return new Dump(tuningJob!, trainingJobs, reader._warnings);
    }

    /// <exception cref="ApiException">There is a problem.</exception>
    public static void Demand(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
        {
            var shown = problems.Take(MostProblems).ToList();
            var rest = problems.Count > MostProblems ? $" And {problems.Count - MostProblems} more." : "";
            throw new ApiException(
                ErrorCode.ValidationException,
                problems.Count == 1 ? problems[0] : $"{problems.Count} validation errors detected: {string.Join(" ", shown)}{rest}");
        }
    }

    private Dumped<DescribeHyperParameterTuningJobResponse>? ReadTuningJob(JsonElement element)
    {
        const string Place = "TuningJob";
        if (ReadObject(element, Place) is not { } document)
        {
            return null;
        }

        document.Remove("ResponseMetadata");
        NormalizeTimes(document, Place, "CreationTime", "HyperParameterTuningEndTime", "LastModifiedTime");
        if (document["TuningJobCompletionDetails"] is JsonObject details)
        {
            NormalizeTimes(details, $"{Place}.TuningJobCompletionDetails", "ConvergenceDetectedTime");
        }

        foreach (var best in (string[])["BestTrainingJob", "OverallBestTrainingJob"])
        {
            if (document[best] is JsonObject summary)
            {
                NormalizeSummary(summary, $"{Place}.{best}");
            }
        }

        if (Known<DescribeHyperParameterTuningJobResponse>(document, Place) is not { } known)
        {
            return null;
        }

        CheckTuningJob(known);
        return new(document, known);
    }

    private void CheckTuningJob(DescribeHyperParameterTuningJobResponse known)
    {
        CheckShape(new DescribeHyperParameterTuningJobRequest { HyperParameterTuningJobName = known.HyperParameterTuningJobName }, "TuningJob");
        RequireMember(known.HyperParameterTuningJobStatus, "HyperParameterTuningJobStatus");
        RequireMember(known.CreationTime, "CreationTime");
        RequireMember(known.HyperParameterTuningJobConfig, "HyperParameterTuningJobConfig");
        if (known.HyperParameterTuningJobConfig is { } config)
        {
            CheckShape(config with { ResourceLimits = WireDefaults.Complete(config.ResourceLimits) }, "TuningJob.HyperParameterTuningJobConfig");
        }

        foreach (var part in (object?[])[known.WarmStartConfig, known.TrainingJobStatusCounters, known.ObjectiveStatusCounters])
        {
            if (part is not null)
            {
                CheckShape(part, "TuningJob");
            }
        }

        var definitions = known.TrainingJobDefinition is { } single ? [single] : known.TrainingJobDefinitions ?? [];
        if (definitions.Count == 0)
        {
            _problems.Add("TuningJob has neither TrainingJobDefinition nor TrainingJobDefinitions.");
        }

        foreach (var definition in definitions)
        {
            // Instance types and the like grow with the years; only what is not there at all would be missed.
            var complete = definition is null ? null : WireDefaults.Complete(definition);
            _problems.AddRange(complete is null
                ? ["TuningJob.TrainingJobDefinitions has a member that is null."]
                : ShapeCheck.Violations(complete).Where(IsMissing).Select(text => $"TuningJob.TrainingJobDefinition: {text}."));
            if (complete is not null && (known.HyperParameterTuningJobConfig?.HyperParameterTuningJobObjective ?? complete.TuningObjective) is null)
            {
                _problems.Add("TuningJob has no HyperParameterTuningJobObjective, so its training jobs can't be compared.");
            }

            if (complete?.TuningObjective is { } objective)
            {
                CheckShape(objective, "TuningJob.TrainingJobDefinition.TuningObjective");
            }

            if (complete?.HyperParameterRanges is { } ranges)
            {
                CheckShape(ranges, "TuningJob.TrainingJobDefinition.HyperParameterRanges");
            }
        }
    }

    private List<Dumped<HyperParameterTrainingJobSummary>> ReadTrainingJobs(JsonElement element)
    {
        const string Place = "TrainingJobs";
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("TrainingJobSummaries", out var list))
        {
            if (element.TryGetProperty("NextToken", out _))
            {
                _warnings.Add("TrainingJobs is one page of several: it has a NextToken.");
            }

            element = list;
        }

        if (element.ValueKind != JsonValueKind.Array)
        {
            _problems.Add("TrainingJobs must be a list of training job summaries.");
            return [];
        }

        var byName = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var read = new List<Dumped<HyperParameterTrainingJobSummary>>();
        foreach (var (index, item) in element.EnumerateArray().Index())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{Place}[{index}]");
            if (ReadTrainingJob(item, place) is not { } job || job.Known.TrainingJobName is not { } name)
            {
                continue;
            }

            var text = DumpText.Write(job.Document);
            if (byName.TryAdd(name, text))
            {
                read.Add(job);
            }
            else if (byName[name] == text)
            {
                _warnings.Add($"The training job {name} is listed twice with the same members; it is taken once.");
            }
            else
            {
                _problems.Add($"The training job name {name} is given to two different training jobs.");
            }
        }

        return read;
    }

    private Dumped<HyperParameterTrainingJobSummary>? ReadTrainingJob(JsonElement element, string place)
    {
        if (ReadObject(element, place) is not { } document)
        {
            return null;
        }

        NormalizeSummary(document, place);
        if (Known<HyperParameterTrainingJobSummary>(document, place) is not { } known)
        {
            return null;
        }

        CheckShape(WireDefaults.Complete(known), place);
        return new(document, known);
    }

    private void NormalizeSummary(JsonObject document, string place)
    {
        NormalizeTimes(document, place, "CreationTime", "TrainingStartTime", "TrainingEndTime");
        if (document[Metric] is not JsonObject metric || metric["Value"] is not { } value)
        {
            return;
        }

        var notANumber = value.GetValueKind() switch
        {
            JsonValueKind.Number => value.AsValue().TryGetValue<double>(out var number) && !double.IsFinite(number),
            JsonValueKind.String => double.TryParse(value.GetValue<string>(), CultureInfo.InvariantCulture, out var number) && !double.IsFinite(number),
            _ => false,
        };
        if (notANumber)
        {
            document.Remove(Metric);
            _warnings.Add($"{place} has an objective that is not finite; it is taken as missing.");
        }
    }

    private void NormalizeTimes(JsonObject document, string place, params ReadOnlySpan<string> members) =>
        _problems.AddRange(DumpText.NormalizeTimes(document, members)
            .Select(member => $"{place}.{member} must be a moment: seconds since 1970 or an ISO 8601 text."));

    private JsonObject? ReadObject(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            _problems.Add($"{place} must be an object.");
            return null;
        }

        if (!DumpText.IsSound(element))
        {
            _problems.Add($"{place} has text that is no Unicode, or a member twice.");
            return null;
        }

        return JsonObject.Create(element);
    }

    private T? Known<T>(JsonObject document, string place)
        where T : class
    {
        try
        {
            return ApiJson.Deserialize<T>(DumpText.ToBytes(document));
        }
        catch (ApiJsonException problem)
        {
            _problems.Add($"{place}: {problem.Message}");
            return null;
        }
    }

    private void CheckShape(object shape, string place) =>
        _problems.AddRange(ShapeCheck.Violations(shape).Select(text => $"{place}: {text}."));

    private void RequireMember(object? value, string member)
    {
        if (value is null)
        {
            _problems.Add($"TuningJob.{member} is missing.");
        }
    }

    private static bool IsMissing(string violation) => violation.Contains("Member must not be null", StringComparison.Ordinal);
}
