namespace Rekindle.Api.Shapes;

/// <summary>
/// The regular expressions of the AWS model, in its own notation since error messages show them. A value has to match as a whole.
/// </summary>
public static class Patterns
{
    /// <summary>Name of a tuning job.</summary>
    public const string TuningJobName = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}";

    /// <summary>Any text without a line break.</summary>
    public const string AnyLine = ".*";

    /// <summary>Part of a name to look for.</summary>
    public const string NameContains = @"[a-zA-Z0-9\-]+";

    /// <summary>Name of a training job definition.</summary>
    public const string DefinitionName = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}";

    /// <summary>Name of a training job.</summary>
    public const string TrainingJobName = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}";

    /// <summary>Any text without a line break, not empty.</summary>
    public const string SomeLine = ".+";

    /// <summary>Name of an environment variable.</summary>
    public const string EnvironmentKey = "[a-zA-Z_][a-zA-Z0-9_]*";

    /// <summary>Any text, line breaks included.</summary>
    public const string Anything = @"[\S\s]*";

    /// <summary>Identifier of a key; may be empty.</summary>
    public const string KmsKeyId = "[a-zA-Z0-9:/_-]*";

    /// <summary>Name of an input channel.</summary>
    public const string ChannelName = @"[A-Za-z0-9\.\-_]+";

    /// <summary>Address of an object, a prefix or a manifest.</summary>
    public const string S3Uri = "(https|s3)://([^/]+)/?(.*)";

    /// <summary>Identifier of a file system.</summary>
    public const string FileSystemId = "(fs-[0-9a-f]{8,})";

    /// <summary>Identifier of a security group or subnet.</summary>
    public const string VpcId = "[-0-9a-zA-Z]+";

    /// <summary>Name of a label that groups training jobs.</summary>
    public const string ExperimentName = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,119}";

    /// <summary>Key or value of a tag.</summary>
    public const string TagText = @"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)";

    /// <summary>Namespace of metrics.</summary>
    public const string MetricNamespace = "[^:].*";

    /// <summary>Name of a log group.</summary>
    public const string LogGroupName = @"[\.\-_/#A-Za-z0-9]+";

    /// <summary>Name of a log stream.</summary>
    public const string LogStreamName = "[^:*]*";

    /// <summary>ARN of a tuning job.</summary>
    public const string TuningJobArn = @"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:hyper-parameter-tuning-job/.*";

    /// <summary>ARN of a training job.</summary>
    public const string TrainingJobArn = @"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:training-job/[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}";

    /// <summary>ARN of an IAM role.</summary>
    public const string RoleArn = @"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+";

    /// <summary>Name of an algorithm resource, or its ARN.</summary>
    public const string ArnOrName = @"(arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:[a-z\-]*\/)?([a-zA-Z0-9]([a-zA-Z0-9-]){0,62})(?<!-)";

    /// <summary>ARN of a data set in a hub.</summary>
    public const string DatasetArn =
        @"(arn:[a-z0-9-\.]{1,63}:sagemaker:\w+(?:-\w+)+:(\d{12}|aws):hub-content\/)" +
        @"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}\/DataSet\/[a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}(\/\d{1,4}.\d{1,4}.\d{1,4})?";

    /// <summary>ARN of reserved capacity.</summary>
    public const string TrainingPlanArn = @"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:training-plan/.*";

    /// <summary>ARN of a Lambda function.</summary>
    public const string LambdaFunctionArn = @"arn:[\p{Alnum}\-]+:lambda:[\p{Alnum}\-]+:[0-9]{12}:function:.*";

    /// <summary>ARN of a labeling job.</summary>
    public const string LabelingJobArn = @"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:labeling-job/.*";

    /// <summary>ARN of an AutoML job.</summary>
    public const string AutoMLJobArn = @"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:automl-job/.*";

    /// <summary>ARN of a registered model.</summary>
    public const string ModelPackageArn = @"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]{9,16}:[0-9]{12}:model-package/[\S]{1,2048}";

    /// <summary>ARN of a processing job.</summary>
    public const string ProcessingJobArn =
        @"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:processing-job/[a-zA-Z0-9](-*[a-zA-Z0-9])" +
        "{0,62}";

    /// <summary>ARN of a model in a hub.</summary>
    public const string BaseModelArn =
        @"(arn:[a-z0-9-\.]{1,63}:sagemaker:\w+(?:-\w+)+:(\d{12}|aws):hub-content\/)" +
        @"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}\/Model\/[a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}(\/\d{1,4}.\d{1,4}.\d{1,4})?";

    /// <summary>ARN of an MLflow server.</summary>
    public const string MlflowArn = @"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:mlflow-[a-zA-Z-]*/.*";

    /// <summary>ARN of a group of registered models.</summary>
    public const string ModelPackageGroupArn = @"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]{9,16}:[0-9]{12}:model-package-group/[\S]{1,2048}";

    /// <summary>ARN of anything that carries tags.</summary>
    public const string ResourceArn = "arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:.+";

    /// <summary>Address of a local file or folder: our own addition to <see cref="S3Uri"/>, never shown in messages.</summary>
    public const string FileUri = "file:///.*";
}
