"""Tunes the program of an image: a parent and a warm-start child, all their training jobs in containers. Needs boto3 only; the README
beside this file says how to build the image and start the server.
"""
import io
import json
import os
import random
import sys
import tarfile
import time

import boto3

IMAGE = sys.argv[1] if len(sys.argv) > 1 else "my-training:1"
BUCKET = "container-sample"
JOBS = int(os.environ.get("TRAINING_JOBS", "6"))
# boto3 before 1.28, such as Debian's, does not read the variable itself.
s3, smclient = (boto3.client(name, endpoint_url=os.environ.get("AWS_ENDPOINT_URL")) for name in ("s3", "sagemaker"))


def rows(count, seed):
    draw = random.Random(seed)
    for _ in range(count):
        features = [draw.gauss(0, 1) for _ in range(4)]
        label = int(features[0] - features[1] + 0.5 * features[2] + draw.gauss(0, 0.5) > 0)
        yield ",".join([str(label), *(f"{value:.4f}" for value in features)])


def channel(name):
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/data/{name}/", "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}


def tune(name, **more):
    smclient.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": "Bayesian",
            "RandomSeed": 1,
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "validation:loss"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": JOBS, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {"ContinuousParameterRanges": [
                {"Name": "learning_rate", "MinValue": "0.0001", "MaxValue": "0.5", "ScalingType": "Logarithmic"},
                {"Name": "decay", "MinValue": "0.00001", "MaxValue": "0.1", "ScalingType": "Logarithmic"},
            ]},
        },
        TrainingJobDefinition={
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "validation:loss", "Regex": "validation-loss=([0-9.]+)"}],
            },
            "StaticHyperParameters": {"epochs": "5"},
            "InputDataConfig": [channel("train"), channel("validation")],
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/output"},
            # The server's configuration runs this instance type in containers.
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "RoleArn": "arn:aws:iam::000000000000:role/SageMakerRole",
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        },
        **more,
    )
    while True:
        job = smclient.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
            break
        time.sleep(0.5)
    best = job.get("BestTrainingJob") or sys.exit(f"{name}: {job.get('FailureReason', job['HyperParameterTuningJobStatus'])}")
    print(name, job["HyperParameterTuningJobStatus"], "best", best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"], best["TunedHyperParameters"])
    return job


if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
    s3.create_bucket(Bucket=BUCKET)
for name, count in (("train", 400), ("validation", 200)):
    s3.put_object(Bucket=BUCKET, Key=f"data/{name}/part-0.csv", Body="\n".join(rows(count, name)).encode())

stamp = time.strftime("%H%M%S")
tune(f"boxed-parent-{stamp}")
child = tune(f"boxed-child-{stamp}", WarmStartConfig={
    "WarmStartType": "IdenticalDataAndAlgorithm",
    "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": f"boxed-parent-{stamp}"}],
})

best = child["OverallBestTrainingJob"]
artifact = smclient.describe_training_job(TrainingJobName=best["TrainingJobName"])["ModelArtifacts"]["S3ModelArtifacts"]
body = s3.get_object(Bucket=BUCKET, Key=artifact.split("/", 3)[3])["Body"].read()
with tarfile.open(fileobj=io.BytesIO(body)) as archive:
    weights = json.load(archive.extractfile("weights.json"))
print("overall best", best["TrainingJobName"], "weights", [round(weight, 2) for weight in weights])
