using Rekindle.Api;
using Rekindle.Server.Storage;

namespace Rekindle.Server.Operations;

/// <summary>Who calls, and where: region and account go into the ARNs.</summary>
/// <param name="Region">The region that the request is signed for.</param>
/// <param name="Account">The server's account.</param>
/// <param name="Key">The key that the request is signed with; null on a server without keys, where anybody may do anything.</param>
internal sealed record RequestContext(string Region, string Account, AccessKey? Key = null)
{
    /// <exception cref="ApiException">The key is not good for it.</exception>
    public void Demand(AccessScope needed, string action)
    {
        if (Key?.Allows(needed) is false) throw new ApiException(ErrorCode.AccessDeniedException, Key.Denial(Account, action, needed));
    }
}

/// <summary>One operation of the API, from the bytes of a request to the bytes of an answer.</summary>
internal interface IOperation
{
    /// <summary>The X-Amz-Target header that asks for it, such as <c>SageMaker.ListTags</c>.</summary>
    string Target { get; }

    /// <summary>What a key must be good for to ask for it.</summary>
    AccessScope Needs { get; }

    /// <summary>Whether the answer follows from the store's rows, the request and, to the second, the time: then it may be given again.</summary>
    bool FollowsFromRows => false;

    /// <exception cref="ApiException">The request is refused; the exception says how AWS says it.</exception>
    Task<byte[]> InvokeAsync(ReadOnlyMemory<byte> body, RequestContext context, CancellationToken cancellationToken);
}

/// <summary>Reads the request, checks every constraint of its shape, and leaves the rest to the operation.</summary>
internal abstract class Operation<TRequest, TResponse> : IOperation
    where TRequest : class
    where TResponse : class
{
    public virtual string Target { get; } = OperationTable.AwsPrefix + typeof(TRequest).Name.Replace("Request", "", StringComparison.Ordinal);

    public async Task<byte[]> InvokeAsync(ReadOnlyMemory<byte> body, RequestContext context, CancellationToken cancellationToken)
    {
        TRequest request;
        try
        {
            request = ApiJson.Deserialize<TRequest>(body.Span);
        }
        catch (ApiJsonException problem)
        {
            throw new ApiException(ErrorCode.SerializationException, problem.Message);
        }

        if (ShapeViolations(request) is { Count: > 0 } violations)
        {
            throw new ApiException(ErrorCode.ValidationException, ShapeCheck.Message(violations));
        }

        try
        {
            return ApiJson.Serialize(await HandleAsync(request, context, cancellationToken));
        }
        catch (UnreadableRowException problem)
        {
            // Not an internal failure, which clients take for a passing one and try again.
            throw new ApiException(ErrorCode.ValidationException, problem.Message, problem);
        }
    }

    public abstract AccessScope Needs { get; }

    public virtual bool FollowsFromRows => false;

    protected virtual IReadOnlyList<string> ShapeViolations(TRequest request) => ShapeCheck.Violations(request);

    protected abstract Task<TResponse> HandleAsync(TRequest request, RequestContext context, CancellationToken cancellationToken);
}
