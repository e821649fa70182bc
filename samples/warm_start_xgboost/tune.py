"""Tunes xgboost on Rekindle with nothing but boto3: data and script go to S3, a parent tuning job runs, a warm-start child goes on from
what it learned, and the best model of both comes back and predicts.

    ./rekindle serve &
    export AWS_ENDPOINT_URL=http://127.0.0.1:8970 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=us-east-1
    python3 samples/warm_start_xgboost/tune.py

Needs boto3 here, and xgboost where the server runs and for the prediction (Debian: python3-xgboost).
"""
import csv
import io
import os
import pathlib
import random
import subprocess
import sys
import tarfile
import tempfile
import time

import boto3

BUCKET = "warm-start-xgboost"
ROLE = "arn:aws:iam::000000000000:role/SageMakerRole"
here = pathlib.Path(__file__).resolve().parent
jobs = int(os.environ.get("TRAINING_JOBS", "8"))
# boto3 before 1.28, such as Debian's, does not read the variable itself.
s3, sagemaker, logs, sts = (boto3.client(name, endpoint_url=os.environ.get("AWS_ENDPOINT_URL")) for name in ("s3", "sagemaker", "logs", "sts"))
print("account", sts.get_caller_identity()["Account"])


def rows(count, seed):
    """Two noisy rings: easy to draw, not so easy to cut."""
    draw = random.Random(seed)
    for _ in range(count):
        label = draw.random() < 0.5
        features = [draw.gauss(0, 1.8 if label else 1) for _ in range(4)]
        yield [int(label), *(round(value, 4) for value in features)]


def text(table):
    buffer = io.StringIO()
    csv.writer(buffer).writerows(table)
    return buffer.getvalue().encode()


if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
    s3.create_bucket(Bucket=BUCKET)
validation = text(rows(400, 2))
s3.put_object(Bucket=BUCKET, Key="data/train/part-0.csv", Body=text(rows(800, 1)))
s3.put_object(Bucket=BUCKET, Key="data/validation/part-0.csv", Body=validation)
code = io.BytesIO()
with tarfile.open(fileobj=code, mode="w:gz") as archive:
    archive.add(here / "train.py", "train.py")
s3.put_object(Bucket=BUCKET, Key="code/sourcedir.tar.gz", Body=code.getvalue())


def channel(name):
    uri = f"s3://{BUCKET}/data/{name}/"
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}


def tune(name, **more):
    sagemaker.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": "Bayesian",
            "RandomSeed": 1,
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:auc"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {
                "ContinuousParameterRanges": [
                    {"Name": "eta", "MinValue": "0.01", "MaxValue": "1", "ScalingType": "Logarithmic"},
                    {"Name": "min_child_weight", "MinValue": "0.1", "MaxValue": "30", "ScalingType": "Logarithmic"},
                ],
                "IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "1", "MaxValue": "10"}],
            },
        },
        TrainingJobDefinition={
            "AlgorithmSpecification": {
                "TrainingImage": "sagemaker-xgboost:1.7-1",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "validation:auc", "Regex": "validation-auc:([0-9.]+)"}],
            },
            "StaticHyperParameters": {
                "rounds": "30",
                "sagemaker_program": '"train.py"',
                "sagemaker_submit_directory": f'"s3://{BUCKET}/code/sourcedir.tar.gz"',
            },
            "InputDataConfig": [channel("train"), channel("validation")],
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/output"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "RoleArn": ROLE,
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        },
        **more,
    )
    while True:
        job = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
            break
        time.sleep(0.5)
    best = job.get("BestTrainingJob") or sys.exit(f"{name}: {job.get('FailureReason', job['HyperParameterTuningJobStatus'])}")
    print(name, job["HyperParameterTuningJobStatus"], "best", best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"], best["TunedHyperParameters"])
    return job


stamp = time.strftime("%H%M%S")
tune(f"parent-{stamp}")
child = tune(f"child-{stamp}", WarmStartConfig={
    "WarmStartType": "IdenticalDataAndAlgorithm",
    "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": f"parent-{stamp}"}],
})

best = child["OverallBestTrainingJob"]
print("overall best", best["TrainingJobName"], best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])
stream = logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=best["TrainingJobName"])["logStreams"][0]
events = logs.get_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=stream["logStreamName"])["events"]
print("its last line:", events[-1]["message"])

artifact = sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])["ModelArtifacts"]["S3ModelArtifacts"]
with tempfile.TemporaryDirectory() as folder:
    bucket, key = artifact.removeprefix("s3://").split("/", 1)
    s3.download_file(bucket, key, f"{folder}/model.tar.gz")
    with tarfile.open(f"{folder}/model.tar.gz") as archive:
        archive.extract("model.json", folder)
    pathlib.Path(folder, "validation.csv").write_bytes(validation)
    predict = (
        "import numpy, sys, xgboost\n"
        "rows = numpy.loadtxt(sys.argv[2], delimiter=',')\n"
        "model = xgboost.Booster(model_file=sys.argv[1])\n"
        "right = (model.predict(xgboost.DMatrix(rows[:, 1:])) > 0.5) == (rows[:, 0] > 0.5)\n"
        "print(f'it predicts {right.mean():.3f} of the validation rows right')\n"
    )
    # This interpreter may be another one than xgboost was installed for.
    pythons = [os.environ.get("PYTHON_WITH_XGBOOST", sys.executable), "/usr/bin/python3"]
    python = next((p for p in pythons if not subprocess.run([p, "-c", "import numpy, xgboost"], capture_output=True).returncode), pythons[0])
    subprocess.run([python, "-c", predict, f"{folder}/model.json", f"{folder}/validation.csv"], check=True)
