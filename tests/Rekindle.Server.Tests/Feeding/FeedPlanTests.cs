using Rekindle.Feeder;

namespace Rekindle.Server.Tests.Feeding;

public sealed class FeedPlanTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-plan-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_plan_is_read_as_it_was_written()
    {
        var first = new FedChannel { Name = "train", Gunzip = true, Seed = -7, GroupSize = 2 };
        var second = new FedChannel { Name = "test", Wrap = true };
        var pieces = new[] { new FedPiece("a", "/x/\u00e4 b", []), new FedPiece("b", null, [0, 200, 10]), new FedPiece("c", "/y", []), new FedPiece("d", null, []) };

        var read = Stored((first, pieces), (second, pieces[..1]));

        Assert.Equal(
            [("train", true, false, -7L, 2, 2), ("test", false, true, null, 1, 1)],
            read.Select(channel => (channel.Name, channel.Gunzip, channel.Wrap, channel.Seed, channel.GroupSize, channel.Groups)));
        Assert.Equal(Texts(pieces[..1]), Texts(read[1].PiecesOf(3)));
        Assert.Equal(Texts(pieces).Order(), Texts(read[0].PiecesOf(0)).Order());
    }

    [Fact]
    public void Without_a_seed_every_epoch_has_the_given_order()
    {
        var channel = Assert.Single(Stored((new FedChannel { Name = "train" }, Pieces(50))));
        Assert.Equal(Texts(Pieces(50)), Texts(channel.PiecesOf(0)));
        Assert.Equal(Texts(Pieces(50)), Texts(channel.PiecesOf(1)));
    }

    [Fact]
    public void With_a_seed_each_epoch_has_an_order_of_its_own_that_comes_again()
    {
        var orders = new HashSet<string>();
        foreach (var seed in new long[] { 0, 1, -1, long.MaxValue, long.MinValue })
        {
            var channel = Assert.Single(Stored((new FedChannel { Name = "train", Seed = seed }, Pieces(50))));
            foreach (var epoch in new long[] { 0, 1, 2, 1_000_000 })
            {
                var order = Texts(channel.PiecesOf(epoch));
                Assert.Equal(order, Texts(channel.PiecesOf(epoch)));
                Assert.Equal(Texts(Pieces(50)).Order(), order.Order());
                Assert.True(orders.Add(string.Join(' ', order)));
            }
        }
    }

    [Fact]
    public void What_belongs_together_stays_together()
    {
        var channel = Assert.Single(Stored((new FedChannel { Name = "train", Seed = 4, GroupSize = 2 }, Pieces(100))));
        var order = channel.PiecesOf(0).Select(piece => int.Parse(piece.Name, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.NotEqual(Enumerable.Range(0, 100), order);
        Assert.All(order.Chunk(2), pair => Assert.True(pair[0] % 2 == 0 && pair[1] == pair[0] + 1));
    }

    /// <summary>Every order of four, as often as the others: 24 orders, 24,000 epochs, five standard deviations.</summary>
    [Fact]
    public void No_order_is_favoured()
    {
        var counts = Enumerable.Range(0, 24_000).CountBy(epoch => string.Join(',', EpochOrder.Of(11, epoch, 4))).ToList();
        Assert.Equal(24, counts.Count);
        Assert.All(counts, count => Assert.InRange(count.Value, 1000 - 155, 1000 + 155));
    }

    private List<StoredChannel> Stored(params (FedChannel, IReadOnlyList<FedPiece>)[] channels)
    {
        var path = Path.Combine(_folder, "feed");
        FeedPlan.Write(path, channels, CancellationToken.None);
        return [.. FeedPlan.Read(path)];
    }

    private static FedPiece[] Pieces(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new FedPiece(i.ToString(System.Globalization.CultureInfo.InvariantCulture), $"/o/{i}", []))];

    private static List<string> Texts(IEnumerable<FedPiece> pieces) =>
        [.. pieces.Select(piece => $"{piece.Name}:{piece.Path}:{Convert.ToHexString(piece.Text)}")];
}
