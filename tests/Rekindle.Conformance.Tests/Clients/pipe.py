"""A tuning job whose training jobs read gzipped objects as shuffled RecordIO records from FIFOs, with boto3."""
import gzip, os, sys, time
import boto3, botocore.exceptions

endpoint, program = os.environ["AWS_ENDPOINT_URL"], sys.argv[1]
make = lambda service: boto3.client(service, endpoint_url=endpoint)
s3, sagemaker = make("s3"), make("sagemaker")


def check(name, condition, detail=""):
    print(f"{name}\t{'ok' if condition else 'FAILED ' + str(detail)[:2000]}", flush=True)


s3.create_bucket(Bucket="piped")
for n in range(20):
    s3.put_object(Bucket="piped", Key=f"train/{n:02}.gz", Body=gzip.compress(str(n).encode()))
s3.put_object(Bucket="piped", Key="damaged/0.gz", Body=gzip.compress(b"7" * 1000)[:-5])


def channel(prefix, **more):
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://piped/{prefix}/", "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": "train", "CompressionType": "Gzip", "RecordWrapperType": "RecordIO", "DataSource": {"S3DataSource": source}, **more}


def create(name, channel, mode="Pipe"):
    sagemaker.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": "Random", "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "0", "MaxValue": "1"}]}},
        TrainingJobDefinition={
            "AlgorithmSpecification": {"TrainingImage": program, "TrainingInputMode": mode, "MetricDefinitions": [{"Name": "score", "Regex": "score=(\\S+)"}]},
            "RoleArn": "arn:aws:iam::000000000000:role/tests", "InputDataConfig": [channel], "OutputDataConfig": {"S3OutputPath": "s3://piped/output"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}, "StoppingCondition": {"MaxRuntimeInSeconds": 120}})


def end_of(name):
    while (job := sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name))["HyperParameterTuningJobStatus"] == "InProgress":
        time.sleep(0.1)
    return job


create("from-fifos", channel("train", ShuffleConfig={"Seed": 11}))
job = end_of("from-fifos")
check("it_completes", job["HyperParameterTuningJobStatus"] == "Completed" and job["TrainingJobStatusCounters"]["Completed"] == 2, job)
check("every_record_of_both_epochs_was_read", job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == 380, job)
training = sagemaker.describe_training_job(TrainingJobName=job["BestTrainingJob"]["TrainingJobName"])
check("the_channel_is_described", training["InputDataConfig"][0]["ShuffleConfig"] == {"Seed": 11}, training)
lines = [e["message"] for e in make("logs").filter_log_events(logGroupName="/aws/sagemaker/TrainingJobs")["events"]]
check("the_order_differs_between_epochs", lines.count("sorted True shuffled True") == 2, lines)

create("from-damaged", channel("damaged"))
job = end_of("from-damaged")
training = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName="from-damaged")["TrainingJobSummaries"][0]
reason = training.get("FailureReason", "")
check("damage_fails_the_training_job", training["TrainingJobStatus"] == "Failed" and job["TrainingJobStatusCounters"]["NonRetryableError"] >= 1, training)
check("its_reason_says_what_is_damaged", reason.startswith('ClientError: Channel "train": the object "0.gz" is no whole gzip file'), reason)
try:
    create("refused", channel("train"), mode="File")
    check("gzip_needs_pipe", False)
except botocore.exceptions.ClientError as error:
    check("gzip_needs_pipe", "CompressionType Gzip needs the input mode Pipe, not File" in str(error), error)
