"""AWS's page "Run a Warm Start Hyperparameter Tuning Job", step by step, with nothing but boto3.

    ./rekindle serve &
    export AWS_ENDPOINT_URL=http://127.0.0.1:8970 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=us-east-1
    python3 samples/warm_start_boto3.py

Takes well under a minute: the built-in linear-learner on a small table that is made here. TRAINING_JOBS sets how many of them each tuning
job launches. It can be run again against the same server, as the names of its tuning jobs end with the time of day.
"""
import os
import random
import time

import boto3
import botocore.exceptions

BUCKET = "warm-start-page"
ROLE = "arn:aws:iam::000000000000:role/SageMakerRole"
METRIC = "validation:objective_loss"
JOBS = int(os.environ.get("TRAINING_JOBS", "6"))
STAMP = time.strftime("%H%M%S")
# boto3 before 1.28, such as Debian's, does not read the variable itself.
s3, smclient = (boto3.client(name, endpoint_url=os.environ.get("AWS_ENDPOINT_URL")) for name in ("s3", "sagemaker"))


def section(title):
    print(f"\n== {title}", flush=True)


def put_table(key, rows, seed, shift):
    """Rows of two classes that a plane parts, but for noise; the label comes first, as the algorithm wants it."""
    draw = random.Random(seed)
    lines = []
    for _ in range(rows):
        features = [draw.gauss(0, 1) for _ in range(5)]
        score = features[0] - 2 * features[1] + 0.5 * features[2] + shift * features[3] + draw.gauss(0, 0.7)
        lines.append(",".join([str(int(score > 0)), *(f"{value:.4f}" for value in features)]))
    s3.put_object(Bucket=BUCKET, Key=key, Body="\n".join(lines).encode())


def channel(name, data):
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{data}/{name}/", "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}


def tuning_job_config(continuous, integer=()):
    def ranges(parameters):
        return [{"Name": name, "MinValue": low, "MaxValue": high, "ScalingType": scaling} for name, low, high, scaling in parameters]

    return {
        "Strategy": "Bayesian",
        "RandomSeed": 1,
        "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": METRIC},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": JOBS, "MaxParallelTrainingJobs": 2},
        "ParameterRanges": {"ContinuousParameterRanges": ranges(continuous), "IntegerParameterRanges": ranges(integer)},
    }


def training_job_definition(data, static):
    return {
        "AlgorithmSpecification": {"TrainingImage": "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1", "TrainingInputMode": "File"},
        "StaticHyperParameters": static,
        "InputDataConfig": [channel("train", data), channel("validation", data)],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "RoleArn": ROLE,
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    }


def value(summary):
    return summary["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]


def watch(name):
    """Says each change of the counters until the tuning job has ended, and returns its description."""
    said = None
    while True:
        job = smclient.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        counters = job["TrainingJobStatusCounters"]
        best = f", best so far {value(job['BestTrainingJob']):.4f}" if "BestTrainingJob" in job else ""
        line = f"{name} {job['HyperParameterTuningJobStatus']}: {counters['Completed']} of {JOBS} training jobs completed{best}"
        if line != said:
            print(line, flush=True)
            said = line
        if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
            return job
        time.sleep(0.3)


def training_jobs(name):
    pages = smclient.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
        HyperParameterTuningJobName=name, SortBy="FinalObjectiveMetricValue", SortOrder="Ascending")
    return [job for page in pages for job in page["TrainingJobSummaries"]]


section("The data")
if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
    s3.create_bucket(Bucket=BUCKET)
for data, shift in (("monday", 0), ("tuesday", 0.4)):
    put_table(f"{data}/train/part-0.csv", 600, f"{data}-train", shift)
    put_table(f"{data}/validation/part-0.csv", 300, f"{data}-validation", shift)
print(f"s3://{BUCKET}/monday and s3://{BUCKET}/tuesday, which came in later")

section("The parent")
# Every hyperparameter that a later tuning job may want to tune is named here, with a static value: the set of names can't change.
parent_name = f"MyParentTuningJob-{STAMP}"
static = {"predictor_type": "binary_classifier", "epochs": "5", "optimizer": "sgd", "mini_batch_size": "50", "momentum": "0.5"}
parent_config = tuning_job_config([("learning_rate", "0.001", "1", "Logarithmic"), ("wd", "0.0001", "1", "Logarithmic")])
smclient.create_hyper_parameter_tuning_job(
    HyperParameterTuningJobName=parent_name,
    HyperParameterTuningJobConfig=parent_config,
    TrainingJobDefinition=training_job_definition("monday", static),
)
parent = watch(parent_name)

section("The same data and algorithm: IdenticalDataAndAlgorithm")
# Ranges may change, and static hyperparameters may be tuned: the learning rate's range is smaller, and momentum is tuned now.
child_name = f"MyWarmStartTuningJob-{STAMP}"
warm_start_config = {
    "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": parent_name}],
    "WarmStartType": "IdenticalDataAndAlgorithm",
}
smclient.create_hyper_parameter_tuning_job(
    HyperParameterTuningJobName=child_name,
    HyperParameterTuningJobConfig=tuning_job_config(
        [("learning_rate", "0.01", "1", "Logarithmic"), ("wd", "0.0001", "1", "Logarithmic"), ("momentum", "0", "0.95", "Linear")]),
    TrainingJobDefinition=training_job_definition("monday", {name: text for name, text in static.items() if name != "momentum"}),
    WarmStartConfig=warm_start_config,
)
child = watch(child_name)

section("What Describe says of it")
print("WarmStartConfig", child["WarmStartConfig"])
overall = child["OverallBestTrainingJob"]
print(f"BestTrainingJob, of its own training jobs: {child['BestTrainingJob']['TrainingJobName']} {value(child['BestTrainingJob']):.4f}")
print(f"OverallBestTrainingJob, of those and its parents': {overall['TrainingJobName']} {value(overall):.4f}, launched by {overall['TuningJobName']}")

section("New data: TransferLearning")
# Two parents this time. Tuned hyperparameters may become static: wd and momentum stay as the best so far had them, and mini_batch_size is
# tuned. Each of the two counts as one change; more than ten are refused.
transfer_name = f"MyTransferTuningJob-{STAMP}"
best_of_monday = {**static, **smclient.describe_training_job(TrainingJobName=overall["TrainingJobName"])["HyperParameters"]}
smclient.create_hyper_parameter_tuning_job(
    HyperParameterTuningJobName=transfer_name,
    HyperParameterTuningJobConfig=tuning_job_config(
        [("learning_rate", "0.001", "1", "Logarithmic")], [("mini_batch_size", "10", "200", "Logarithmic")]),
    TrainingJobDefinition=training_job_definition(
        "tuesday", {name: best_of_monday[name] for name in ("predictor_type", "epochs", "optimizer", "wd", "momentum")}),
    WarmStartConfig={
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": name} for name in (parent_name, child_name)],
        "WarmStartType": "TransferLearning",
    },
)
transfer = watch(transfer_name)
assert "OverallBestTrainingJob" not in transfer
print("It has no OverallBestTrainingJob: losses on other data can't be compared.")

section("All training jobs, best first, and which tuning job launched them")
for name in (parent_name, child_name, transfer_name):
    for job in training_jobs(name):
        described = smclient.describe_training_job(TrainingJobName=job["TrainingJobName"])
        origin = described["TuningJobArn"].rsplit("/", 1)[1]
        data = described["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"].split("/")[3]
        tuned = ", ".join(f"{key} {float(text):.4g}" for key, text in sorted(job["TunedHyperParameters"].items()))
        print(f"{origin:30} {data:8} {value(job):.4f}  {tuned}")

section("What is refused")
# optimizer is left out and beta_1 is new: as many hyperparameters as before, yet not the same ones.
mistaken = {name: text for name, text in static.items() if name != "optimizer"}
try:
    smclient.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=f"MyMistake-{STAMP}",
        HyperParameterTuningJobConfig=parent_config,
        TrainingJobDefinition=training_job_definition("monday", {**mistaken, "beta_1": "0.9"}),
        WarmStartConfig=warm_start_config,
    )
    raise SystemExit("The server took a child whose hyperparameters are not its parent's.")
except botocore.exceptions.ClientError as error:
    print(error.response["Error"]["Code"], "-", error.response["Error"]["Message"])
