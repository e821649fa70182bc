"""Every member of a request comes back from Describe, or is refused in words: walked through botocore's own model of the API.

Usage: round_trip.py ENDPOINT PROGRAM. Prints a line a member: ok, or what is wrong.
"""
import copy
import sys
import boto3
import botocore.exceptions

endpoint, program = sys.argv[1:3]
client = boto3.client("sagemaker", endpoint_url=endpoint)
model = client.meta.service_model

# What no rule of the model tells: values that go with those of the minimal requests below.
VALUES = {
    "ParameterKey": "x", "HyperParameterKey": "fixed", "HyperParameterValue": "1", "TrainingEnvironmentKey": "NAME", "TrainingEnvironmentValue": "value",
    "RoleArn": "arn:aws:iam::000000000000:role/tests", "AlgorithmImage": program, "MetricRegex": "score=(.*)", "MetricName": "score",
    "S3Uri": "s3://bucket/train", "ChannelName": "train", "SecurityGroupId": "sg-1", "SubnetId": "subnet-1", "KmsKeyId": "key-1",
    "TagKey": "team", "TagValue": "search", "FileSystemId": "fs-01234567", "TrainingInstanceType": "ml.m5.large", "ContentType": "text/csv",
    "TrainingPlanArn": "arn:aws:sagemaker:us-east-1:000000000000:training-plan/plan", "HyperParameterTuningJobName": "parent",
    "MlFlowResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:mlflow-app/app", "EvaluatorArn": "arn:aws:sagemaker:us-east-1:000000000000:evaluator/e",
    "ModelPackageGroupArn": "arn:aws:sagemaker:us-east-1:000000000000:model-package-group/g", "ArnOrName": "my-algorithm",
    "ModelPackageArn": "arn:aws:sagemaker:us-east-1:000000000000:model-package/g/1",
    "HubDataSetArn": "arn:aws:sagemaker:us-east-1:aws:hub-content/Hub/DataSet/name/1.0.0",
    "ServerlessJobBaseModelArn": "arn:aws:sagemaker:us-east-1:aws:hub-content/Hub/Model/name/1.0.0",
}
BY_PATH = {
    "MinValue": "1", "MaxValue": "9", "ValueHint": "3", "Values": ["a", "b"], "LocalPath": "/opt/ml/checkpoints",
    "CheckpointConfig.S3Uri": "s3://bucket/checkpoints", "S3OutputPath": "s3://bucket/output", "MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200,
    "MaxPendingTimeInSeconds": 7200, "InstanceCount": 1, "VolumeSizeInGB": 1, "MaxNumberOfTrainingJobs": 5, "RandomSeed": 7,
    "HubContentArn": "arn:aws:sagemaker:us-east-1:aws:hub-content/Hub/Model/name/1.0.0", "HyperbandStrategyConfig.MinResource": 1,
    "HyperbandStrategyConfig.MaxResource": 9, "TargetObjectiveMetricValue": 0.5, "DirectoryPath": "/data",
    "S3DataType": "S3Prefix", "Strategy": "Bayesian", "ScalingType": "Linear", "ContainerEntrypoint": [program], "Autotune.Mode": "Enabled",
    "TrainingRepositoryCredentialsProviderArn": "arn:aws:lambda:us-east-1:000000000000:function:credentials", "ParentHyperParameterTuningJobs.[].HyperParameterTuningJobName": "parent",
}

# What this server does not offer, and what its sentence must name. Anything else that is refused, and anything of these that is not, is news.
REFUSED = {"AlgorithmSpecification.AlgorithmName": "my-algorithm", ".FileSystemDataSource.": "FileSystemDataSource", ".DatasetSource.": "DatasetSource"}

# SageMaker takes it and describes it nowhere.
NOWHERE = ("SessionChainingConfig.EnableSessionTagChaining",)

# SageMaker itself adds the objective metric to these.
ADDED_TO = "StaticHyperParameters"

SEVERAL_INSTANCES = ("InstanceConfigs", "AllocationStrategy")


def value(shape, path):
    for end, fixed in BY_PATH.items():
        if path == end or path.endswith("." + end):
            return copy.deepcopy(fixed)
    if shape.type_name == "structure":
        return {name: value(shape.members[name], f"{path}.{name}") for name in shape.required_members}
    if shape.type_name == "list":
        return [value(shape.member, path + ".[]")]
    if shape.type_name == "map":
        return {value(shape.key, path + ".key"): value(shape.value, path + ".value")}
    if shape.name in VALUES:
        return VALUES[shape.name]
    if getattr(shape, "enum", None):
        return shape.enum[-1]
    if shape.type_name in ("integer", "long"):
        return max(1, shape.metadata.get("min", 1))
    return {"string": "text", "boolean": True, "float": 0.5, "double": 0.5, "timestamp": 0}[shape.type_name]


def paths(shape, path=""):
    """Each member that is no structure, once: lists and maps with one entry."""
    if shape.type_name == "structure" and shape.members:
        for name, member in shape.members.items():
            yield from paths(member, f"{path}.{name}" if path else name)
    elif shape.type_name == "list" and shape.member.type_name == "structure":
        yield from paths(shape.member, path + ".[]")
    else:
        yield path


def put(request, shape, path):
    """The request with this member, and what its surroundings require."""
    whole, done = request, ""
    for part in path.split("."):
        done = f"{done}.{part}" if done else part
        if part == "[]":
            if not request:
                request.append(value(shape.member, done))
            request, shape = request[0], shape.member
            continue
        shape = shape.members[part]
        if done == path or part not in request:
            request[part] = value(shape, done)
        request = request[part]
    return whole


def shape_at(shape, path):
    for part in path.split("."):
        shape = shape.member if part == "[]" else shape.members[part]
    return shape


def further(shape, path):
    """The other values of an enumeration: all, or of a long one a few."""
    member = shape_at(shape, path)
    values = [one for one in getattr(member, "enum", None) or [] if one != value(member, path)]
    return values if len(values) <= 12 else values[:: len(values) // 3]


def at(document, path):
    for part in path.split("."):
        document = document[0] if part == "[]" else document[part]
    return document


DEFINITION = {
    "AlgorithmSpecification": {"TrainingImage": program, "TrainingInputMode": "File", "MetricDefinitions": [{"Name": "score", "Regex": "score=(.*)"}]},
    "RoleArn": VALUES["RoleArn"],
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
}
TUNING = {
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
        "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "y", "MinValue": "0", "MaxValue": "1"}]},
    },
    "TrainingJobDefinition": DEFINITION,
}


def of_definition(path, definition):
    """What must stand beside a member of a definition, and what must not."""
    if ".InputDataConfig." in "." + path:
        channel = {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train"}}}
        if "AttributeNames" in path:
            channel["DataSource"]["S3DataSource"] = {"S3DataType": "AugmentedManifestFile", "S3Uri": "s3://bucket/manifest"}
        if any(word in path for word in ("CompressionType", "RecordWrapperType", "ShuffleConfig", "AttributeNames")):
            channel["InputMode"] = "Pipe"
        if "FileSystem" in path or "Dataset" in path:
            channel["DataSource"] = {}
        definition["InputDataConfig"] = [channel]
    if "InstanceGroups" in path:
        definition["ResourceConfig"] = {"VolumeSizeInGB": 1}
    if "HyperParameterTuningResourceConfig" in path:
        del definition["ResourceConfig"]
    if path.endswith("AllocationStrategy"):
        definition["HyperParameterTuningResourceConfig"] = {"InstanceConfigs": [{"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}]}
    if path.endswith("AlgorithmName"):
        del definition["AlgorithmSpecification"]["TrainingImage"]
    if path.endswith("EnableManagedSpotTraining"):
        definition["StoppingCondition"]["MaxWaitTimeInSeconds"] = 120


def tuning(path):
    request = copy.deepcopy(TUNING)
    config, definition = request["HyperParameterTuningJobConfig"], request["TrainingJobDefinition"]
    if "HyperbandStrategyConfig" in path:
        config.update(Strategy="Hyperband", StrategyConfig={"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}})
    if "AutoParameters" in path:
        request["Autotune"] = {"Mode": "Enabled"}
    if path.startswith("WarmStartConfig"):
        request["WarmStartConfig"] = {"ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}], "WarmStartType": "IdenticalDataAndAlgorithm"}
    if path.startswith("TrainingJobDefinition"):
        of_definition(path, definition)
    # There, each definition has its objective and ranges.
    own = path.startswith("TrainingJobDefinitions")
    if own or path.startswith("TrainingJobDefinition.HyperParameterRanges") or path.startswith("TrainingJobDefinition.TuningObjective"):
        definition.update(DefinitionName="one", TuningObjective=config.pop("HyperParameterTuningJobObjective"), HyperParameterRanges=config.pop("ParameterRanges"))
    if own:
        request["TrainingJobDefinitions"] = [request.pop("TrainingJobDefinition")]
    return request


def training(path):
    request = copy.deepcopy(DEFINITION)
    of_definition(path, request)
    return request


def has(shape, path):
    """Whether the answer's shape has a place for the member."""
    for part in path.split("."):
        if part == "[]":
            shape = shape.member
        elif part in shape.members:
            shape = shape.members[part]
        else:
            return False
    return True


def check(operation, describe, name, minimal):
    shape = model.operation_model(operation).input_shape
    number = 0
    for path in paths(shape):
        if path == name:
            continue
        # The value of the table, then what else the model allows.
        for other in [None, *further(shape, path)]:
            request = minimal(path)
            put(request, shape, path)
            if other is not None:
                inside, _, last = path.rpartition(".")
                (at(request, inside) if inside else request)[last] = other
                accompany(request, path, other)
            number += 1
            request[name] = f"m-{number}"
            print(verdict(operation, describe, name, request, path, other))


# Values that are not offered, where, and what the sentence must name.
REFUSED_VALUES = {
    "ReverseLogarithmic": {"IntegerParameterRanges": "ReverseLogarithmic"},
    "Converse": {"S3DataType": "Converse"},
}


def accompany(request, path, other):
    """What must stand beside a value of an enumeration."""
    inside, _, last = path.rpartition(".")
    around = at(request, inside) if inside else request
    if last == "Strategy" and other == "Hyperband":
        around["StrategyConfig"] = {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}}
    if last == "Strategy" and other == "Grid":
        around["ParameterRanges"] = {"CategoricalParameterRanges": [{"Name": "y", "Values": ["a", "b"]}]}
        around["ResourceLimits"]["MaxNumberOfTrainingJobs"] = 2
    if last == "ScalingType" and "ContinuousParameterRanges" in path:
        around.update(MinValue="0.1", MaxValue="0.9")
    if last == "S3DataType" and other == "ManifestFile":
        around["S3Uri"] = "s3://bucket/listing"
    if last == "S3DataType" and other == "AugmentedManifestFile":
        around.update(S3Uri="s3://bucket/manifest", AttributeNames=["text"])
        at(request, path.split(".DataSource")[0])["InputMode"] = "Pipe"


def verdict(operation, describe, name, request, path, other):
    title = f"{operation} {path}" if other is None else f"{operation} {path} {other}"
    output = model.operation_model(describe).output_shape
    refusals = REFUSED if other is None else {**REFUSED, **REFUSED_VALUES.get(other, {})}
    try:
        getattr(client, botocore.xform_name(operation))(**request)
    except botocore.exceptions.ClientError as refusal:
        error, status = refusal.response["Error"], refusal.response["ResponseMetadata"]["HTTPStatusCode"]
        expected = status == 400 and error["Code"] == "ValidationException" and any(
            part in "." + path and word in error["Message"] for part, word in refusals.items())
        return f"{'ok' if expected else 'WRONG'} {title} refused: {error['Code']}: {error['Message'][:300]}"
    if any(part in "." + path for part in refusals):
        return f"WRONG {title}: accepted"
    sent = at(request, path)
    if path.startswith("Tags"):
        arn = getattr(client, botocore.xform_name(describe))(**{name: request[name]})[describe[len("Describe"):] + "Arn"]
        described = at({"Tags": client.list_tags(ResourceArn=arn)["Tags"]}, path)
    elif not has(output, path):
        return f"{'ok' if path in NOWHERE else 'WRONG'} {title}: accepted; descriptions have no place for it"
    else:
        # SageMaker describes one kind of instance under the plain name, whichever it was given under.
        place = path if any(part in path for part in SEVERAL_INSTANCES) else path.replace(".HyperParameterTuningResourceConfig.", ".ResourceConfig.")
        try:
            described = at(getattr(client, botocore.xform_name(describe))(**{name: request[name]}), place)
        except (KeyError, IndexError):
            described = "nothing"
    if path.endswith(ADDED_TO):
        described = {key: text for key, text in described.items() if key in sent}
    return f"ok {title}" if sent == described else f"WRONG {title}: sent {sent!r}, described {described!r}"


def reaches_the_training_job():
    """All that a definition says of its training jobs stands in the description of each."""
    definition = dict(
        copy.deepcopy(DEFINITION),
        StaticHyperParameters={"fixed": "1"}, Environment={"NAME": "value"}, EnableNetworkIsolation=True, EnableInterContainerTrafficEncryption=True,
        EnableManagedSpotTraining=True, StoppingCondition={"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 120},
        VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}, RetryStrategy={"MaximumRetryAttempts": 2},
        CheckpointConfig={"S3Uri": "s3://bucket/checkpoints", "LocalPath": "/opt/ml/checkpoints"},
        OutputDataConfig={"S3OutputPath": "s3://bucket/output", "KmsKeyId": "key-1", "CompressionType": "NONE"},
        InputDataConfig=[
            {
                "ChannelName": "train", "ContentType": "text/csv", "InputMode": "FastFile",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train", "S3DataDistributionType": "FullyReplicated"}},
            },
            {
                "ChannelName": "piped", "InputMode": "Pipe", "CompressionType": "Gzip", "RecordWrapperType": "RecordIO", "ShuffleConfig": {"Seed": 7},
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train", "S3DataDistributionType": "ShardedByS3Key"}},
            },
            {
                "ChannelName": "augmented", "InputMode": "Pipe",
                "DataSource": {"S3DataSource": {"S3DataType": "AugmentedManifestFile", "S3Uri": "s3://bucket/manifest", "AttributeNames": ["text"]}},
            },
        ],
    )
    definition["ResourceConfig"]["VolumeKmsKeyId"] = "key-2"
    client.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="whole", HyperParameterTuningJobConfig=TUNING["HyperParameterTuningJobConfig"], TrainingJobDefinition=definition,
        Tags=[{"Key": "team", "Value": "search"}])
    jobs = []
    while not jobs:
        jobs = client.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName="whole")["TrainingJobSummaries"]
    job = client.describe_training_job(TrainingJobName=jobs[0]["TrainingJobName"])

    tags = client.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"]
    print("ok training job Tags" if tags == [{"Key": "team", "Value": "search"}] else f"WRONG training job Tags: {tags}")
    definition["HyperParameters"] = definition.pop("StaticHyperParameters")
    compare_all(definition, job, "training job")


def all_together():
    """A training job with every member at once that goes with the others."""
    shape = model.operation_model("CreateTrainingJob").input_shape
    request = copy.deepcopy(DEFINITION)
    for name, member in shape.members.items():
        # Models that AWS hosts and trains without an image are another way to train.
        if name not in request and name not in ("TrainingJobName", "InputDataConfig", "SessionChainingConfig", "ServerlessJobConfig", "Tags"):
            request[name] = value(member, name)
    request["StoppingCondition"] = {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 120}
    client.create_training_job(TrainingJobName="together", **request)
    compare_all(request, client.describe_training_job(TrainingJobName="together"), "together")


def compare_all(sent, described, title):
    def compare(sent, described, path):
        if isinstance(sent, dict):
            for key, inner in sent.items():
                compare(inner, described.get(key) if isinstance(described, dict) else None, f"{path}.{key}")
        elif isinstance(sent, list) and sent and isinstance(sent[0], dict):
            for number, inner in enumerate(sent):
                compare(inner, described[number] if described else None, f"{path}.[]")
        else:
            print(f"ok {title} {path}" if sent == described else f"WRONG {title} {path}: sent {sent!r}, described {described!r}")

    for member, inner in sent.items():
        compare(inner, described.get(member), member)


client.create_hyper_parameter_tuning_job(HyperParameterTuningJobName="parent", **copy.deepcopy(TUNING))
check("CreateHyperParameterTuningJob", "DescribeHyperParameterTuningJob", "HyperParameterTuningJobName", tuning)
check("CreateTrainingJob", "DescribeTrainingJob", "TrainingJobName", training)
reaches_the_training_job()
all_together()
