using System.Text.Json;
using Rekindle.Server.Operations.Searching;
using TrainingJobSearchEntity = Rekindle.Api.Shapes.TrainingJob;

namespace Rekindle.Server.Tests.Operations;

public sealed class SearchOrderTests
{
    [Fact]
    public void A_very_long_text_still_fits_into_the_token_of_a_page()
    {
        var text = new string('x', 100_000);
        using var record = JsonDocument.Parse($$"""{"FailureReason":"{{text}}"}""");
        var order = SearchOrder.Of(SearchedProperty.Of(typeof(TrainingJobSearchEntity), "FailureReason"), record.RootElement, "job", 1);
        Assert.Equal(256, order.Text!.Length);
    }

    [Fact]
    public void Jobs_that_share_name_and_value_have_an_order_of_their_own()
    {
        var (first, second) = (new SearchOrder(1, null, "job", 1), new SearchOrder(1, null, "job", 2));
        foreach (var compare in new[] { SearchOrder.Comparing(descending: true), SearchOrder.Comparing(descending: false) })
        {
            Assert.True(compare(first, second) < 0);
            Assert.True(compare(second, first) > 0);
        }
    }
}
