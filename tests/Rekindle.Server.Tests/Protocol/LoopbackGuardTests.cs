using Microsoft.AspNetCore.Http;
using Rekindle.Server.Protocol;

namespace Rekindle.Server.Tests.Protocol;

public sealed class LoopbackGuardTests
{
    [Theory]
    [InlineData("GET", null, null, null, true)]
    [InlineData("GET", "same-origin", "cors", "empty", true)]
    [InlineData("GET", "none", "navigate", "document", true)]
    [InlineData("GET", "cross-site", "navigate", "document", true)]
    [InlineData("GET", "cross-site", "no-cors", "script", false)]
    [InlineData("GET", "same-site", "no-cors", "style", false)]
    [InlineData("GET", "cross-site", "navigate", "iframe", false)]
    [InlineData("POST", "cross-site", "navigate", "document", false)]
    public void A_page_of_another_site_gets_nothing_but_a_link_may_be_followed(string method, string? site, string? mode, string? destination, bool passes)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Host) = (method, new HostString("localhost", 8970));
        foreach (var (name, value) in new[] { ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination) })
        {
            if (value is not null) request.Headers[name] = value;
        }

        Assert.Equal(passes, LoopbackGuard.Refuse(request) is null);
    }
}
