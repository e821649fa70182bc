namespace Rekindle.Api.Shapes;

/// <summary>Labels that group training jobs in the AWS console. Kept and shown, not acted upon.</summary>
public sealed record ExperimentConfig
{
    /// <summary>First label.</summary>
    [Length(1, 120), Pattern(Patterns.ExperimentName)]
    public string? ExperimentName { get; init; }

    /// <summary>Second label.</summary>
    [Length(1, 120), Pattern(Patterns.ExperimentName)]
    public string? TrialName { get; init; }

    /// <summary>Shown name.</summary>
    [Length(1, 120), Pattern(Patterns.ExperimentName)]
    public string? TrialComponentDisplayName { get; init; }

    /// <summary>Name of the run.</summary>
    [Length(1, 120), Pattern(Patterns.ExperimentName)]
    public string? RunName { get; init; }
}

/// <summary>Session tags for the role. Accepted, not acted upon.</summary>
public sealed record SessionChainingConfig
{
    /// <summary>Whether session tags are passed on.</summary>
    public bool? EnableSessionTagChaining { get; init; }
}

/// <summary>Customization of a foundation model without machines of one's own. Kept and shown, not acted upon.</summary>
public sealed record ServerlessJobConfig
{
    /// <summary>Model to customize.</summary>
    [Required, Length(1, 2048), Pattern(Patterns.BaseModelArn)]
    public string? BaseModelArn { get; init; }

    /// <summary>Whether the license is accepted.</summary>
    public bool? AcceptEula { get; init; }

    /// <summary>Fine-tuning or evaluation.</summary>
    [Required, OneOf("FineTuning | Evaluation")]
    public string? JobType { get; init; }

    /// <summary>How the model is customized.</summary>
    [OneOf("SFT | DPO | RLVR | RLAIF")]
    public string? CustomizationTechnique { get; init; }

    /// <summary>Parameter-efficient method.</summary>
    [OneOf("LORA")]
    public string? Peft { get; init; }

    /// <summary>How the model is evaluated.</summary>
    [OneOf("LLMAJEvaluation | CustomScorerEvaluation | BenchmarkEvaluation")]
    public string? EvaluationType { get; init; }

    /// <summary>Who evaluates.</summary>
    [Pattern(Patterns.AnyLine)]
    public string? EvaluatorArn { get; init; }
}

/// <summary>An MLflow server to log to. Kept and shown, not acted upon.</summary>
public sealed record MlflowConfig
{
    /// <summary>ARN of the MLflow server.</summary>
    [Required, Length(0, 2048), Pattern(Patterns.MlflowArn)]
    public string? MlflowResourceArn { get; init; }

    /// <summary>Experiment on the MLflow server.</summary>
    [Length(1, 256), Pattern(Patterns.AnyLine)]
    public string? MlflowExperimentName { get; init; }

    /// <summary>Run on the MLflow server.</summary>
    [Length(1, 256), Pattern(Patterns.AnyLine)]
    public string? MlflowRunName { get; init; }
}

/// <summary>Model registry to register the result in. Kept and shown, not acted upon.</summary>
public sealed record ModelPackageConfig
{
    /// <summary>Group the model is registered in.</summary>
    [Required, Length(1, 2048), Pattern(Patterns.ModelPackageGroupArn)]
    public string? ModelPackageGroupArn { get; init; }

    /// <summary>Registered model training starts from.</summary>
    [Length(1, 2048), Pattern(Patterns.ModelPackageArn)]
    public string? SourceModelPackageArn { get; init; }
}
