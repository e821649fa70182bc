using System.Text;
using System.Text.Json.Nodes;

namespace Rekindle.Api.Tests;

/// <summary>Requests as the SageMaker Python SDK sends them.</summary>
public sealed class SdkRequestTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Data", "sdk_requests.jsonl"));

    public static IEnumerable<TheoryDataRow<int>> Numbers => Enumerable.Range(0, Lines.Length).Select(number => new TheoryDataRow<int>(number));

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Comes_back_as_it_was_sent_and_breaks_no_rule(int number)
    {
        var line = JsonNode.Parse(Lines[number])!;
        var target = (string)line["target"]!;
        var operation = OperationTable.ByTarget[target];
        var request = ApiJson.Deserialize(Encoding.UTF8.GetBytes(line["body"]!.ToJsonString()), operation.Request);
        Assert.Empty(ShapeCheck.Violations(request));
        var again = JsonNode.Parse(ApiJson.Serialize(request));
        Assert.True(JsonNode.DeepEquals(line["body"], again), $"sent {line["body"]}\nread {again}");
    }

    [Fact]
    public void All_are_there() => Assert.Equal(25, Lines.Length);
}
