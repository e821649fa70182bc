"""The built-in image classifier over RecordIO channels, through boto3. Prints one line per check: name, ok or what was wrong."""
import gzip, json, os, struct, sys, tarfile, time, zlib
import boto3

endpoint, digits, data = sys.argv[1:4]
sm = boto3.Session(aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-west-2").client("sagemaker", endpoint_url=endpoint)


def check(name, condition, detail=""):
    print(f"{name}\t{'ok' if condition else 'FAILED ' + str(detail)}", flush=True)


def png(width, height, channels, pixels):
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + pixels[row * width * channels:(row + 1) * width * channels] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if channels == 1 else 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def record(label, image):
    content = struct.pack("<IfQQ", 0, label, 0, 0) + image
    # None of these images holds the magic itself; a record that does would have to be cut there.
    assert struct.pack("<I", 0xced7230a) not in content
    return struct.pack("<II", 0xced7230a, len(content)) + content + b"\0" * (-len(content) % 4)


def put(key, records):
    path = os.path.join(data, "s3", "bucket", key)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"".join(records))


def idx(folder, name):
    with gzip.open(os.path.join(digits, folder, name)) as file:
        content = file.read()
    count = struct.unpack(">I", content[4:8])[0]
    body = content[4 + 4 * content[3]:]
    return [body[i * len(body) // count:(i + 1) * len(body) // count] for i in range(count)]


def channel(name, folder):
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://bucket/{folder}/{name}/", "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "ContentType": "application/x-recordio", "DataSource": {"S3DataSource": source}, "CompressionType": "None", "RecordWrapperType": "None"}


def request(name, folder, hyperparameters, ranges, jobs, **more):
    return dict(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": "Bayesian", "TrainingJobEarlyStoppingType": "Off",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:accuracy"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {"ContinuousParameterRanges": [
                {"Name": key, "MinValue": str(low), "MaxValue": str(high), "ScalingType": "Auto"} for key, (low, high) in ranges.items()]},
        },
        TrainingJobDefinition={
            "AlgorithmSpecification": {"TrainingImage": "433757028032.dkr.ecr.us-west-2.amazonaws.com/image-classification:1", "TrainingInputMode": "File"},
            "StaticHyperParameters": {key: str(value) for key, value in hyperparameters.items()},
            "InputDataConfig": [channel("train", folder), channel("validation", folder)],
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.p2.xlarge", "VolumeSizeInGB": 50},
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        },
        **more)


def tune(name, *arguments, **more):
    sm.create_hyper_parameter_tuning_job(**request(name, *arguments, **more))
    while True:
        job = sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
            return job
        time.sleep(0.1)


value = lambda summary: summary["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]

# The digits as records: something to learn.
for name, prefix in (("train", "train"), ("validation", "t10k")):
    images = idx(name, prefix + "-images-idx3-ubyte.gz")
    labels = idx(name, prefix + "-labels-idx1-ubyte.gz")
    put(f"digits/{name}/digits.rec", [record(label[0], png(8, 8, 1, image)) for image, label in zip(images, labels)])
job = tune(
    "digits", "digits", dict(num_layers=18, image_shape="1,8,8", num_classes=10, num_training_samples=1297, epochs=4, momentum=0.9),
    {"learning_rate": (0.005, 0.05)}, 2)
best = job["BestTrainingJob"]
check("digits_are_learnt_from_records", job["HyperParameterTuningJobStatus"] == "Completed" and value(best) > 0.85, job)
described = sm.describe_training_job(TrainingJobName=best["TrainingJobName"])
metrics = {metric["MetricName"]: metric["Value"] for metric in described["FinalMetricDataList"]}
check("metrics_are_found_by_the_expressions_that_come_with_the_algorithm", {"validation:accuracy", "train:accuracy", "validation:loss"} <= set(metrics), metrics)
check("the_objective_is_the_last_accuracy", abs(metrics["validation:accuracy"] - value(best)) < 1e-6, metrics)
artifacts = described["ModelArtifacts"]["S3ModelArtifacts"]
with tarfile.open(os.path.join(data, "s3", artifacts[len("s3://"):])) as archive:
    files = {member.name.removeprefix("./"): archive.extractfile(member).read() for member in archive.getmembers() if member.isfile()}
documents = [json.loads(content) for name, content in files.items() if name.endswith(".json")]
check("the_model_describes_itself", len(documents) == 1 and documents[0]["num_layers"] <= 18, list(files))
check("the_model_has_its_weights", len(files[documents[0]["weights"]]) > 10_000, list(files))
check("the_model_is_the_best_of_its_epochs", documents[0]["validation_accuracy"] >= value(best) - 1e-6, documents)

# The page's own snippet: its hyperparameters, ranges and counts; only the images are few, and its 30 epochs so are short.
for name, count in (("train", 4), ("validation", 2)):
    put(f"page/{name}/images.rec", [
        record(i % 2, png(24, 20, 3, bytes((200 * (i % 2) + 7 * i + p) % 256 for p in range(24 * 20 * 3)))) for i in range(count)])
hyperparameters = dict(
    num_layers=18, image_shape="3,224,224", num_classes=257, num_training_samples=15420, mini_batch_size=128, epochs=30, optimizer="sgd",
    top_k="2", precision_dtype="float32", augmentation_type="crop")
ranges = {"learning_rate": (0.0, 0.1), "momentum": (0.0, 0.99)}
parent = tune("parent", "page", hyperparameters, ranges, 2)
check("the_pages_parent_completes", parent["HyperParameterTuningJobStatus"] == "Completed" and parent["ObjectiveStatusCounters"]["Succeeded"] >= 1, parent)
child = tune(
    "warmstart", "page", hyperparameters, ranges, 10,
    WarmStartConfig={"WarmStartType": "IdenticalDataAndAlgorithm", "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}]})
check("the_pages_child_completes", child["HyperParameterTuningJobStatus"] == "Completed" and child["TrainingJobStatusCounters"]["Completed"] == 10, child)
check("the_overall_best_is_at_least_the_parents", value(child["OverallBestTrainingJob"]) >= value(parent["BestTrainingJob"]), child)
