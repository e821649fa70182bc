"""Creates the child of every case given on standard input with boto3, and prints for each whether the server decided as the case says."""
import json
import sys

import boto3
import botocore.config
import botocore.exceptions


def client(**settings):
    return boto3.client("sagemaker", endpoint_url=sys.argv[1], region_name="us-east-1", config=botocore.config.Config(retries={"max_attempts": 1}, **settings))


checking, unchecking = client(), client(parameter_validation=False)
for case in json.load(sys.stdin):
    request = case["request"]
    # An empty list of parents never leaves a client that checks it.
    sagemaker = unchecking if request["WarmStartConfig"]["ParentHyperParameterTuningJobs"] == [] else checking
    try:
        sagemaker.create_hyper_parameter_tuning_job(**request)
        sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=request["HyperParameterTuningJobName"])
        said, text = "accept", ""
    except botocore.exceptions.ClientError as error:
        said, text = error.response["Error"]["Code"], error.response["Error"]["Message"]
    right = said == case["expect"] and case["contains"] in text
    print(f"{case['id']}\t{'ok' if right else f'{said}: {text}'}", flush=True)
