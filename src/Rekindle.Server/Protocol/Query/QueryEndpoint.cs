using System.Globalization;
using System.Xml;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Rekindle.Api;
using Rekindle.Server.Operations;
using Rekindle.Server.Protocol.S3;

namespace Rekindle.Server.Protocol.Query;

/// <summary>
/// The door of AWS's query protocol: forms in, XML out. There is as much of STS and IAM as SageMaker's own clients ask for before they
/// begin: who am I, and what is the ARN of my role. CloudWatch's operations are those of AWS JSON, in this form.
/// </summary>
internal sealed partial class QueryEndpoint(IEnumerable<IOperation> operations, RequestIdentity identity, RequestRates rates, ILogger<QueryEndpoint> log)
{
    private const int MostBytes = 256 << 10;
    private static readonly string TooLarge = string.Create(CultureInfo.InvariantCulture, $"The request body is larger than this server accepts: at most {MostBytes} bytes.");
    private const string TokenNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";
    private const string RoleNamespace = "https://iam.amazonaws.com/doc/2010-05-08/";

    private static readonly string[] Services = ["sts", "iam", "monitoring"];

    // Who calls a server without keys.
    private static readonly AccessKey Anybody = new("", "rekindle", AccessScope.Admin);

    public async Task HandleAsync(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString();
        http.Response.Headers["x-amzn-RequestId"] = requestId;
        try
        {
            var body = await ReadAsync(http.Request);
            var context = identity.Identify(http.Request, body, Services);
            if (!rates.Admits(context.Key)) throw new ApiException(ErrorCode.ThrottlingException, "Rate exceeded");
            var form = Parse(body);
            // The first two only look, so that every key is good for them.
            var xml = form.GetValueOrDefault("Action") switch
            {
                "GetCallerIdentity" => CallerIdentity(context, requestId),
                "GetRole" => Role(form, context, requestId),
                var action => await MetricsAsync(action, form, context, requestId, http.RequestAborted),
            };
            await S3Answer.XmlAsync(http, StatusCodes.Status200OK, xml);
        }
        catch (QueryRefusal refusal)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, refusal.Code, refusal.Message, requestId);
        }
        catch (ApiException refusal)
        {
            if (refusal.InnerException is { } fault) Failed(log, fault, requestId);
            await RefuseAsync(http, QueryErrors.StatusOf(refusal.Code), QueryErrors.NameOf(refusal.Code), refusal.Message, requestId);
        }
        catch (BadHttpRequestException)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "MalformedQueryString", "The request body could not be read.", requestId);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            Failed(log, problem, requestId);
            await RefuseAsync(http, StatusCodes.Status500InternalServerError, "InternalFailure", "The server failed; its log says more.", requestId);
        }
    }

    private async Task<byte[]> MetricsAsync(
        string? action, Dictionary<string, string> form, RequestContext context, string requestId, CancellationToken cancellationToken)
    {
        if (operations.FirstOrDefault(each => each.Target == MetricNames.TargetPrefix + action) is not { } operation)
        {
            throw new QueryRefusal(
                "InvalidAction",
                $"Could not find operation {action} for version {form.GetValueOrDefault("Version")}; "
                + "there are GetCallerIdentity, GetRole, GetMetricStatistics and ListMetrics.");
        }

        context.Demand(operation.Needs, $"cloudwatch:{action}");
        var answer = await operation.InvokeAsync(MetricForms.Read(form), context, cancellationToken);
        return Answer(action!, MetricForms.Namespace, requestId, xml => MetricForms.Write(xml, answer));
    }

    // As a role that was taken on, so that clients which look for their role find one.
    private static byte[] CallerIdentity(RequestContext context, string requestId) =>
        Answer("GetCallerIdentity", TokenNamespace, requestId, result =>
        {
            var caller = context.Key ?? Anybody;
            result.Add("Arn", caller.ArnIn(context.Account));
            result.Add("UserId", $"{IdOf("rekindle")}:{caller.Name}");
            result.Add("Account", context.Account);
        });

    // Roles are not kept: a name that can be one is one.
    private static byte[] Role(Dictionary<string, string> form, RequestContext context, string requestId)
    {
        var name = form.GetValueOrDefault("RoleName") ?? "";
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "+=,.@-_".Contains(c, StringComparison.Ordinal)))
        {
            throw new QueryRefusal(
                "ValidationError",
                "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+");
        }

        return Answer("GetRole", RoleNamespace, requestId, result => result.Add("Role", role =>
        {
            role.Add("Path", "/");
            role.Add("RoleName", name);
            role.Add("RoleId", IdOf(name));
            role.Add("Arn", $"arn:aws:iam::{context.Account}:role/{name}");
            role.Add("CreateDate", DateTimeOffset.UnixEpoch);
            role.Add("AssumeRolePolicyDocument", Uri.EscapeDataString(
                """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}"""));
            role.Add("MaxSessionDuration", 3600);
        }));
    }

    private static byte[] Answer(string action, string xmlNamespace, string requestId, Action<XmlWriter> result) =>
        S3Xml.Write(action + "Response", xmlNamespace, xml =>
        {
            xml.Add(action + "Result", result);
            xml.Add("ResponseMetadata", metadata => metadata.Add("RequestId", requestId));
        });

    private static Task RefuseAsync(HttpContext http, int status, string code, string message, string requestId) =>
        S3Answer.XmlAsync(http, status, S3Xml.Write("ErrorResponse", null, xml =>
        {
            xml.Add("Error", error =>
            {
                error.Add("Type", status < 500 ? "Sender" : "Receiver");
                error.Add("Code", code);
                error.Add("Message", message);
            });
            xml.Add("RequestId", requestId);
        }));

    private static string IdOf(string name) =>
        "AROA" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..17];

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        // What comes behind a refusal is not read either.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = 2 * MostBytes;
        if (request.ContentLength > MostBytes) throw new QueryRefusal("MalformedQueryString", TooLarge);
        using var bytes = new MemoryStream();
        var buffer = new byte[8 << 10];
        while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is > 0 and var read)
        {
            if (bytes.Length + read > MostBytes) throw new QueryRefusal("MalformedQueryString", TooLarge);
            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    private static Dictionary<string, string> Parse(byte[] body)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(System.Text.Encoding.UTF8.GetString(body)))
        {
            form.TryAdd(pair.DecodeName().ToString(), pair.DecodeValue().ToString());
        }

        return form;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request of the query protocol failed (request id {RequestId})")]
    private static partial void Failed(ILogger logger, Exception problem, string requestId);
}

/// <summary>A request of the query protocol is refused.</summary>
internal sealed class QueryRefusal(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
