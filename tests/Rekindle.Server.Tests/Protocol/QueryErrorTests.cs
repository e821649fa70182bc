using System.Xml.Linq;
using Rekindle.Api;
using Rekindle.Server.Protocol.Query;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>How services of the query protocol refuse whom they don't know or don't let in: clients compare the codes.</summary>
public sealed class QueryErrorTests
{
    private static readonly Dictionary<string, AccessKey> Keys = new()
    {
        ["READ"] = new("secret of the one who looks", "board", AccessScope.Read),
    };

    [Theory]
    [InlineData("AKIA", "another secret", "MissingAuthenticationToken", 403)]
    [InlineData("BAD", "another secret", "InvalidClientTokenId", 403)]
    [InlineData("READ", "another secret", "SignatureDoesNotMatch", 403)]
    public async Task Who_is_not_known_is_refused_by_the_codes_of_the_protocol(string id, string secret, string code, int status)
    {
        await using var server = await TestServer.StartAsync(Keys);
        var signed = new SignedCaller(server.Url, new Dictionary<string, AccessKey> { [id] = new(secret, "x", AccessScope.Admin) });
        var answer = code == "MissingAuthenticationToken" ? await UnsignedAsync(server, null) : await SendAsync(signed, id, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
        Assert.Equal((status, code), answer);
    }

    [Fact]
    public async Task A_signature_that_lacks_its_parts_is_incomplete()
    {
        await using var server = await TestServer.StartAsync(Keys);
        Assert.Equal((403, "IncompleteSignature"), await UnsignedAsync(server, "AWS4-HMAC-SHA256 Credential=READ"));
    }

    /// <summary>All that the check of a signature and of a scope may say.</summary>
    [Theory]
    [InlineData(ErrorCode.AccessDeniedException, "AccessDenied", 403)]
    [InlineData(ErrorCode.MissingAuthenticationTokenException, "MissingAuthenticationToken", 403)]
    [InlineData(ErrorCode.IncompleteSignatureException, "IncompleteSignature", 403)]
    [InlineData(ErrorCode.UnrecognizedClientException, "InvalidClientTokenId", 403)]
    [InlineData(ErrorCode.InvalidSignatureException, "SignatureDoesNotMatch", 403)]
    [InlineData(ErrorCode.RequestExpired, "RequestExpired", 400)]
    public void Refusals_have_names_of_the_protocol(ErrorCode code, string name, int status) =>
        Assert.Equal((name, status), (QueryErrors.NameOf(code), QueryErrors.StatusOf(code)));

    private static async Task<(int Status, string Code)> SendAsync(SignedCaller caller, string id, string service, string form)
    {
        var (status, text) = await caller.SendAsync(id, service, HttpMethod.Post, "/", form, contentType: "application/x-www-form-urlencoded");
        return (status, CodeOf(text));
    }

    private static async Task<(int Status, string Code)> UnsignedAsync(TestServer server, string? authorization)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url)
        {
            Content = new StringContent("Action=GetCallerIdentity&Version=2011-06-15", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, CodeOf(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    private static string CodeOf(string xml) => XElement.Parse(xml).Descendants().Single(element => element.Name.LocalName == "Code").Value;
}
