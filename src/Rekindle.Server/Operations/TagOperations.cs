using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;

namespace Rekindle.Server.Operations;

/// <summary>Puts tags on a job; a key that is there gets the new value.</summary>
internal sealed class AddTags(IStore store) : Operation<AddTagsRequest, AddTagsResponse>
{
    public override AccessScope Needs => AccessScope.Run;

    internal const int MaxTags = 50;

    protected override async Task<AddTagsResponse> HandleAsync(AddTagsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        ResourceTags.RefuseReserved(request.Tags);
        var outcome = await store.PutTagsAsync(ResourceTags.Key(request.ResourceArn!), ToWire.Tags(request.Tags), MaxTags, cancellationToken)
            ?? throw ResourceTags.NotFound(request.ResourceArn!);
        return outcome.LimitExceeded
            ? throw new ApiException(ErrorCode.ResourceLimitExceeded, $"A resource can have at most {MaxTags} tags.")
            : new AddTagsResponse { Tags = ToWire.Tags(outcome.Tags) };
    }
}

/// <summary>Lists the tags of a job.</summary>
internal sealed class ListTags(IStore store) : Operation<ListTagsRequest, ListTagsResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    public override bool FollowsFromRows => true;

    // A resource has at most as many tags as the smallest page holds, so there is only one page.
    protected override async Task<ListTagsResponse> HandleAsync(ListTagsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        new()
        {
            Tags = ToWire.Tags(
                await store.ReadTagsAsync(ResourceTags.Key(request.ResourceArn!), cancellationToken) ?? throw ResourceTags.NotFound(request.ResourceArn!)),
        };
}

/// <summary>Takes tags off a job, by their keys.</summary>
internal sealed class DeleteTags(IStore store) : Operation<DeleteTagsRequest, DeleteTagsResponse>
{
    public override AccessScope Needs => AccessScope.Run;

    protected override async Task<DeleteTagsResponse> HandleAsync(
        DeleteTagsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        await store.RemoveTagsAsync(ResourceTags.Key(request.ResourceArn!), request.TagKeys!, cancellationToken)
            ? new DeleteTagsResponse()
            : throw ResourceTags.NotFound(request.ResourceArn!);
}

/// <summary>What the operations on tags share.</summary>
internal static class ResourceTags
{
    private const string Reserved = "aws:";

    /// <summary>Job names are compared without case, and their ARNs are lower case.</summary>
    public static string Key(string arn) => arn.ToLowerInvariant();

    /// <exception cref="ApiException">A key begins as only those do that AWS itself sets.</exception>
    public static void RefuseReserved(IReadOnlyList<Api.Shapes.Tag>? tags)
    {
        if (tags?.FirstOrDefault(tag => tag.Key!.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase)) is { } reserved)
        {
            throw new ApiException(
                ErrorCode.ValidationException, $"{Reserved} prefixed tag key names are not allowed for external use: the key '{reserved.Key}' of Tags.");
        }
    }

    public static ApiException NotFound(string arn) => new(ErrorCode.ResourceNotFound, $"No resource has the ARN {arn}.");
}
