using System.Globalization;
using Rekindle.Api.Shapes;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Operations;

/// <summary>
/// How a request asks for a recursive warm start: by a tag, since AWS's shapes have no place for it and its clients refuse members they do
/// not know. What counts is the tag at creation.
/// </summary>
internal static class RecursiveDepth
{
    public const string Key = "rekindle:recursive-depth";

    /// <summary>The depth; null when the tag says none.</summary>
    public static int? Of(CreateHyperParameterTuningJobRequest request) => Said(request) is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var depth) && depth <= Ancestry.DeepestDepth ? depth
        : null;

    public static Violation? Check(CreateHyperParameterTuningJobRequest request) => Of(request) is null
        ? new Violation(
            nameof(RecursiveDepth),
            "tags",
            $"The value of the tag {Key} is '{Said(request)}'. It must be a whole number from 0 to {Ancestry.DeepestDepth}.")
        : null;

    private static string? Said(CreateHyperParameterTuningJobRequest request) => request.Tags?.FirstOrDefault(tag => tag.Key == Key)?.Value;
}
