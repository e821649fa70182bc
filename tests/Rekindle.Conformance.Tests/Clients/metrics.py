"""The metrics of a training job, read with boto3 as TrainingJobAnalytics of the SageMaker Python SDK reads them."""
import datetime, os, sys
import boto3, botocore.exceptions

endpoint, program = os.environ["AWS_ENDPOINT_URL"], sys.argv[1]
sagemaker, cloudwatch = (boto3.client(service, endpoint_url=endpoint) for service in ("sagemaker", "cloudwatch"))
NAMESPACE, DIMENSIONS = "/aws/sagemaker/TrainingJobs", [{"Name": "TrainingJobName", "Value": "measured"}]


def check(name, condition, detail=""):
    print(f"{name}\t{'ok' if condition else 'FAILED ' + str(detail)[:2000]}", flush=True)


def refused(name, code, call, **arguments):
    try:
        check(name, False, call(**arguments))
    except botocore.exceptions.ClientError as error:
        check(name, error.response["Error"]["Code"] == code, error)


sagemaker.create_training_job(
    TrainingJobName="measured", RoleArn="arn:aws:iam::123456789012:role/tests",
    AlgorithmSpecification={"TrainingImage": program, "TrainingInputMode": "File", "MetricDefinitions": [
        {"Name": "validation:loss", "Regex": "loss=(.*?);"}, {"Name": "validation:accuracy", "Regex": "acc=(.*?);"}]},
    OutputDataConfig={"S3OutputPath": "s3://b/output"}, StoppingCondition={"MaxRuntimeInSeconds": 600},
    ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1})
sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="measured", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
job = sagemaker.describe_training_job(TrainingJobName="measured")

request = dict(
    Namespace=NAMESPACE, MetricName="validation:loss", Dimensions=DIMENSIONS, Statistics=["Average"], Period=60,
    StartTime=job["TrainingStartTime"], EndTime=job["TrainingEndTime"] + datetime.timedelta(minutes=1))
ask = lambda **more: cloudwatch.get_metric_statistics(**{**request, **more})
answer = ask()
points = answer["Datapoints"]
check("the_label", answer["Label"] == "validation:loss", answer)
check("there_are_datapoints", 1 <= len(points) <= 2 and all(set(p) == {"Timestamp", "Average", "Unit"} and p["Unit"] == "None" for p in points), points)
check("times_are_whole_minutes", all(p["Timestamp"].second == p["Timestamp"].microsecond == 0 and p["Timestamp"].tzinfo for p in points), points)
points = ask(Statistics=["Sum", "SampleCount", "Minimum", "Maximum"], Period=86400)["Datapoints"]
check("every_value_counts", sum(p["SampleCount"] for p in points) == 3 and sum(p["Sum"] for p in points) == 7.0, points)
check("least_and_greatest", min(p["Minimum"] for p in points) == 1.0 and max(p["Maximum"] for p in points) == 4.0, points)
check("none_of_another_job", ask(Dimensions=[{"Name": "TrainingJobName", "Value": "other"}])["Datapoints"] == [])
pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace=NAMESPACE, Dimensions=[{"Name": "TrainingJobName"}])
listed = [m for page in pages for m in page["Metrics"]]
check("metrics_are_listed", [m["MetricName"] for m in listed] == ["validation:accuracy", "validation:loss"] and all(m["Dimensions"] == DIMENSIONS for m in listed), listed)
refused("too_many_datapoints", "InvalidParameterCombination", ask, StartTime=job["TrainingStartTime"] - datetime.timedelta(days=2))
refused("times_the_wrong_way", "InvalidParameterValue", ask, StartTime=request["EndTime"])
refused("an_odd_period", "InvalidParameterValue", ask, Period=61)
refused("another_operation", "InvalidAction", cloudwatch.put_metric_data, Namespace="x", MetricData=[{"MetricName": "m", "Value": 1.0}])
