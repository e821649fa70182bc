using Rekindle.Api.Shapes;
using Rekindle.Server.Operations.Searching;
using Rekindle.Server.Storage;
using TrainingJobSearchEntity = Rekindle.Api.Shapes.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>Names properties to search by: those of the records, and the hyperparameters, metrics and tags that jobs here have.</summary>
internal sealed class GetSearchSuggestions(IStore store, TimeProvider time) : Operation<GetSearchSuggestionsRequest, GetSearchSuggestionsResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    private const int Most = 100;

    private readonly SearchedJobs _jobs = new(store, time);

    public override bool FollowsFromRows => true;

    protected override async Task<GetSearchSuggestionsResponse> HandleAsync(
        GetSearchSuggestionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        IEnumerable<string> names = request.Resource switch
        {
            "TrainingJob" => [.. SearchedProperty.NamesOf(typeof(TrainingJobSearchEntity)), .. await KeysAsync(cancellationToken)],
            "HyperParameterTuningJob" => SearchedProperty.NamesOf(typeof(HyperParameterTuningJobSearchEntity)),
            _ => [],
        };
        var hint = request.SuggestionQuery?.PropertyNameQuery?.PropertyNameHint ?? "";
        return new GetSearchSuggestionsResponse
        {
            PropertyNameSuggestions =
            [
                .. names.Where(name => name.Length <= 255 && name.Contains(hint, StringComparison.OrdinalIgnoreCase))
                    .Distinct(StringComparer.Ordinal)
                    .OrderBy(name => name.StartsWith(hint, StringComparison.OrdinalIgnoreCase) ? 0 : 1)
                    .ThenBy(name => name, StringComparer.Ordinal)
                    .Take(Most)
                    .Select(name => new PropertyNameSuggestion { PropertyName = name }),
            ],
        };
    }

    private async Task<IReadOnlyList<string>> KeysAsync(CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        string[] maps = ["HyperParameters", "Environment"];
        SearchedProperty[] wanted = [SearchedProperty.Of(typeof(TrainingJobSearchEntity), "Metrics.any"), SearchedProperty.Of(typeof(TrainingJobSearchEntity), "Tags.any")];
        foreach (var job in await _jobs.ReadTrainingJobsAsync(wanted, cancellationToken))
        {
            foreach (var map in maps)
            {
                if (!job.Fields.TryGetProperty(map, out var values)) continue;
                foreach (var pair in values.EnumerateObject()) names.Add($"{map}.{pair.Name}");
            }

            if (job.Fields.TryGetProperty("FinalMetricDataList", out var metrics))
            {
                foreach (var metric in metrics.EnumerateArray()) names.Add($"Metrics.{metric.GetProperty("MetricName").GetString()}");
            }

            if (job.Fields.TryGetProperty("Tags", out var tags))
            {
                foreach (var tag in tags.EnumerateArray()) names.Add($"Tags.{tag.GetProperty("Key").GetString()}");
            }
        }

        return [.. names];
    }
}
