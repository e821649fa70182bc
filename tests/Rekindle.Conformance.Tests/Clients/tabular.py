"""Tuning jobs of the built-in algorithms on tables, through boto3: a parent and an identical child. Prints one line per check."""
import gzip, os, statistics, struct, sys, time
import boto3

endpoint, digits, data = sys.argv[1:4]
session = boto3.Session(aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-west-2")
sm = session.client("sagemaker", endpoint_url=endpoint)


def check(name, condition, detail=""):
    print(f"{name}\t{'ok' if condition else 'FAILED ' + str(detail)}", flush=True)


def idx(folder, name):
    with gzip.open(os.path.join(digits, folder, name)) as file:
        content = file.read()
    count = struct.unpack(">I", content[4:8])[0]
    body = content[4 + 4 * content[3]:]
    return [body[i * len(body) // count:(i + 1) * len(body) // count] for i in range(count)]


def put(channel, folder, prefix):
    path = os.path.join(data, "s3", "bucket", "digits", channel, "part.csv")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        for image, label in zip(idx(folder, prefix + "-images-idx3-ubyte.gz"), idx(folder, prefix + "-labels-idx1-ubyte.gz")):
            file.write(",".join(map(str, [label[0], *image])) + "\n")


def channel(name):
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://bucket/digits/{name}/"}}}


def tune(name, image, metric, goal, statics, ranges, jobs, parent=None, strategy="Bayesian"):
    request = dict(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": strategy, "RandomSeed": 7,
            "HyperParameterTuningJobObjective": {"Type": goal, "MetricName": metric},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": 1 if parent else 2},
            "ParameterRanges": {kind + "ParameterRanges": values for kind, values in ranges.items()},
        },
        TrainingJobDefinition={
            "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
            "StaticHyperParameters": statics,
            "InputDataConfig": [channel("train"), channel("validation")],
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10},
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        })
    if parent:
        request["WarmStartConfig"] = {
            "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": parent}], "WarmStartType": "IdenticalDataAndAlgorithm"}
    sm.create_hyper_parameter_tuning_job(**request)
    while (job := sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name))["HyperParameterTuningJobStatus"] in ("InProgress", "Stopping"):
        time.sleep(0.1)
    return job


def trained(name):
    listed = sm.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName=name, MaxResults=100)["TrainingJobSummaries"]
    return {job["TrainingJobName"]: job["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for job in listed if job["ObjectiveStatus"] == "Succeeded"}


def reasons(name):
    listed = sm.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName=name, MaxResults=100)["TrainingJobSummaries"]
    return [(job["TrainingJobStatus"], job.get("FailureReason")) for job in listed]


def real(name, low, high, scale="Auto"):
    return {"Name": name, "MinValue": str(low), "MaxValue": str(high), "ScalingType": scale}


put("train", "train", "train")
put("validation", "validation", "t10k")
registry = "433757028032.dkr.ecr.us-west-2.amazonaws.com/"
cases = {
    "xgboost": (
        registry + "sagemaker-xgboost:1.7-1", "validation:mlogloss", "Minimize",
        {"num_round": "6", "objective": "multi:softprob", "num_class": "10", "tree_method": "hist"},
        {"Continuous": [real("eta", 0.001, 1, "Logarithmic"), real("min_child_weight", 0, 60)], "Integer": [real("max_depth", 1, 6)]}),
    "lightgbm": (
        "lightgbm-classification-model:2", "multi_logloss", "Minimize", {"num_boost_round": "8", "max_bin": "15"},
        {"Continuous": [real("learning_rate", 0.001, 0.5, "Logarithmic")], "Integer": [real("min_data_in_leaf", 1, 200)]}),
    "linear-learner": (
        registry + "linear-learner:1", "validation:objective_loss", "Minimize",
        {"predictor_type": "multiclass_classifier", "num_classes": "10", "epochs": "4"},
        {"Continuous": [real("learning_rate", 0.0001, 1, "Logarithmic"), real("wd", 0.00001, 1, "Logarithmic")], "Integer": [real("mini_batch_size", 20, 1000)]}),
}
for algorithm, (image, metric, goal, statics, ranges) in cases.items():
    sign = 1 if goal == "Maximize" else -1
    parent = tune(algorithm + "-parent", image, metric, goal, statics, ranges, 4, strategy="Random")
    before = trained(algorithm + "-parent")
    check(algorithm + "_parent_completes", parent["TrainingJobStatusCounters"]["Completed"] == 4 and len(before) == 4, reasons(algorithm + "-parent"))
    child = tune(algorithm + "-child", image, metric, goal, statics, ranges, 6, algorithm + "-parent")
    after = trained(algorithm + "-child")
    check(algorithm + "_child_completes", child["TrainingJobStatusCounters"]["Completed"] == 6 and len(after) == 6, reasons(algorithm + "-child"))
    # One at a time and with a seed, the child suggests the same each time.
    best, middle = (lambda values: max(sign * value for value in values)), (lambda values: statistics.median(sign * value for value in values))
    check(algorithm + "_child_beats_its_random_parent", best(after.values()) > best(before.values()), (before, after))
    check(algorithm + "_child_is_better_on_the_whole", middle(after.values()) > middle(before.values()), (before, after))
    name = max(after, key=lambda job: sign * after[job])
    check(algorithm + "_overall_best", child["OverallBestTrainingJob"]["TrainingJobName"] == name, child["OverallBestTrainingJob"])
    described = sm.describe_training_job(TrainingJobName=name)
    metrics = {final["MetricName"]: final["Value"] for final in described["FinalMetricDataList"]}
    check(algorithm + "_metrics_need_no_definitions", metrics[metric] == after[name] and (algorithm == "lightgbm" or len(metrics) > 1), metrics)
    check(algorithm + "_model_is_there", described["ModelArtifacts"]["S3ModelArtifacts"].endswith(f"{name}/output/model.tar.gz"), described)

wrong = dict(cases["xgboost"][3], eta="7", etta="1")
sm.create_training_job(
    TrainingJobName="wrong", AlgorithmSpecification={"TrainingImage": "xgboost:1", "TrainingInputMode": "File"}, HyperParameters=wrong,
    InputDataConfig=[channel("train")], OutputDataConfig={"S3OutputPath": "s3://bucket/output"}, RoleArn="arn:aws:iam::123456789012:role/SageMakerRole",
    ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}, StoppingCondition={"MaxRuntimeInSeconds": 600})
while (job := sm.describe_training_job(TrainingJobName="wrong"))["TrainingJobStatus"] == "InProgress":
    time.sleep(0.1)
reason = job.get("FailureReason", "")
check("wrong_hyperparameters_fail_with_every_reason", job["TrainingJobStatus"] == "Failed" and "ClientError: 2 hyperparameters are not valid" in reason
      and "eta: '7' must be a number from 0 to 1." in reason and "etta: no such hyperparameter in xgboost; did you mean eta?" in reason, job)
