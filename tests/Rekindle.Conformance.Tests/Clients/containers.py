"""One tuning job of the test image, whatever it runs on. create: starts it. tell: waits for its end, prints all that is described of it, without names' endings and times."""
import json, re, sys, time
import boto3

command, endpoint = sys.argv[1:3]
session = boto3.Session(aws_access_key_id="key", aws_secret_access_key="secret", region_name="eu-west-1")
smclient = session.client("sagemaker", endpoint_url=endpoint)
logs = session.client("logs", endpoint_url=endpoint)
NAME = "boxed"


def create():
    smclient.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=NAME,
        HyperParameterTuningJobConfig={
            "Strategy": "Random",
            "RandomSeed": 7,
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 1},
            "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "0.0", "MaxValue": "1.0"}]},
        },
        TrainingJobDefinition={
            "AlgorithmSpecification": {
                "TrainingImage": "rekindle-test:1",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "score", "Regex": "score=([0-9.e-]+)"}],
            },
            "InputDataConfig": [{
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train", "S3DataDistributionType": "FullyReplicated"}},
            }],
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10},
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "StaticHyperParameters": {"epochs": "3"},
            "Environment": {"SECONDS_TO_TRAIN": "2"},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        })


def plain(value, key=""):
    if isinstance(value, dict):
        return {name: plain(inner, name) for name, inner in value.items() if name != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if hasattr(value, "isoformat"):
        return "TIME"
    if key.endswith("InSeconds") and not key.startswith("Max"):
        return "SECONDS"
    return re.sub(r"(boxed-\d{3})-[0-9a-f]{8}", r"\1", value) if isinstance(value, str) else value


def tell():
    while True:
        job = smclient.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=NAME)
        if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
            break
        time.sleep(0.1)
    summaries = smclient.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName=NAME)["TrainingJobSummaries"]
    summaries.sort(key=lambda summary: summary["TrainingJobName"])
    said = {"Job": plain(job), "Listed": plain(summaries), "Described": [], "Logs": []}
    for summary in summaries:
        name = summary["TrainingJobName"]
        said["Described"].append(plain(smclient.describe_training_job(TrainingJobName=name)))
        events = logs.get_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=name + "/algo-1", startFromHead=True)["events"]
        said["Logs"].append([event["message"] for event in events])
    print(json.dumps(said, indent=1, sort_keys=True))


{"create": create, "tell": tell}[command]()
