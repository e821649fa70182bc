using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Rekindle.Server.Protocol;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>How often a key may ask.</summary>
public sealed class RequestRatesTests
{
    [Fact]
    public void After_a_pause_a_second_of_requests_may_come_at_once_and_then_evenly()
    {
        var time = new FakeTimeProvider();
        var rates = new RequestRates(time);
        var key = Key(4);
        Assert.Equal([true, true, true, true, false, false], Ask(rates, key, 6));
        time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal([true, false], Ask(rates, key, 2));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal([true, true, true, true, false], Ask(rates, key, 5));
    }

    [Fact]
    public void A_rate_below_one_is_a_request_every_few_seconds()
    {
        var time = new FakeTimeProvider();
        var rates = new RequestRates(time);
        var key = Key(0.1);
        Assert.Equal([true, false], Ask(rates, key, 2));
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(rates.Admits(key));
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(rates.Admits(key));
    }

    [Fact]
    public void Keys_have_accounts_of_their_own_also_when_they_say_the_same()
    {
        var rates = new RequestRates(new FakeTimeProvider());
        var (one, same) = (Key(1), Key(1));
        Assert.Equal([true, false], Ask(rates, one, 2));
        Assert.Equal([true, false], Ask(rates, same, 2));
    }

    [Fact]
    public void Without_a_rate_or_a_key_nothing_is_bounded()
    {
        var rates = new RequestRates(new FakeTimeProvider());
        Assert.All(Ask(rates, Key(null), 1000), Assert.True);
        Assert.All(Ask(rates, null, 1000), Assert.True);
    }

    /// <summary>Whatever the pauses are, no more than the rate and one burst come through.</summary>
    [Fact]
    public void No_interval_holds_more_than_its_share_and_one_burst() =>
        Gen.Select(Gen.Double[0.5, 50], Gen.Int[0, 400].Array[1, 200]).Sample((rate, pauses) =>
        {
            var time = new FakeTimeProvider();
            var (rates, key) = (new RequestRates(time), Key(rate));
            var elapsed = 0.0;
            var admitted = 0;
            foreach (var pause in pauses)
            {
                time.Advance(TimeSpan.FromMilliseconds(pause));
                elapsed += pause / 1000.0;
                if (rates.Admits(key)) admitted++;
                Assert.True(admitted <= Math.Max(1, Math.Floor(rate)) + (elapsed * rate) + 1e-6);
            }
        });

    [Fact]
    public async Task Every_door_says_in_its_own_words_that_requests_come_too_often()
    {
        var keys = new Dictionary<string, AccessKey>
        {
            // The second request of the key would come after three hours.
            ["JSON"] = Key(0.0001),
            ["FORM"] = Key(0.0001),
            ["S3"] = Key(0.0001),
            ["FREE"] = Key(null),
        };
        await using var server = await TestServer.StartAsync(keys);
        var caller = new SignedCaller(server.Url, keys);
        (string Id, string Service, HttpMethod Method, string Body, string? Operation, string Type)[] requests =
        [
            ("JSON", "sagemaker", HttpMethod.Post, "{}", "SageMaker.ListTrainingJobs", "application/x-amz-json-1.1"),
            ("FORM", "sts", HttpMethod.Post, "Action=GetCallerIdentity&Version=2011-06-15", null, "application/x-www-form-urlencoded"),
            ("S3", "s3", HttpMethod.Get, "", null, "application/octet-stream"),
        ];
        var second = new Dictionary<string, (int Status, string Text)>();
        foreach (var (id, service, method, body, operation, type) in requests)
        {
            Assert.Equal(200, (await caller.SendAsync(id, service, method, "/", body, operation, type)).Status);
            second[id] = await caller.SendAsync(id, service, method, "/", body, operation, type);
        }

        Assert.Equal((400, "ThrottlingException"), (second["JSON"].Status, (string)JsonNode.Parse(second["JSON"].Text)!["__type"]!));
        Assert.Equal(400, second["FORM"].Status);
        Assert.Contains("<Code>Throttling</Code>", second["FORM"].Text, StringComparison.Ordinal);
        Assert.Equal(503, second["S3"].Status);
        Assert.Contains("<Code>SlowDown</Code>", second["S3"].Text, StringComparison.Ordinal);
        Assert.Equal(200, (await caller.SendAsync("FREE", "sagemaker", HttpMethod.Post, "/", "{}", "SageMaker.ListTrainingJobs")).Status);
    }

    [Fact]
    public async Task A_request_with_a_wrong_signature_takes_nothing_from_the_key()
    {
        var keys = new Dictionary<string, AccessKey> { ["ID"] = Key(0.0001) };
        await using var server = await TestServer.StartAsync(keys);
        var forger = new SignedCaller(server.Url, new Dictionary<string, AccessKey> { ["ID"] = Key(null) with { Secret = "guessed" } });
        Assert.Equal(403, (await forger.SendAsync("ID", "sagemaker", HttpMethod.Post, "/", "{}", "SageMaker.ListTrainingJobs")).Status);
        Assert.Equal(200, (await new SignedCaller(server.Url, keys).SendAsync("ID", "sagemaker", HttpMethod.Post, "/", "{}", "SageMaker.ListTrainingJobs")).Status);
    }

    private static AccessKey Key(double? rate) => new("a secret of some length", "k", AccessScope.Admin) { RequestsPerSecond = rate };

    private static bool[] Ask(RequestRates rates, AccessKey? key, int times) => [.. Enumerable.Range(0, times).Select(_ => rates.Admits(key))];
}
