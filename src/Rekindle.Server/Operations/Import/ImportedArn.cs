using System.Text.RegularExpressions;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations.Import;

/// <summary>ARNs of imported jobs: the ones they had, where these fit their names.</summary>
internal static partial class ImportedArn
{
    /// <summary>The tuning job's own ARN; with its new name when it gets one; made anew when it has none that fits its name.</summary>
    public static string OfTuningJob(string? given, string givenName, string name, RequestContext context)
    {
        if (given is null || !Fits(given, "hyper-parameter-tuning-job", givenName))
        {
            return Arn.ForTuningJob(context.Region, context.Account, name);
        }

        return $"{given[..given.IndexOf('/', StringComparison.Ordinal)]}/{name}".ToLowerInvariant();
    }

    public static string OfTrainingJob(string? given, string name, string tuningJobArn) =>
        given is not null && Fits(given, "training-job", name) ? given.ToLowerInvariant() : Arn.ForTrainingJob(tuningJobArn, name);

    private static bool Fits(string arn, string kind, string name) =>
        Form().IsMatch(arn) && arn.EndsWith($":{kind}/{name}", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:[a-z\-]+/[a-zA-Z0-9\-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
