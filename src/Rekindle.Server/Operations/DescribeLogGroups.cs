using Rekindle.Api.Shapes;

namespace Rekindle.Server.Operations;

/// <summary>Lists the one log group.</summary>
internal sealed class DescribeLogGroups : Operation<DescribeLogGroupsRequest, DescribeLogGroupsResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    public override string Target => LogNames.TargetPrefix + "DescribeLogGroups";

    protected override Task<DescribeLogGroupsResponse> HandleAsync(
        DescribeLogGroupsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var fits = request.NextToken is null
            && LogNames.Group.StartsWith(request.LogGroupNamePrefix ?? "", StringComparison.Ordinal)
            && LogNames.Group.Contains(request.LogGroupNamePattern ?? "", StringComparison.OrdinalIgnoreCase);
        var arn = $"arn:aws:logs:{context.Region}:{context.Account}:log-group:{LogNames.Group}";
        return Task.FromResult(new DescribeLogGroupsResponse
        {
            LogGroups = fits ? [new LogGroupSummary { LogGroupName = LogNames.Group, Arn = arn + ":*", LogGroupArn = arn, CreationTime = 0 }] : [],
        });
    }
}
