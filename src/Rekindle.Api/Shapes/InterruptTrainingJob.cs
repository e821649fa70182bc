namespace Rekindle.Api.Shapes;

/// <summary>Asks to interrupt managed spot training that runs.</summary>
public sealed record InterruptTrainingJobRequest
{
    /// <summary>Name of a training job with <c>EnableManagedSpotTraining</c>.</summary>
    [Required, Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? TrainingJobName { get; init; }
}

/// <summary>The program is told to end; then the training job waits to be started again.</summary>
public sealed record InterruptTrainingJobResponse
{
    /// <summary>Name of the training job.</summary>
    [Required]
    public string? TrainingJobName { get; init; }

    /// <summary>Whether it has a <c>CheckpointConfig</c>, so that the next program can go on where this one ended.</summary>
    [Required]
    public bool? HasCheckpoints { get; init; }
}
