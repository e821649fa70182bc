using System.Security.Cryptography;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Operations.Searching;
using Rekindle.Server.Storage;
using TrainingJobSearchEntity = Rekindle.Api.Shapes.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>
/// Finds jobs by any of their properties. Every job is looked at: a server has thousands of them, not millions, and the answer is as new as
/// the rows.
/// </summary>
internal sealed class Search(IStore store, TimeProvider time) : ListOperation<SearchRequest, SearchResponse>
{
    private readonly SearchedJobs _jobs = new(store, time);

    public override bool FollowsFromRows => true;

    protected override async Task<SearchResponse> ListAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        if (request.Resource is not ("TrainingJob" or "HyperParameterTuningJob"))
        {
            return Answer([], null, 0);
        }

        var isTraining = request.Resource == "TrainingJob";
        var record = isTraining ? typeof(TrainingJobSearchEntity) : typeof(HyperParameterTuningJobSearchEntity);
        var condition = SearchCondition.Of(WithVisibility(request), record);
        var sorting = SearchedProperty.Of(record, request.SortBy ?? nameof(TrainingJobSearchEntity.LastModifiedTime));
        if (sorting.Kind == PropertyKind.Part)
        {
            throw new ApiException(ErrorCode.ValidationException, $"The property {sorting.Name} is no single value: results can't be sorted by it.");
        }

        var query = Convert.ToHexStringLower(SHA256.HashData(ApiJson.Serialize(request with { NextToken = null, MaxResults = null })).AsSpan(0, 8));
        var after = string.IsNullOrEmpty(request.NextToken) ? null : PageToken.Read(request.NextToken, query);

        var all = isTraining
            ? await _jobs.ReadTrainingJobsAsync([.. condition.Properties, sorting], cancellationToken)
            : await _jobs.ReadTuningJobsAsync(cancellationToken);
        var compare = SearchOrder.Comparing(request.SortOrder != "Ascending");
        var found = all.Where(job => condition.Holds(job.Fields)).Select(job => (Job: job, Order: SearchOrder.Of(sorting, job.Fields, job.Name, job.Id))).ToList();
        found.Sort((a, b) => compare(a.Order, b.Order));
        var from = after is null ? found : [.. found.Where(each => compare(each.Order, new SearchOrder(after.Real, after.Text, after.Name, after.Id)) > 0)];
        var page = from.Take(request.MaxResults ?? DefaultPage).ToList();

        var results = new List<SearchRecord>();
        foreach (var (job, _) in page)
        {
            results.Add(await job.Complete(cancellationToken));
        }

        var next = page.Count < from.Count && page is [.., var last]
            ? new PageToken { Query = query, Name = last.Order.Name, Id = last.Order.Id, Text = last.Order.Text, Real = last.Order.Number }.Write()
            : null;
        return Answer(results, next, found.Count);
    }

    private static SearchExpression WithVisibility(SearchRequest request) => new()
    {
        SubExpressions = request.SearchExpression is { } expression ? [expression] : null,
        Filters = request.VisibilityConditions is { } conditions
            ? [.. conditions.Where(each => each.Key is not null).Select(each => new Filter { Name = each.Key, Value = each.Value ?? "" })]
            : null,
    };

    private static SearchResponse Answer(IReadOnlyList<SearchRecord> results, string? next, long hits) => new()
    {
        Results = results,
        NextToken = next,
        TotalHits = new TotalHits { Value = hits, Relation = "EqualTo" },
    };
}
