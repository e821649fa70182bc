"""Early stopping and Hyperband with boto3. Prints one line per check: name, ok or what was wrong."""
import sys, time
import boto3, botocore

endpoint, auto_program, hyperband_program = sys.argv[1:4]
session = boto3.Session(aws_access_key_id="key", aws_secret_access_key="secret", region_name="eu-west-1")
smclient = session.client("sagemaker", endpoint_url=endpoint)


def check(name, condition, detail=""):
    print(f"{name}\t{'ok' if condition else 'FAILED ' + str(detail)}", flush=True)


def request(name, program, jobs, statics=None, **config):
    return dict(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "0.0", "MaxValue": "1.0"}]},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": 1},
            "HyperParameterTuningJobObjective": {"MetricName": "score", "Type": "Maximize"},
            **config,
        },
        TrainingJobDefinition={
            "AlgorithmSpecification": {"TrainingImage": program, "TrainingInputMode": "File", "MetricDefinitions": [{"Name": "score", "Regex": "score=([0-9.]+)"}]},
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10},
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "StaticHyperParameters": statics or {},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        })


def wait(name):
    while True:
        job = smclient.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
            return job
        time.sleep(0.1)


def refused(text, **arguments):
    try:
        smclient.create_hyper_parameter_tuning_job(**arguments)
        return False, "accepted"
    except botocore.exceptions.ClientError as error:
        said = error.response["Error"]
        return said["Code"] == "ValidationException" and text in said["Message"], said


def stopped(name):
    listed = smclient.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName=name, StatusEquals="Stopped", MaxResults=100)
    return sorted(summary["TrainingJobName"].split("-")[1] for summary in listed["TrainingJobSummaries"])


smclient.create_hyper_parameter_tuning_job(**request("auto", auto_program, 9, Strategy="Random", TrainingJobEarlyStoppingType="Auto"))
smclient.create_hyper_parameter_tuning_job(**request(
    "hyperband", hyperband_program, 6, Strategy="Hyperband", StrategyConfig={"HyperbandStrategyConfig": {"MinResource": 2, "MaxResource": 9}}))

auto = wait("auto")
check("auto_is_described", auto["HyperParameterTuningJobConfig"]["TrainingJobEarlyStoppingType"] == "Auto", auto)
check("hopeless_ones_are_listed_as_stopped", stopped("auto") == ["006", "008"], stopped("auto"))
check("hopeless_ones_are_counted_as_stopped", auto["TrainingJobStatusCounters"]["Stopped"] == 2 and auto["TrainingJobStatusCounters"]["Completed"] == 7, auto)
check("their_objectives_count_as_succeeded", auto["ObjectiveStatusCounters"] == {"Succeeded": 9, "Pending": 0, "Failed": 0}, auto)
check("the_best_ran_to_its_end", auto["BestTrainingJob"]["TrainingJobStatus"] == "Completed", auto)
hopeless = smclient.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName="auto", StatusEquals="Stopped")["TrainingJobSummaries"][0]
described = smclient.describe_training_job(TrainingJobName=hopeless["TrainingJobName"])
check("a_stopped_one_keeps_its_value", hopeless["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] < 0.3 and hopeless["ObjectiveStatus"] == "Succeeded", hopeless)
check("a_stopped_one_says_why", "stopped early" in described["SecondaryStatusTransitions"][-1]["StatusMessage"], described)
check("a_stopped_one_is_done", described["TrainingJobStatus"] == "Stopped" and described["SecondaryStatus"] == "Stopped", described)

hyperband = wait("hyperband")
check("hyperband_completes", hyperband["HyperParameterTuningJobStatus"] == "Completed", hyperband)
check("hyperband_describes_its_resources", hyperband["HyperParameterTuningJobConfig"]["StrategyConfig"] == {"HyperbandStrategyConfig": {"MinResource": 2, "MaxResource": 9}}, hyperband)
check("hyperband_stopped_five", stopped("hyperband") == ["001", "002", "004", "005", "006"], stopped("hyperband"))

smclient.create_hyper_parameter_tuning_job(**request("inferred", hyperband_program, 1, {"num_epochs": '"4"'}, Strategy="Hyperband"))
inferred = smclient.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="inferred")
check("the_most_resource_is_inferred", inferred["HyperParameterTuningJobConfig"]["StrategyConfig"] == {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 4}}, inferred)
smclient.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="inferred")
check("without_a_most_resource", *refused(
    "MaxResource parameter is not provided and could not be inferred from provided static hyperparameters of TrainingJobDefinition.",
    **request("bad", hyperband_program, 4, Strategy="Hyperband")))
check("hyperband_with_auto", *refused("TrainingJobEarlyStoppingType must be Off", **request(
    "bad", hyperband_program, 4, {"epochs": "9"}, Strategy="Hyperband", TrainingJobEarlyStoppingType="Auto")))
check("resources_of_another_strategy", *refused("with the strategy Hyperband only", **request(
    "bad", hyperband_program, 4, Strategy="Random", StrategyConfig={"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}})))
check("resources_in_the_wrong_order", *refused("MinResource cannot be more than MaxResource", **request(
    "bad", hyperband_program, 4, Strategy="Hyperband", StrategyConfig={"HyperbandStrategyConfig": {"MinResource": 9, "MaxResource": 3}})))
