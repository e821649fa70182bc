using System.CommandLine;

namespace Rekindle.Cli.Commands;

/// <summary>The job a command is about.</summary>
internal static class JobArgument
{
    public static Argument<string> TuningJob() => new("JOB") { Description = "Name of the tuning job" };

    public static Argument<string> TrainingJob() => new("TRAININGJOB") { Description = "Name of the training job" };
}
