namespace Rekindle.Feeder;

/// <summary>Names in an execution's folder by which the server and the feeder understand each other.</summary>
internal static class FeedFiles
{
    /// <summary>What to feed; see <see cref="FeedPlan"/>. Its presence says that the execution has a feeder.</summary>
    public const string Plan = "feed";

    /// <summary>The claim of the one feeder: boot and the feeder's line of /proc.</summary>
    public const string Claim = "feeder";

    /// <summary>Why the feeder can't go on: <see cref="DataAtFault"/> or another word, a line end, a sentence.</summary>
    public const string Failure = "feed-failed";

    /// <summary>The feeder saw the end of the execution: it never left the program alone.</summary>
    public const string Done = "fed";

    /// <summary>What the feeder's runtime had to say, if anything.</summary>
    public const string Errors = "feeder-errors";

    public const string DataAtFault = "data";

    public const string MachineAtFault = "machine";

    /// <summary>The tree that the program sees as /opt/ml.</summary>
    public const string Tree = "opt-ml";

    /// <summary>The FIFO of one epoch of a channel.</summary>
    public static string FifoOf(string channel, long epoch) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{channel}_{epoch}");
}
