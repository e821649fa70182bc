namespace Rekindle.Server.TuningJobs;

/// <summary>Amazon resource names of jobs. They are lower case whatever the spelling of the name.</summary>
internal static class Arn
{
    public static string ForTuningJob(string region, string account, string name) =>
        $"arn:aws:sagemaker:{region}:{account}:hyper-parameter-tuning-job/{name.ToLowerInvariant()}";

    public static string ForTrainingJob(string region, string account, string name) =>
        $"arn:aws:sagemaker:{region}:{account}:training-job/{name.ToLowerInvariant()}";

    /// <summary>A training job lives in the region and account of its tuning job.</summary>
    public static string ForTrainingJob(string tuningJobArn, string name) =>
        tuningJobArn.Split(':') is [_, _, _, var region, var account, ..]
            ? ForTrainingJob(region, account, name)
            : throw new ArgumentException($"'{tuningJobArn}' is not the ARN of a tuning job.", nameof(tuningJobArn));
}
