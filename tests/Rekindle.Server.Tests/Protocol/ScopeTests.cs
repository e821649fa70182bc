using System.Text.Json.Nodes;
using Rekindle.Api;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>Which key may ask for what, through every door.</summary>
public sealed class ScopeTests
{
    private static readonly Dictionary<string, AccessKey> Keys = new()
    {
        ["READ"] = new("secret of the one who looks", "board", AccessScope.Read),
        ["RUN"] = new("secret of the one who works", "ci", AccessScope.Run),
        ["ADMIN"] = new("secret of the one who may do all", "root", AccessScope.Admin),
    };

    private static readonly string[] Working = ["Create", "Stop", "Interrupt", "Update", "AddTags", "DeleteTags"];
    private static readonly string[] Logs =
        ["Logs_20140328.DescribeLogGroups", "Logs_20140328.DescribeLogStreams", "Logs_20140328.GetLogEvents", "Logs_20140328.FilterLogEvents"];
    private static readonly string[] Owning = ["DeleteHyper", "DeleteTraining", "Import"];

    [Fact]
    public async Task Every_operation_asks_for_the_scope_that_its_name_tells()
    {
        await using var server = await TestServer.StartAsync(Keys);
        var caller = new SignedCaller(server.Url, Keys);
        foreach (var target in OperationTable.ByTarget.Keys.Concat(OperationTable.ExtensionsByTarget.Keys).Concat(Logs))
        {
            var name = target[(target.IndexOf('.', StringComparison.Ordinal) + 1)..];
            var needed = Owning.Any(begin => name.StartsWith(begin, StringComparison.Ordinal)) ? AccessScope.Admin
                : Working.Any(begin => name.StartsWith(begin, StringComparison.Ordinal)) ? AccessScope.Run
                : AccessScope.Read;
            foreach (var (id, key) in Keys)
            {
                // The body is none: whoever is let in hears of that instead.
                var (status, text) = await caller.SendAsync(id, target.StartsWith("Logs", StringComparison.Ordinal) ? "logs" : "sagemaker", HttpMethod.Post, "/", "[]", target);
                var error = JsonNode.Parse(text)!;
                Assert.Equal((target, id, 400, key.Allows(needed) ? "SerializationException" : "AccessDeniedException"), (target, id, status, (string)error["__type"]!));
                if (!key.Allows(needed)) Assert.Contains($"assumed-role/rekindle/{key.Name} is not authorized to perform: ", (string)error["message"]!, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_refusal_says_who_what_and_which_scope()
    {
        await using var server = await TestServer.StartAsync(Keys);
        var caller = new SignedCaller(server.Url, Keys);
        var (_, text) = await caller.SendAsync("READ", "sagemaker", HttpMethod.Post, "/", "{}", "SageMaker.CreateTrainingJob");
        Assert.Equal(
            "User: arn:aws:sts::000000000000:assumed-role/rekindle/board is not authorized to perform: sagemaker:CreateTrainingJob because the scope of the access key is 'read' and this needs 'run'",
            (string)JsonNode.Parse(text)!["message"]!);
    }

    /// <summary>In this order, so that each finds what it is about.</summary>
    [Fact]
    public async Task Objects_are_read_written_and_their_buckets_deleted_as_the_scope_says()
    {
        await using var server = await TestServer.StartAsync(Keys);
        var caller = new SignedCaller(server.Url, Keys);
        (string Method, string Target, AccessScope Needed)[] requests =
        [
            ("PUT", "/bucket", AccessScope.Run), ("PUT", "/bucket/key", AccessScope.Run), ("GET", "/bucket/key", AccessScope.Read),
            ("HEAD", "/bucket/key", AccessScope.Read), ("HEAD", "/bucket", AccessScope.Read), ("GET", "/bucket", AccessScope.Read),
            ("GET", "/bucket?list-type=2", AccessScope.Read), ("GET", "/bucket?location", AccessScope.Read), ("GET", "/bucket?uploads", AccessScope.Read),
            ("GET", "/bucket?versioning", AccessScope.Read), ("GET", "/?x-id=ListBuckets", AccessScope.Read), ("POST", "/bucket/key?uploads", AccessScope.Run),
            ("DELETE", "/bucket/key", AccessScope.Run), ("DELETE", "/bucket", AccessScope.Admin),
        ];
        foreach (var (method, target, needed) in requests)
        {
            foreach (var (id, key) in Keys)
            {
                var (status, text) = await caller.SendAsync(id, "s3", new HttpMethod(method), target, "");
                var isAllowed = key.Allows(needed);
                Assert.True(isAllowed == (status != 403), $"{id} {method} {target}: {status} {text}");
                if (isAllowed) Assert.True(status is 200 or 204 or 409, $"{id} {method} {target}: {status} {text}");
                else if (method != "HEAD") Assert.Contains("<Code>AccessDenied</Code>", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Many_deletions_and_parts_of_uploads_are_writing()
    {
        await using var server = await TestServer.StartAsync(Keys);
        var caller = new SignedCaller(server.Url, Keys);
        foreach (var (method, target) in new[] { ("POST", "/b?delete"), ("PUT", "/b/k?partNumber=1&uploadId=x"), ("POST", "/b/k?uploadId=x"), ("DELETE", "/b/k?uploadId=x") })
        {
            Assert.Equal(403, (await caller.SendAsync("READ", "s3", new HttpMethod(method), target, "")).Status);
            var (status, text) = await caller.SendAsync("RUN", "s3", new HttpMethod(method), target, "");
            Assert.True(status is 400 or 404, $"{method} {target}: {status} {text}");
        }
    }

    [Fact]
    public async Task The_caller_is_told_the_name_of_the_key_and_never_its_secret()
    {
        await using var server = await TestServer.StartAsync(Keys);
        var caller = new SignedCaller(server.Url, Keys);
        foreach (var (id, key) in Keys)
        {
            var (status, text) = await caller.SendAsync(
                id, "sts", HttpMethod.Post, "/", "Action=GetCallerIdentity&Version=2011-06-15", contentType: "application/x-www-form-urlencoded");
            Assert.Equal(200, status);
            Assert.Contains($"<Arn>arn:aws:sts::000000000000:assumed-role/rekindle/{key.Name}</Arn>", text, StringComparison.Ordinal);
            Assert.DoesNotContain(key.Secret, text, StringComparison.Ordinal);
        }
    }
}
