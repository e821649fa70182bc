"""A training job on data that was uploaded with boto3, its log followed and its model downloaded, knowing the server only by its address."""
import io, os, sys, tarfile, time
import boto3, botocore.exceptions

endpoint, program = os.environ["AWS_ENDPOINT_URL"], sys.argv[1]
make = lambda service: boto3.client(service, endpoint_url=endpoint)
s3, sagemaker, logs = make("s3"), make("sagemaker"), make("logs")
GROUP = "/aws/sagemaker/TrainingJobs"


def check(name, condition, detail=""):
    print(f"{name}\t{'ok' if condition else 'FAILED ' + str(detail)[:2000]}", flush=True)


s3.create_bucket(Bucket="training-data")
for n in range(3):
    s3.put_object(Bucket="training-data", Key=f"train/part-{n}", Body=f"{n}\n".encode())
s3.put_object(Bucket="training-data", Key="training-notes.txt", Body=b"not of the channel")
sagemaker.create_training_job(
    TrainingJobName="from-s3", RoleArn=make("iam").get_role(RoleName="tests")["Role"]["Arn"],
    AlgorithmSpecification={"TrainingImage": program, "TrainingInputMode": "File"},
    InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://training-data/train/", "S3DataDistributionType": "FullyReplicated"}}}],
    OutputDataConfig={"S3OutputPath": "s3://training-data/output"}, StoppingCondition={"MaxRuntimeInSeconds": 600},
    ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1})

# As "aws logs tail --follow" of version 2 asks: from the newest time on, leaving out what came before with that time.
messages, start, seen = [], int((time.time() - 600) * 1000), set()
while "end of training" not in messages and len(messages) < 1000:
    token = {}
    while True:
        page = logs.filter_log_events(logGroupName=GROUP, startTime=start, **token)
        fresh = [e for e in page["events"] if e["eventId"] not in seen]
        messages += [e["message"] for e in fresh]
        seen |= {e["eventId"] for e in fresh}
        start = max([start] + [e["timestamp"] for e in fresh])
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    time.sleep(0.05)
check("the_log_is_followed", messages == ["sum=3", *[f"line {n}" for n in range(1, 6)], "warning: two words", "end of training"], messages)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="from-s3", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
job = sagemaker.describe_training_job(TrainingJobName="from-s3")
check("the_job_completes", job["TrainingJobStatus"] == "Completed", job)
uri = job["ModelArtifacts"]["S3ModelArtifacts"]
bucket, key = uri.removeprefix("s3://").split("/", 1)
model = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
with tarfile.open(fileobj=io.BytesIO(model)) as tar:
    check("the_model_is_downloaded", tar.extractfile("weights").read() == b"3\n", tar.getnames())
listed = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="output/")["Contents"]]
check("the_model_is_listed", listed == [key], listed)
check("a_file_that_was_not_uploaded_has_a_tag", s3.head_object(Bucket=bucket, Key=key)["ETag"] == s3.list_objects_v2(Bucket=bucket, Prefix="output/")["Contents"][0]["ETag"])

found = lambda pattern, **more: [e["message"] for e in logs.filter_log_events(logGroupName=GROUP, filterPattern=pattern, **more)["events"]]
check("the_group_is_listed", [g["logGroupName"] for g in logs.describe_log_groups(logGroupNamePrefix="/aws/sagemaker")["logGroups"]] == [GROUP])
check("no_other_group", logs.describe_log_groups(logGroupNamePrefix="/aws/lambda")["logGroups"] == [])
check("a_term", found("line") == [f"line {n}" for n in range(1, 6)], found("line"))
check("two_terms", found("line 3") == ["line 3"])
check("a_phrase", found('"two words"') == ["warning: two words"])
check("one_of", found("?sum ?warning") == ["sum=3", "warning: two words"])
check("but_not", found("line -3 -4") == ["line 1", "line 2", "line 5"])
check("case_counts", found("LINE") == [])
check("of_a_stream", found("sum", logStreamNamePrefix="from-s3/") == ["sum=3"] and found("sum", logStreamNamePrefix="other") == [])
pages = logs.get_paginator("filter_log_events").paginate(logGroupName=GROUP, PaginationConfig={"PageSize": 2})
check("pages", [e["message"] for page in pages for e in page["events"]] == messages)
check("a_time_to_come", found("", startTime=int(time.time() * 1000) + 60000) == [])
try:
    found('{ $.level = "error" }')
    check("no_patterns_for_json", False)
except botocore.exceptions.ClientError as error:
    check("no_patterns_for_json", error.response["Error"]["Code"] == "InvalidParameterException", error)
stream = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix="from-s3/")["logStreams"][0]
events = logs.get_log_events(logGroupName=GROUP, logStreamName=stream["logStreamName"], startFromHead=True)["events"]
check("both_ways_to_read_tell_the_same_times", [(e["message"], e["timestamp"]) for e in events] == [(e["message"], e["timestamp"]) for e in logs.filter_log_events(logGroupName=GROUP)["events"]])
