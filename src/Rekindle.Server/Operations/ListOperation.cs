using Rekindle.Server.Storage;

namespace Rekindle.Server.Operations;

/// <summary>An operation that answers with a page of a list.</summary>
internal abstract class ListOperation<TRequest, TResponse> : Operation<TRequest, TResponse>
    where TRequest : class
    where TResponse : class
{
    protected const int DefaultPage = 10;

    public sealed override AccessScope Needs => AccessScope.Read;

    protected sealed override async Task<TResponse> HandleAsync(TRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync(request, cancellationToken);
        }
        catch (InvalidTokenException)
        {
            throw Refusal.InvalidToken();
        }
    }

    /// <exception cref="InvalidTokenException">The page asked for is none of this list.</exception>
    protected abstract Task<TResponse> ListAsync(TRequest request, CancellationToken cancellationToken);

    /// <summary>Reads a status to filter by. False for one of AWS's that no job of this server is ever in: then nothing fits.</summary>
    protected static bool TryReadStatus<TStatus>(string? text, out TStatus? status)
        where TStatus : struct, Enum
    {
        status = Enum.TryParse<TStatus>(text, out var parsed) ? parsed : null;
        return text is null || status is not null;
    }

    protected static SortOrder Order(string? text) => text is null ? SortOrder.Ascending : Enum.Parse<SortOrder>(text);
}
