"""Tunes train.py and leaves the best model and its hyperparameters in a folder. Needs boto3 only."""
import argparse
import io
import json
import os
import pathlib
import random
import sys
import tarfile
import time

import boto3

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--job", required=True, help="the tuning job's name")
parser.add_argument("--result", type=pathlib.Path, required=True, help="where model.tar.gz and best.json go")
parser.add_argument("--training-jobs", type=int, default=6)
arguments = parser.parse_args()

BUCKET = "tune-in-ci"
METRIC = "validation:accuracy"
# boto3 before 1.28, such as Debian's, does not read the variable itself.
s3, smclient = (boto3.client(name, endpoint_url=os.environ.get("AWS_ENDPOINT_URL")) for name in ("s3", "sagemaker"))


def rows(count, seed):
    """In place of data of your own."""
    draw = random.Random(seed)
    for _ in range(count):
        features = [draw.gauss(0, 1) for _ in range(4)]
        label = int(features[0] - features[1] + 0.5 * features[2] + draw.gauss(0, 0.3) > 0)
        yield ",".join([str(label), *(f"{value:.4f}" for value in features)])


def channel(name):
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/data/{name}/", "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}


s3.create_bucket(Bucket=BUCKET)
for name, count in (("train", 400), ("validation", 200)):
    s3.put_object(Bucket=BUCKET, Key=f"data/{name}/part-0.csv", Body="\n".join(rows(count, name)).encode())
code = io.BytesIO()
with tarfile.open(fileobj=code, mode="w:gz") as archive:
    archive.add(pathlib.Path(__file__).with_name("train.py"), "train.py")
s3.put_object(Bucket=BUCKET, Key="code/sourcedir.tar.gz", Body=code.getvalue())

smclient.create_hyper_parameter_tuning_job(
    HyperParameterTuningJobName=arguments.job,
    HyperParameterTuningJobConfig={
        "Strategy": "Bayesian",
        "RandomSeed": 1,
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": METRIC},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": arguments.training_jobs, "MaxParallelTrainingJobs": 2},
        "ParameterRanges": {"ContinuousParameterRanges": [
            {"Name": "learning_rate", "MinValue": "0.0001", "MaxValue": "0.5", "ScalingType": "Logarithmic"},
            {"Name": "decay", "MinValue": "0.00001", "MaxValue": "0.1", "ScalingType": "Logarithmic"},
        ]},
    },
    TrainingJobDefinition={
        "AlgorithmSpecification": {
            "TrainingImage": "sagemaker-base-python:3",
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": METRIC, "Regex": "validation-accuracy=([0-9.]+)"}],
        },
        "StaticHyperParameters": {
            "epochs": "5",
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": f'"s3://{BUCKET}/code/sourcedir.tar.gz"',
        },
        "InputDataConfig": [channel("train"), channel("validation")],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "RoleArn": "arn:aws:iam::000000000000:role/SageMakerRole",
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    },
)
while True:
    job = smclient.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=arguments.job)
    if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
        break
    time.sleep(0.5)
if "BestTrainingJob" not in job:
    sys.exit(f"{arguments.job} {job['HyperParameterTuningJobStatus']}: {job.get('FailureReason', 'no training job has a result')}")

best = job["BestTrainingJob"]
value = best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
artifact = smclient.describe_training_job(TrainingJobName=best["TrainingJobName"])["ModelArtifacts"]["S3ModelArtifacts"]
arguments.result.mkdir(parents=True, exist_ok=True)
s3.download_file(BUCKET, artifact.split("/", 3)[3], str(arguments.result / "model.tar.gz"))
(arguments.result / "best.json").write_text(json.dumps({
    "metric": METRIC, "value": value, "training_job": best["TrainingJobName"], "hyperparameters": best["TunedHyperParameters"],
}, indent=2))
print(f"{arguments.job} {job['HyperParameterTuningJobStatus']}: {METRIC} {value} with {best['TunedHyperParameters']}")
