using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Rekindle.Server.Operations;

namespace Rekindle.Server.Tests.Operations;

public sealed class AnswerCacheTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Counting _operation = new();
    private readonly AnswerCache _cache;
    private long _revision;

    public AnswerCacheTests() => _cache = new AnswerCache(() => _revision, _time);

    [Fact]
    public async Task An_answer_is_given_again_while_no_row_changes()
    {
        Assert.Equal("1", await AskAsync("{}"));
        Assert.Equal("1", await AskAsync("{}"));
        Assert.Equal("2", await AskAsync("{ }"));
    }

    [Fact]
    public async Task A_change_of_the_rows_is_seen_at_once()
    {
        _ = await AskAsync("{}");
        _revision++;
        Assert.Equal("2", await AskAsync("{}"));
    }

    [Fact]
    public async Task What_was_read_around_a_change_is_not_given_again()
    {
        _operation.Meanwhile = () => _revision++;
        _ = await AskAsync("{}");
        _operation.Meanwhile = null;
        Assert.Equal("2", await AskAsync("{}"));
    }

    [Fact]
    public async Task After_a_second_time_itself_has_changed_the_answer()
    {
        _ = await AskAsync("{}");
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal("1", await AskAsync("{}"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("2", await AskAsync("{}"));
    }

    [Fact]
    public async Task Another_region_or_account_gets_an_answer_of_its_own()
    {
        _ = await AskAsync("{}");
        Assert.Equal("2", await AskAsync("{}", new RequestContext("eu-west-1", "000000000000")));
        Assert.Equal("3", await AskAsync("{}", new RequestContext("us-east-1", "000000000001")));
    }

    [Fact]
    public async Task What_does_not_follow_from_rows_is_asked_each_time()
    {
        _operation.FollowsFromRows = false;
        _ = await AskAsync("{}");
        Assert.Equal("2", await AskAsync("{}"));
    }

    private async Task<string> AskAsync(string body, RequestContext? context = null) => Encoding.UTF8.GetString(await _cache.InvokeAsync(
        _operation, Encoding.UTF8.GetBytes(body), context ?? new RequestContext("us-east-1", "000000000000"), TestContext.Current.CancellationToken));

    private sealed class Counting : IOperation
    {
        private int _count;

        public string Target => "SageMaker.Count";

        public AccessScope Needs => AccessScope.Read;

        public bool FollowsFromRows { get; set; } = true;

        public Action? Meanwhile { get; set; }

        public Task<byte[]> InvokeAsync(ReadOnlyMemory<byte> body, RequestContext context, CancellationToken cancellationToken)
        {
            Meanwhile?.Invoke();
            return Task.FromResult(Encoding.UTF8.GetBytes((++_count).ToString(CultureInfo.InvariantCulture)));
        }
    }
}
