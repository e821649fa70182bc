using Rekindle.Feeder;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Feeding;

/// <summary>Makes ready what a program and its feeder will find. Repeating it writes the same again.</summary>
internal static class FeedSetup
{
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Writes the plan, and makes each channel's first FIFO: the program may look for it before the feeder is up.</summary>
    /// <param name="folder">The execution's folder; its program has not run yet.</param>
    /// <param name="job">The tree in it that the program sees.</param>
    /// <param name="channels">The channels; without any, there is nothing to do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static void Write(
        string folder, JobFolder job, IReadOnlyList<(FedChannel Channel, IReadOnlyList<FedPiece> Pieces)> channels, CancellationToken cancellationToken)
    {
        if (channels.Count == 0) return;
        using (var fifos = FifoFolder.Open(folder))
        {
            foreach (var (channel, _) in channels)
            {
                var name = FeedFiles.FifoOf(channel.Name, 0);
                fifos.Make(name);
                File.SetUnixFileMode(Path.Combine(job.InputData, name), ForAll);
            }
        }

        var draft = Path.Combine(folder, $"{FeedFiles.Plan}.{Guid.NewGuid():N}");
        FeedPlan.Write(draft, channels, cancellationToken);
        File.Move(draft, Path.Combine(folder, FeedFiles.Plan), overwrite: true);
    }
}
