using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// Names the training jobs of a tuning job as SageMaker does: name, launch index, eight hexadecimal digits. The digits are derived, so
/// that launching again after a crash names the same training job; they contain the creation time, so that a name used again after a
/// deletion gives other training jobs.
/// </summary>
internal static class TrainingJobName
{
    public static string For(TuningJob job, int launchIndex)
    {
        var identity = string.Create(
            CultureInfo.InvariantCulture, $"{job.Arn}|{job.CreationTime.ToUnixTimeMilliseconds()}|{job.Id}|{launchIndex}");
        var digits = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 4));
        return string.Create(CultureInfo.InvariantCulture, $"{job.Name}-{launchIndex:000}-{digits}");
    }
}
