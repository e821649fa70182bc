using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs.WarmStart;

internal static partial class WarmStartRules
{
    /// <summary>Channels that carry the user's script and its launcher: the client uploads them anew for every tuning job.</summary>
    private static readonly string[] ScriptChannels = ["code", "sm_drivers"];

    private static IEnumerable<Violation> SameDataAndAlgorithm(WarmStartRequest request) =>
        request.Options.SameDataAndAlgorithm == SameDataAndAlgorithmMode.Enforce ? DataAndAlgorithmDifferences(request) : [];

    private static IEnumerable<Violation> DataAndAlgorithmDifferences(WarmStartRequest request)
    {
        if (request.Child.WarmStart != WarmStartKind.IdenticalDataAndAlgorithm)
        {
            yield break;
        }

        foreach (var parent in request.Found)
        {
            var (current, before) = (request.Child.Training, parent.Definition.Training);
            if (Repository(current.Image) != Repository(before.Image))
            {
                yield return new(
                    nameof(SameDataAndAlgorithm),
                    "trainingJobDefinition.algorithmSpecification.trainingImage",
                    $"The training image is {current.Image}, and the parent tuning job {parent.Name} has {before.Image}. The warm start type "
                    + "IdenticalDataAndAlgorithm needs the same algorithm; for another one use TransferLearning.");
            }

            var (channels, channelsBefore) = (DataChannels(current), DataChannels(before));
            var different = channels.Except(channelsBefore).Union(channelsBefore.Except(channels)).Select(channel => channel.Name)
                .Distinct().Order(StringComparer.Ordinal).ToList();
            if (different.Count > 0)
            {
                var sources = different.Select(name => $"{name}: {SourceOf(channels, name)} instead of {SourceOf(channelsBefore, name)}");
                yield return new(
                    nameof(SameDataAndAlgorithm),
                    "trainingJobDefinition.inputDataConfig",
                    $"The input data differ from the parent tuning job {parent.Name} in the channels "
                    + $"{ListOf(sources)}. The warm start type "
                    + "IdenticalDataAndAlgorithm needs the same input data; for other data use TransferLearning.");
            }
        }
    }

    /// <summary>The image without tag and digest: a new version may come with better logs only.</summary>
    private static string Repository(string image)
    {
        var name = image.Split('@')[0];
        var tag = name.LastIndexOf(':');
        return tag > name.LastIndexOf('/') ? name[..tag] : name;
    }

    /// <summary>What data a channel reads; its format may change with the image's version.</summary>
    private static List<(string Name, string S3Uri, string S3DataType)> DataChannels(TrainingDefinition definition) =>
    [
        .. from channel in definition.Channels
           where !ScriptChannels.Contains(channel.Name)
           select (channel.Name, channel.S3Uri, channel.S3DataType),
    ];

    private static string SourceOf(List<(string Name, string S3Uri, string S3DataType)> channels, string name) =>
        channels.Find(channel => channel.Name == name) is { S3Uri: { } uri, S3DataType: { } type }
            ? type == "S3Prefix" ? uri : $"{uri} ({type})"
            : "none";
}
