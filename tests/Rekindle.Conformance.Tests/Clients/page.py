"""The warm start page with boto3: parent, identical child, transfer child. Prints one line per check: name, ok or what was wrong."""
import json, sys, time, urllib.error, urllib.request
import boto3, botocore, botocore.auth, botocore.awsrequest

endpoint, program = sys.argv[1:3]
session = boto3.Session(aws_access_key_id="key", aws_secret_access_key="secret", region_name="eu-west-1")
smclient = session.client("sagemaker", endpoint_url=endpoint)


def check(name, condition, detail=""):
    print(f"{name}\t{'ok' if condition else 'FAILED ' + str(detail)}", flush=True)


def refused(code, text, call, **arguments):
    try:
        call(**arguments)
        return False, "accepted"
    except botocore.exceptions.ClientError as error:
        said = error.response["Error"]
        return said["Code"] == code and text in said["Message"], said


def call(operation, **arguments):
    """An operation in AWS JSON 1.1 by hand, signed by botocore: Debian 12's boto3 is from 2022, its model lacks operations and members."""
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker." + operation}
    request = botocore.awsrequest.AWSRequest(method="POST", url=endpoint + "/", data=json.dumps(arguments).encode(), headers=headers)
    botocore.auth.SigV4Auth(session.get_credentials(), "sagemaker", "eu-west-1").add_auth(request)
    try:
        with urllib.request.urlopen(urllib.request.Request(request.url, request.data, dict(request.headers))) as answer:
            return json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        said = json.loads(error.read())
        raise botocore.exceptions.ClientError({"Error": {"Code": said["__type"], "Message": said["message"]}}, operation)


def wait(name):
    while True:
        job = smclient.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
            return job
        time.sleep(0.1)


tuning_job_config = {
    "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "0.0", "MaxValue": "1.0"}]},
    "ResourceLimits": {"MaxNumberOfTrainingJobs": 6, "MaxParallelTrainingJobs": 2},
    "Strategy": "Bayesian",
    "HyperParameterTuningJobObjective": {"MetricName": "score", "Type": "Maximize"},
}
training_job_definition = {
    "AlgorithmSpecification": {"TrainingImage": program, "TrainingInputMode": "File", "MetricDefinitions": [{"Name": "score", "Regex": "score=([0-9.e-]+)"}]},
    "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train", "S3DataDistributionType": "FullyReplicated"}}}],
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
    "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10},
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "StaticHyperParameters": {"epochs": "30"},
    "StoppingCondition": {"MaxRuntimeInSeconds": 600},
}
arn = smclient.create_hyper_parameter_tuning_job(
    HyperParameterTuningJobName="MyParentTuningJob", HyperParameterTuningJobConfig=tuning_job_config, TrainingJobDefinition=training_job_definition,
    Tags=[{"Key": "team", "Value": "search"}])["HyperParameterTuningJobArn"]
check("arn_is_lower_case", arn == "arn:aws:sagemaker:eu-west-1:000000000000:hyper-parameter-tuning-job/myparenttuningjob", arn)
parent = wait("myPARENTtuningJOB")
check("parent_completes", parent["HyperParameterTuningJobStatus"] == "Completed", parent)
check("names_are_case_insensitive_and_keep_their_spelling", parent["HyperParameterTuningJobName"] == "MyParentTuningJob")
definition = parent["TrainingJobDefinition"]
check("describe_adds_the_objective_hyperparameter", definition["StaticHyperParameters"] == {"epochs": "30", "_tuning_objective_metric": "score"}, definition)
check("describe_adds_the_objective_metric_definition", [m["Name"] for m in definition["AlgorithmSpecification"]["MetricDefinitions"]] == ["score", "ObjectiveMetric"], definition)
check("describe_has_all_three_range_lists", set(parent["HyperParameterTuningJobConfig"]["ParameterRanges"]) >= {"ContinuousParameterRanges", "IntegerParameterRanges", "CategoricalParameterRanges"})
check("describe_has_the_early_stopping_type", parent["HyperParameterTuningJobConfig"]["TrainingJobEarlyStoppingType"] == "Off")
check("describe_counts", parent["TrainingJobStatusCounters"]["Completed"] == 6 and parent["ObjectiveStatusCounters"]["Succeeded"] == 6, parent)
check("parent_has_no_overall_best", "OverallBestTrainingJob" not in parent)
check("describe_tells_consumed_time", "RuntimeInSeconds" in call("DescribeHyperParameterTuningJob", HyperParameterTuningJobName="MyParentTuningJob")["ConsumedResources"])

warm_start_config = {"ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "MyParentTuningJob"}], "WarmStartType": "IdenticalDataAndAlgorithm"}
smclient.create_hyper_parameter_tuning_job(
    HyperParameterTuningJobName="MyWarmStartTuningJob", HyperParameterTuningJobConfig=tuning_job_config,
    TrainingJobDefinition=training_job_definition, WarmStartConfig=warm_start_config)
child = wait("MyWarmStartTuningJob")
overall = child.get("OverallBestTrainingJob", {})
value = lambda summary: summary["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
check("child_has_an_overall_best_with_its_tuning_job", overall.get("TuningJobName") in ("MyParentTuningJob", "MyWarmStartTuningJob"), child)
check("overall_best_is_at_least_the_parents", value(overall) >= value(parent["BestTrainingJob"]) and value(overall) >= value(child["BestTrainingJob"]), child)

transfer = dict(warm_start_config, WarmStartType="TransferLearning")
smclient.create_hyper_parameter_tuning_job(
    HyperParameterTuningJobName="Transfer", HyperParameterTuningJobConfig=tuning_job_config, TrainingJobDefinition=training_job_definition, WarmStartConfig=transfer)
check("transfer_child_has_no_overall_best", "OverallBestTrainingJob" not in wait("Transfer"))

pages = smclient.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
    HyperParameterTuningJobName="MyParentTuningJob", SortBy="FinalObjectiveMetricValue", SortOrder="Descending", PaginationConfig={"PageSize": 2})
values = [value(summary) for page in pages for summary in page["TrainingJobSummaries"]]
check("paging_walks_all_training_jobs_in_order", len(values) == 6 and values == sorted(values, reverse=True), values)
training_job = parent["BestTrainingJob"]["TrainingJobName"]
smclient.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=training_job)
described = smclient.describe_training_job(TrainingJobName=training_job)
check("training_job_is_described_for_the_sdk", described["OutputDataConfig"]["KmsKeyId"] == "" and described["SecondaryStatusTransitions"][-1]["StatusMessage"], described)
check("training_job_carries_the_tags", smclient.list_tags(ResourceArn=described["TrainingJobArn"])["Tags"] == [{"Key": "team", "Value": "search"}])
check("list_by_status_and_name", [s["HyperParameterTuningJobName"] for s in smclient.list_hyper_parameter_tuning_jobs(NameContains="warm", StatusEquals="Completed")["HyperParameterTuningJobSummaries"]] == ["MyWarmStartTuningJob"])

create = dict(HyperParameterTuningJobConfig=tuning_job_config, TrainingJobDefinition=training_job_definition)
check("taken_name", *refused("ResourceInUse", "already exists", smclient.create_hyper_parameter_tuning_job, HyperParameterTuningJobName="TRANSFER", **create))
check("unknown_job", *refused("ResourceNotFound", "can't find a tuning job called nope", smclient.describe_hyper_parameter_tuning_job, HyperParameterTuningJobName="nope"))
check("stop_of_an_ended_job", *refused("ValidationException", "already in status Completed", smclient.stop_hyper_parameter_tuning_job, HyperParameterTuningJobName="Transfer"))
check("unknown_training_job", *refused("ValidationException", "Requested resource not found.", smclient.describe_training_job, TrainingJobName="nope"))
bad = dict(tuning_job_config, Strategy="Guess", TrainingJobEarlyStoppingType="Maybe")
check("all_violations_in_one_answer", *refused("ValidationException", "2 validation errors detected: ", smclient.create_hyper_parameter_tuning_job, HyperParameterTuningJobName="bad", HyperParameterTuningJobConfig=bad, TrainingJobDefinition=training_job_definition))
other = dict(training_job_definition, StaticHyperParameters={"rounds": "30"})
check("other_hyperparameter_names", *refused("ValidationException", "The set of tunable plus static HyperParameter names is not the same", smclient.create_hyper_parameter_tuning_job, HyperParameterTuningJobName="bad", HyperParameterTuningJobConfig=tuning_job_config, TrainingJobDefinition=other, WarmStartConfig=warm_start_config))
empty = [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/nothing"}}}]
check("channel_without_data", *refused("ValidationException", 'No S3 objects found under S3 URL "s3://bucket/nothing"', smclient.create_hyper_parameter_tuning_job, HyperParameterTuningJobName="bad", HyperParameterTuningJobConfig=tuning_job_config, TrainingJobDefinition=dict(training_job_definition, InputDataConfig=empty)))
new_enough = hasattr(smclient, "delete_hyper_parameter_tuning_job")
delete = smclient.delete_hyper_parameter_tuning_job if new_enough else lambda **arguments: call("DeleteHyperParameterTuningJob", **arguments)
delete(HyperParameterTuningJobName="MyParentTuningJob")
check("a_deleted_job_is_gone", *refused("ResourceNotFound", "can't find", smclient.describe_hyper_parameter_tuning_job, HyperParameterTuningJobName="MyParentTuningJob"))
check("a_deleted_parent_stays_in_the_overall_best", value(smclient.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="MyWarmStartTuningJob")["OverallBestTrainingJob"]) == value(overall))
check("a_deleted_job_is_no_parent", *refused("ValidationException", "MyParentTuningJob", smclient.create_hyper_parameter_tuning_job, HyperParameterTuningJobName="late", WarmStartConfig=warm_start_config, **create))
