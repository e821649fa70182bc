"""The three tuning jobs of AWS's notebook on warm start with image classification: a parent, a child on the same data, and a child with
more augmentation that learns from both. Needs boto3 only.

    ./rekindle serve &
    export AWS_ENDPOINT_URL=http://127.0.0.1:8970 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=us-east-1
    python3 samples/image_classification_warmstart/tune.py

--jobs, --parallel and --epochs make it smaller or larger; --ranges notebook tunes what the notebook tunes, in its ranges.
"""
import argparse
import os
import time

import boto3

import digits_to_recordio

arguments = argparse.ArgumentParser(description="AWS's notebook on warm start, on handwritten digits.")
arguments.add_argument("--jobs", type=int, default=5, help="training jobs of each tuning job (5, as in the notebook)")
arguments.add_argument("--parallel", type=int, default=2, help="of these at once (2)")
arguments.add_argument("--epochs", type=int, default=10, help="epochs of each training job (10)")
arguments.add_argument("--layers", type=int, default=18, help="num_layers (18)")
arguments.add_argument("--ranges", choices=("digits", "notebook"), default="digits", help="what is tuned (digits)")
arguments.add_argument("--bucket", default="ic-fulltraining")
arguments = arguments.parse_args()

# boto3 before 1.28, such as Debian's, does not read the variable itself.
s3, smclient = (boto3.client(name, endpoint_url=os.environ.get("AWS_ENDPOINT_URL")) for name in ("s3", "sagemaker"))

# Data preparation: the notebook downloads Caltech-256 as RecordIO, here the digits are packed.
if arguments.bucket not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
    s3.create_bucket(Bucket=arguments.bucket)
samples = {}
for name in ("train", "validation"):
    content, samples[name] = digits_to_recordio.pack(name)
    s3.put_object(Bucket=arguments.bucket, Key=f"{name}/digits-{name}.rec", Body=content)
    print(f"s3://{arguments.bucket}/{name}/digits-{name}.rec: {samples[name]} images")


def channel(name):
    uri = f"s3://{arguments.bucket}/{name}/"
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "ContentType": "application/x-recordio", "DataSource": {"S3DataSource": source}}


# The notebook's hyperparameters, with the shape and the number of these images. Each that a later tuning job may want to tune or change is
# here, even where its value is the default: the set of names can't change in a warm start.
hyperparameters = {
    "num_layers": arguments.layers, "image_shape": "1,8,8", "num_classes": 10, "num_training_samples": samples["train"],
    "mini_batch_size": 128, "epochs": arguments.epochs, "optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.0001,
    "top_k": 2, "precision_dtype": "float32", "augmentation_type": "crop",
}
if arguments.ranges == "notebook":
    # Meant for 15,420 photographs. A weight decay of up to 0.99 leaves little to learn with.
    ranges = {"ContinuousParameterRanges": [
        {"Name": "learning_rate", "MinValue": "0.0001", "MaxValue": "0.05", "ScalingType": "Auto"},
        {"Name": "momentum", "MinValue": "0.0", "MaxValue": "0.99", "ScalingType": "Auto"},
        {"Name": "weight_decay", "MinValue": "0.0", "MaxValue": "0.99", "ScalingType": "Auto"},
    ]}
else:
    ranges = {
        "ContinuousParameterRanges": [{"Name": "learning_rate", "MinValue": "0.0001", "MaxValue": "0.05", "ScalingType": "Logarithmic"}],
        "IntegerParameterRanges": [{"Name": "mini_batch_size", "MinValue": "16", "MaxValue": "64", "ScalingType": "Auto"}],
        "CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["sgd", "adam", "rmsprop", "nag"]}],
    }
tuned = [parameter["Name"] for kind in ranges.values() for parameter in kind]


def value(summary):
    return summary["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]


def tune(name, changed=None, warm_start_config=None):
    """Runs a tuning job, prints its training jobs, best first, and returns its description."""
    smclient.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": "Bayesian",
            "RandomSeed": 1,
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:accuracy"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": arguments.jobs, "MaxParallelTrainingJobs": arguments.parallel},
            "ParameterRanges": ranges,
        },
        TrainingJobDefinition={
            "AlgorithmSpecification": {
                "TrainingImage": "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1", "TrainingInputMode": "File"},
            "StaticHyperParameters": {
                key: str(text) for key, text in (hyperparameters | (changed or {})).items() if key not in tuned},
            "InputDataConfig": [channel("train"), channel("validation")],
            "OutputDataConfig": {"S3OutputPath": f"s3://{arguments.bucket}/output"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.p3.2xlarge", "VolumeSizeInGB": 30},
            "RoleArn": "arn:aws:iam::000000000000:role/SageMakerRole",
            "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
        },
        **({"WarmStartConfig": warm_start_config} if warm_start_config else {}),
    )
    while True:
        job = smclient.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
            break
        time.sleep(0.5)
    print(f"\n{name} {job['HyperParameterTuningJobStatus']} {job.get('FailureReason', '')}".rstrip())
    print("  accuracy  " + "".join(f"{key:>16}" for key in tuned) + "  training job")
    pages = smclient.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
        HyperParameterTuningJobName=name, SortBy="FinalObjectiveMetricValue", SortOrder="Descending")
    for training_job in (each for page in pages for each in page["TrainingJobSummaries"]):
        # A training that diverges has no accuracy; the search goes on without it.
        accuracy = f"{value(training_job):8.4f}" if "FinalHyperParameterTuningJobObjectiveMetric" in training_job else "    none"
        columns = "".join(f"{training_job['TunedHyperParameters'][key][:14]:>16}" for key in tuned)
        print(f"  {accuracy}  {columns}  {training_job['TrainingJobName']}", flush=True)
    if "BestTrainingJob" not in job:
        raise SystemExit(f"{name} has no best training job.")
    return job


def warm_start(kind, *parents):
    return {"WarmStartType": kind, "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": name} for name in parents]}


stamp = time.strftime("%H%M%S")
parent, identical, transfer = f"imageclassification-{stamp}", f"warmstart-{stamp}", f"transferlearning-{stamp}"
tune(parent)
child = tune(identical, warm_start_config=warm_start("IdenticalDataAndAlgorithm", parent))
best = child["OverallBestTrainingJob"]
print(f"\noverall best of {parent} and {identical}: {value(best):.4f} by {best['TrainingJobName']}, launched by {best['TuningJobName']}")
last = tune(transfer, {"augmentation_type": "crop_color_transform"}, warm_start("TransferLearning", parent, identical))
print(f"\nbest with more augmentation: {value(last['BestTrainingJob']):.4f} by {last['BestTrainingJob']['TrainingJobName']}")
artifacts = smclient.describe_training_job(TrainingJobName=best["TrainingJobName"])["ModelArtifacts"]["S3ModelArtifacts"]
print(f"the best model: {artifacts}, {s3.head_object(Bucket=arguments.bucket, Key=artifacts.split('/', 3)[3])['ContentLength']} bytes")
