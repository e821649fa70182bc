"""S3, STS and IAM with boto3, knowing the server only by AWS_ENDPOINT_URL. Prints one line per check: name, ok or what was wrong."""
import base64, hashlib, http.client, io, os, socket, sys, tempfile, urllib.error, urllib.parse, urllib.request, zlib
import boto3, botocore, botocore.auth, botocore.awsrequest, botocore.config, botocore.exceptions
from boto3.s3.transfer import TransferConfig

access = sys.argv[1]
endpoint = os.environ["AWS_ENDPOINT_URL"]
session = boto3.Session()
# Debian 12's boto3 is older than the variable.
make = lambda service, **more: session.client(service, endpoint_url=endpoint, **more)
s3 = make("s3")
MiB = 1 << 20


def check(name, condition, detail=""):
    print(f"{name}\t{'ok' if condition else 'FAILED ' + str(detail)[:2000]}", flush=True)


def refusal(call, **arguments):
    try:
        call(**arguments)
        return None
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def refused(name, code, call, **arguments):
    said = refusal(call, **arguments)
    check(name, said == code, said)


def fetch(url, method="GET", body=None, headers={}):
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


def text(key, bucket="first-bucket"):
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


# Who am I.
identity = make("sts").get_caller_identity()
check("caller_identity", identity["Account"] == "000000000000" and ":assumed-role/" in identity["Arn"], identity)
role = make("iam").get_role(RoleName="SageMakerRole")["Role"]
check("role", role["Arn"] == "arn:aws:iam::000000000000:role/SageMakerRole" and role["RoleName"] == "SageMakerRole", role)

# Buckets.
check("no_bucket_yet", refusal(s3.head_bucket, Bucket="first-bucket") == "404")
s3.create_bucket(Bucket="first-bucket")
s3.get_waiter("bucket_exists").wait(Bucket="first-bucket", WaiterConfig={"Delay": 1, "MaxAttempts": 3})
s3.create_bucket(Bucket="second.bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
check("buckets_are_listed", [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["first-bucket", "second.bucket"], s3.list_buckets())
check("own_bucket_again_in_us_east_1", refusal(s3.create_bucket, Bucket="first-bucket") is None)
refused("taken_name", "BucketAlreadyOwnedByYou", s3.create_bucket, Bucket="second.bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
refused("tags_are_not_dropped", "NotImplemented", s3.put_object, Bucket="first-bucket", Key="tagged", Body=b"", Tagging="a=b")
raw = make("s3", config=botocore.config.Config(parameter_validation=False, s3={"addressing_style": "path"}))
for bad in ["ab", "Upper-Case", "-begins", "two..dots", "192.168.0.1", "x" * 64]:
    said = refusal(raw.create_bucket, Bucket=bad)
    check(f"bad_bucket_name_{bad[:12]}", said == "InvalidBucketName", said)
check("location_of_the_first", s3.get_bucket_location(Bucket="first-bucket")["LocationConstraint"] is None)
check("location_of_the_second", s3.get_bucket_location(Bucket="second.bucket")["LocationConstraint"] == "eu-west-1")
refused("no_such_bucket", "NoSuchBucket", s3.list_objects_v2, Bucket="never-was")
refused("no_such_bucket_for_an_object", "NoSuchBucket", s3.put_object, Bucket="never-was", Key="a", Body=b"")
refused("another_owner", "AccessDenied", s3.put_object, Bucket="first-bucket", Key="a", Body=b"", ExpectedBucketOwner="111111111111")

# Objects.
put = s3.put_object(Bucket="first-bucket", Key="hello.txt", Body=b"hello", ContentType="text/x-mine", CacheControl="no-cache", ContentDisposition='attachment; filename="h"', Metadata={"Who": "me", "n": "1"})
tag = '"' + hashlib.md5(b"hello").hexdigest() + '"'
check("tag_is_md5", put["ETag"] == tag, put)
head = s3.head_object(Bucket="first-bucket", Key="hello.txt")
check("headers_are_kept", (head["ContentType"], head["CacheControl"], head["ContentDisposition"], head["Metadata"], head["ContentLength"], head["ETag"]) == ("text/x-mine", "no-cache", 'attachment; filename="h"', {"who": "me", "n": "1"}, 5, tag), head)
check("content", text("hello.txt") == b"hello")
refused("no_such_key", "NoSuchKey", s3.get_object, Bucket="first-bucket", Key="nope")
check("no_such_key_for_head", refusal(s3.head_object, Bucket="first-bucket", Key="nope") == "404")
s3.put_object(Bucket="first-bucket", Key="hello.txt", Body=b"hello again")
check("an_object_is_replaced", text("hello.txt") == b"hello again" and s3.head_object(Bucket="first-bucket", Key="hello.txt")["Metadata"] == {})
s3.put_object(Bucket="first-bucket", Key="empty")
check("an_empty_object", text("empty") == b"")

# Conditions.
tag = s3.head_object(Bucket="first-bucket", Key="hello.txt")["ETag"]
check("if_none_match", refusal(s3.get_object, Bucket="first-bucket", Key="hello.txt", IfNoneMatch=tag) == "304")
check("if_none_match_other", s3.get_object(Bucket="first-bucket", Key="hello.txt", IfNoneMatch='"other"')["ContentLength"] == 11)
refused("if_match_other", "PreconditionFailed", s3.get_object, Bucket="first-bucket", Key="hello.txt", IfMatch='"other"')
check("if_match", s3.get_object(Bucket="first-bucket", Key="hello.txt", IfMatch=tag)["ContentLength"] == 11)


def conditional(name, code, key, header, value):
    """Old models have no conditions on writes."""
    client = make("s3")
    client.meta.events.register("before-sign.s3.PutObject", lambda request, **_: request.headers.add_header(header, value))
    check(name, refusal(client.put_object, Bucket="first-bucket", Key=key, Body=b"conditional") == code)


conditional("put_only_if_new", "PreconditionFailed", "hello.txt", "If-None-Match", "*")
conditional("put_only_if_new_is_new", None, "new.txt", "If-None-Match", "*")
conditional("put_only_if_same", "PreconditionFailed", "hello.txt", "If-Match", '"other"')
conditional("put_only_if_same_is_same", None, "hello.txt", "If-Match", tag)
conditional("put_only_if_there", "NoSuchKey", "never-was", "If-Match", '"other"')

# Ranges.
s3.put_object(Bucket="first-bucket", Key="digits", Body=b"0123456789")
for asked, got, said in [("bytes=2-4", b"234", "bytes 2-4/10"), ("bytes=7-", b"789", "bytes 7-9/10"), ("bytes=-3", b"789", "bytes 7-9/10"), ("bytes=8-99", b"89", "bytes 8-9/10")]:
    answer = s3.get_object(Bucket="first-bucket", Key="digits", Range=asked)
    check(f"range_{asked}", (answer["Body"].read(), answer["ContentRange"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (got, said, 206), answer)
refused("range_behind_the_end", "InvalidRange", s3.get_object, Bucket="first-bucket", Key="digits", Range="bytes=10-")

# Keys.
odd = ["a b+c%d&e=f?g#h", "ünï/cödé/日本/𝄞", "dots/.../x", "tab\there", "q'\"<>", "~tilde*(!)", "back\\slash", "x" * 255, "a/" * 300 + "deep", "new\nline"]
for key in odd:
    s3.put_object(Bucket="second.bucket", Key=key, Body=key.encode())
check("odd_keys_come_back", all(text(key, "second.bucket") == key.encode() for key in odd))
listed = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="second.bucket", PaginationConfig={"PageSize": 3}) for o in page["Contents"]]
check("odd_keys_are_listed_in_the_order_of_their_bytes", listed == sorted(odd, key=str.encode), listed)
listed = [o["Key"] for page in s3.get_paginator("list_objects").paginate(Bucket="second.bucket", PaginationConfig={"PageSize": 2}) for o in page["Contents"]]
check("odd_keys_are_listed_in_the_first_form", listed == sorted(odd, key=str.encode), listed)
refused("too_long_a_key", "KeyTooLongError", s3.put_object, Bucket="second.bucket", Key="k" * 1025, Body=b"")
for key in ["../out", "a/../../out", ".", "a//b", "/a", "a/./b", "y" * 256, "hello.txt/below", ".rekindle-uploads/x"]:
    refused(f"no_file_has_the_key_{key[:20]}", "InvalidArgument", s3.put_object, Bucket="first-bucket", Key=key, Body=b"x")
    refused(f"nothing_is_at_the_key_{key[:20]}", "NoSuchKey", s3.get_object, Bucket="first-bucket", Key=key)
    s3.delete_object(Bucket="first-bucket", Key=key)
s3.put_object(Bucket="first-bucket", Key="marked/", Body=b"")
check("a_folder_can_be_an_object", s3.head_object(Bucket="first-bucket", Key="marked/")["ContentLength"] == 0 and "marked/" in [o["Key"] for o in s3.list_objects_v2(Bucket="first-bucket")["Contents"]])
s3.put_object(Bucket="first-bucket", Key="marked/inside", Body=b"x")
s3.delete_object(Bucket="first-bucket", Key="marked/inside")
check("and_stays_when_it_is_empty", s3.head_object(Bucket="first-bucket", Key="marked/")["ContentLength"] == 0)
s3.delete_object(Bucket="first-bucket", Key="marked/")
check("and_is_deleted", refusal(s3.head_object, Bucket="first-bucket", Key="marked/") == "404")

# Lists with delimiters.
s3.create_bucket(Bucket="lists")
for key in ["a-b", "a.txt", "a/1", "a/2", "a/deep/3", "a0", "b/1", "c"]:
    s3.put_object(Bucket="lists", Key=key, Body=b"")
page = s3.list_objects_v2(Bucket="lists", Delimiter="/")
check("a_delimiter_makes_folders", ([o["Key"] for o in page["Contents"]], [p["Prefix"] for p in page["CommonPrefixes"]], page["KeyCount"]) == (["a-b", "a.txt", "a0", "c"], ["a/", "b/"], 6), page)
page = s3.list_objects_v2(Bucket="lists", Delimiter="/", Prefix="a/")
check("a_prefix_is_a_folder", ([o["Key"] for o in page["Contents"]], [p["Prefix"] for p in page["CommonPrefixes"]]) == (["a/1", "a/2"], ["a/deep/"]), page)
check("a_prefix_is_no_folder", [o["Key"] for o in s3.list_objects_v2(Bucket="lists", Prefix="a")["Contents"]] == ["a-b", "a.txt", "a/1", "a/2", "a/deep/3", "a0"])
check("start_after", [o["Key"] for o in s3.list_objects_v2(Bucket="lists", StartAfter="a/2")["Contents"]] == ["a/deep/3", "a0", "b/1", "c"])
for form in ["list_objects", "list_objects_v2"]:
    entries = []
    for page in s3.get_paginator(form).paginate(Bucket="lists", Delimiter="/", PaginationConfig={"PageSize": 1}):
        entries += [o["Key"] for o in page.get("Contents", [])] + [p["Prefix"] for p in page.get("CommonPrefixes", [])]
    check(f"pages_of_one_{form}", entries == ["a-b", "a.txt", "a/", "a0", "b/", "c"], entries)
check("another_delimiter", [p["Prefix"] for p in s3.list_objects_v2(Bucket="lists", Delimiter="-")["CommonPrefixes"]] == ["a-"])
check("no_keys_at_all", s3.list_objects_v2(Bucket="lists", MaxKeys=0)["KeyCount"] == 0)
refused("a_token_that_is_none", "InvalidArgument", s3.list_objects_v2, Bucket="lists", ContinuationToken="&&&")
refused("a_bucket_with_objects_stays", "BucketNotEmpty", s3.delete_bucket, Bucket="lists")
gone = s3.delete_objects(Bucket="lists", Delete={"Objects": [{"Key": k} for k in ["a-b", "a.txt", "a/1", "a/2", "a/deep/3", "a0", "b/1", "c", "never"]]})
check("many_are_deleted", len(gone["Deleted"]) == 9 and "Errors" not in gone, gone)
s3.delete_bucket(Bucket="lists")
s3.get_waiter("bucket_not_exists").wait(Bucket="lists", WaiterConfig={"Delay": 1, "MaxAttempts": 3})

# Copies.
s3.put_object(Bucket="first-bucket", Key="source ü.txt", Body=b"copied", ContentType="text/x-mine", Metadata={"k": "v"})
s3.copy_object(Bucket="second.bucket", Key="copy", CopySource={"Bucket": "first-bucket", "Key": "source ü.txt"})
copy = s3.head_object(Bucket="second.bucket", Key="copy")
check("a_copy_keeps_what_is_said", (copy["ContentType"], copy["Metadata"], text("copy", "second.bucket")) == ("text/x-mine", {"k": "v"}, b"copied"), copy)
s3.copy_object(Bucket="second.bucket", Key="copy", CopySource="second.bucket/copy", MetadataDirective="REPLACE", Metadata={"other": "1"})
check("a_copy_onto_itself_replaces_what_is_said", (s3.head_object(Bucket="second.bucket", Key="copy")["Metadata"], text("copy", "second.bucket")) == ({"other": "1"}, b"copied"))
refused("a_copy_onto_itself_for_nothing", "InvalidRequest", s3.copy_object, Bucket="second.bucket", Key="copy", CopySource="second.bucket/copy")
refused("a_copy_of_nothing", "NoSuchKey", s3.copy_object, Bucket="second.bucket", Key="copy", CopySource="second.bucket/never")
refused("a_copy_on_a_condition", "PreconditionFailed", s3.copy_object, Bucket="second.bucket", Key="copy2", CopySource="second.bucket/copy", CopySourceIfMatch='"other"')

# Parts.
config = TransferConfig(multipart_threshold=5 * MiB, multipart_chunksize=5 * MiB, max_concurrency=4)
data = os.urandom(11 * MiB + 17)
with tempfile.TemporaryDirectory() as folder:
    path, back = os.path.join(folder, "up"), os.path.join(folder, "down")
    with open(path, "wb") as file:
        file.write(data)
    s3.upload_file(path, "first-bucket", "large/file.bin", Config=config, ExtraArgs={"Metadata": {"large": "yes"}, "ContentType": "application/x-large"})
    s3.download_file("first-bucket", "large/file.bin", back, Config=config)
    with open(back, "rb") as file:
        check("a_large_file_comes_back", file.read() == data)
head = s3.head_object(Bucket="first-bucket", Key="large/file.bin")
pieces = [data[at:at + 5 * MiB] for at in range(0, len(data), 5 * MiB)]
tag = hashlib.md5(b"".join(hashlib.md5(piece).digest() for piece in pieces)).hexdigest() + "-3"
check("its_tag_is_over_its_parts", head["ETag"] == f'"{tag}"' and head["Metadata"] == {"large": "yes"} and head["ContentType"] == "application/x-large", head)
s3.copy({"Bucket": "first-bucket", "Key": "large/file.bin"}, "second.bucket", "large-copy", Config=config)
check("a_large_copy_is_made_of_parts", text("large-copy", "second.bucket") == data and s3.head_object(Bucket="second.bucket", Key="large-copy")["ETag"].endswith('-3"'))
upload = s3.create_multipart_upload(Bucket="first-bucket", Key="parts")["UploadId"]
where = dict(Bucket="first-bucket", Key="parts", UploadId=upload)
tags = {n: s3.upload_part(PartNumber=n, Body=body, **where)["ETag"] for n, body in [(2, b"b" * 5 * MiB), (1, b"a" * 5 * MiB), (7, b"end"), (3, b"small")]}
check("parts_are_listed", [(p["PartNumber"], p["Size"]) for p in s3.list_parts(**where)["Parts"]] == [(1, 5 * MiB), (2, 5 * MiB), (3, 5), (7, 3)])
check("parts_come_in_pages", [p["PartNumber"] for page in s3.get_paginator("list_parts").paginate(PaginationConfig={"PageSize": 1}, **where) for p in page["Parts"]] == [1, 2, 3, 7])
check("uploads_are_listed", [(u["Key"], u["UploadId"]) for u in s3.list_multipart_uploads(Bucket="first-bucket")["Uploads"]] == [("parts", upload)])
parts = lambda *numbers: {"Parts": [{"PartNumber": n, "ETag": tags.get(n, '"x"')} for n in numbers]}
refused("parts_out_of_order", "InvalidPartOrder", s3.complete_multipart_upload, MultipartUpload=parts(2, 1), **where)
refused("a_part_that_never_came", "InvalidPart", s3.complete_multipart_upload, MultipartUpload=parts(1, 5), **where)
refused("another_tag", "InvalidPart", s3.complete_multipart_upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": '"0"'}]}, **where)
refused("a_small_part_in_the_middle", "EntityTooSmall", s3.complete_multipart_upload, MultipartUpload=parts(1, 3, 7), **where)
refused("no_parts", "MalformedXML", s3.complete_multipart_upload, MultipartUpload={"Parts": []}, **where)
refused("part_number_zero", "InvalidArgument", s3.upload_part, PartNumber=0, Body=b"", **where)
refused("part_number_10001", "InvalidArgument", s3.upload_part, PartNumber=10001, Body=b"", **where)
check("nothing_is_there_before", refusal(s3.head_object, Bucket="first-bucket", Key="parts") == "404")
s3.complete_multipart_upload(MultipartUpload=parts(1, 2, 7), **where)
check("parts_become_an_object", text("parts") == b"a" * 5 * MiB + b"b" * 5 * MiB + b"end")
refused("an_upload_ends", "NoSuchUpload", s3.list_parts, **where)
upload = s3.create_multipart_upload(Bucket="first-bucket", Key="parts")["UploadId"]
where["UploadId"] = upload
s3.upload_part(PartNumber=1, Body=b"x", **where)
s3.abort_multipart_upload(**where)
refused("an_aborted_upload", "NoSuchUpload", s3.upload_part, PartNumber=1, Body=b"x", **where)
check("no_upload_is_left", "Uploads" not in s3.list_multipart_uploads(Bucket="first-bucket"))
refused("an_upload_that_never_was", "NoSuchUpload", s3.upload_part, PartNumber=1, Body=b"x", **dict(where, UploadId="../../etc"))

# Checksums and digests.
md5 = base64.b64encode(hashlib.md5(b"checked").digest()).decode()
s3.put_object(Bucket="first-bucket", Key="checked", Body=b"checked", ContentMD5=md5)
once = make("s3", config=botocore.config.Config(retries={"max_attempts": 0}))  # Clients try a bad digest again, and again.
refused("another_md5", "BadDigest", once.put_object, Bucket="first-bucket", Key="other", Body=b"other", ContentMD5=md5)
refused("no_md5_at_all", "InvalidDigest", s3.put_object, Bucket="first-bucket", Key="other", Body=b"other", ContentMD5="x")
check("what_was_refused_is_not_there", refusal(s3.head_object, Bucket="first-bucket", Key="other") == "404")


def signed(method, path, body=b"", headers={}, bucket_host=None):
    """A request by hand, signed by botocore."""
    url = endpoint + path
    request = botocore.awsrequest.AWSRequest(method=method, url=url, data=body, headers=dict(headers))
    if bucket_host:
        request.headers["Host"] = bucket_host
    botocore.auth.S3SigV4Auth(session.get_credentials(), "s3", "us-east-1").add_auth(request)
    return fetch(url, method, body or None, dict(request.headers))


def sum_of(algorithm, body):
    raw = {"crc32": lambda: zlib.crc32(body).to_bytes(4, "big"), "sha1": lambda: hashlib.sha1(body).digest(), "sha256": lambda: hashlib.sha256(body).digest()}[algorithm]()
    return base64.b64encode(raw).decode()


known = {"crc32c": "4waSgw==", "crc64nvme": "rosUhgp5mIg="}  # of 123456789
for algorithm in ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"]:
    name = "x-amz-checksum-" + algorithm
    right = known.get(algorithm) or sum_of(algorithm, b"123456789")
    status, said, headers = signed("PUT", "/first-bucket/sum", b"123456789", {name: right})
    check(f"checksum_{algorithm}", status == 200 and headers.get(name) == right, said)
    status, said, headers = signed("HEAD", "/first-bucket/sum", headers={"x-amz-checksum-mode": "ENABLED"})
    check(f"checksum_{algorithm}_is_kept", headers.get(name) == right, headers)
    status, said, headers = signed("PUT", "/first-bucket/sum", b"12345678", {name: right})
    check(f"checksum_{algorithm}_of_something_else", status == 400 and b"BadDigest" in said, said)
s3.put_object(Bucket="first-bucket", Key="sum", Body=b"x")
check("whatever_checksum_boto3_makes_is_right", text("sum") == b"x")

# Bucket in the host name.
port = urllib.parse.urlparse(endpoint).port
for host in ["first-bucket.localhost", "first-bucket.s3.localhost"]:
    status, said, _ = signed("GET", "/digits", bucket_host=f"{host}:{port}")
    check(f"host_{host}", (status, said) == (200, b"0123456789"), said)
    status, said, _ = signed("GET", "/?list-type=2&prefix=digits", bucket_host=f"{host}:{port}")
    check(f"host_{host}_lists", status == 200 and b"<Key>digits</Key>" in said, said)
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolve("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more)
virtual = session.client("s3", endpoint_url=f"http://localhost.localhost:{port}".replace("localhost.localhost", "s3.localhost"), config=botocore.config.Config(s3={"addressing_style": "virtual"}))
check("boto3_with_the_bucket_in_the_host_name", virtual.get_object(Bucket="first-bucket", Key="digits")["Body"].read() == b"0123456789")

# Presigned URLs, in both signatures.
for version in ["s3", "s3v4"]:
    signer = make("s3", config=botocore.config.Config(signature_version=version))
    url = signer.generate_presigned_url("get_object", Params={"Bucket": "second.bucket", "Key": odd[0], "ResponseContentType": "text/html"}, ExpiresIn=60)
    status, said, headers = fetch(url)
    check(f"presigned_get_{version}", (status, said, headers.get("Content-Type")) == (200, odd[0].encode(), "text/html"), said)
    url = signer.generate_presigned_url("put_object", Params={"Bucket": "first-bucket", "Key": "presigned", "ContentType": "text/x-mine"}, ExpiresIn=60)
    status, said, _ = fetch(url, "PUT", b"by url", {"Content-Type": "text/x-mine"})
    check(f"presigned_put_{version}", status == 200 and text("presigned") == b"by url", said)
    if access == "keys":
        url = signer.generate_presigned_url("get_object", Params={"Bucket": "first-bucket", "Key": "digits"}, ExpiresIn=60)
        check(f"presigned_for_another_key_{version}", fetch(url.replace("/digits", "/hello.txt"))[0] == 403)
        check(f"presigned_for_another_method_{version}", fetch(url, "DELETE")[0] == 403)
        check(f"presigned_put_of_another_type_{version}", fetch(signer.generate_presigned_url("put_object", Params={"Bucket": "first-bucket", "Key": "presigned", "ContentType": "text/x-mine"}), "PUT", b"x", {"Content-Type": "other"})[0] == 403)
        url = signer.generate_presigned_url("get_object", Params={"Bucket": "first-bucket", "Key": "digits"}, ExpiresIn=-60 if version == "s3" else 0)
        check(f"presigned_long_ago_{version}", fetch(url)[0] in (400, 403))

# Chunks.
def in_chunks(key, payload, chunks, trailer=None, tamper=lambda body: body, signature=lambda s: s):
    """A PUT in S3's chunks by hand, each signed as AWS says."""
    import datetime, hmac
    credentials = session.get_credentials()
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{date[:8]}/us-east-1/s3/aws4_request"
    keyed = lambda key, text: hmac.new(key, text.encode(), hashlib.sha256).digest()
    signing = keyed(keyed(keyed(keyed(b"AWS4" + credentials.secret_key.encode(), date[:8]), "us-east-1"), "s3"), "aws4_request")
    headers = {"host": urllib.parse.urlparse(endpoint).netloc, "x-amz-content-sha256": payload, "x-amz-date": date, "content-encoding": "aws-chunked", "x-amz-decoded-content-length": str(sum(map(len, chunks)))}
    if trailer:
        headers["x-amz-trailer"] = trailer[0]
    names = ";".join(sorted(headers))
    canonical = "\n".join(["PUT", "/first-bucket/" + key, ""] + [f"{n}:{headers[n]}" for n in sorted(headers)] + ["", names, payload])
    previous = hmac.new(signing, f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}".encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={previous}"
    body, empty = b"", hashlib.sha256(b"").hexdigest()
    for chunk in chunks + [b""]:
        previous = hmac.new(signing, f"AWS4-HMAC-SHA256-PAYLOAD\n{date}\n{scope}\n{previous}\n{empty}\n{hashlib.sha256(chunk).hexdigest()}".encode(), hashlib.sha256).hexdigest()
        extension = "" if payload == "STREAMING-UNSIGNED-PAYLOAD-TRAILER" else f";chunk-signature={signature(previous)}"
        body += f"{len(chunk):x}{extension}\r\n".encode() + (chunk + b"\r\n" if chunk else b"")
    if trailer:
        body += f"{trailer[0]}:{trailer[1]}\r\n".encode()
        if payload == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
            hashed = hashlib.sha256(f"{trailer[0]}:{trailer[1]}\n".encode()).hexdigest()
            body += f"x-amz-trailer-signature:{hmac.new(signing, f'AWS4-HMAC-SHA256-TRAILER{chr(10)}{date}{chr(10)}{scope}{chr(10)}{previous}{chr(10)}{hashed}'.encode(), hashlib.sha256).hexdigest()}\r\n".encode()
    body += b"\r\n"
    return fetch(f"{endpoint}/first-bucket/{key}", "PUT", tamper(body), {k: v for k, v in headers.items() if k != "host"})


chunks = [os.urandom(70000), os.urandom(66000), b"123456789"]
whole = b"".join(chunks)
right, wrong = ("x-amz-checksum-crc32", sum_of("crc32", whole)), ("x-amz-checksum-crc32", sum_of("crc32", b"other"))
for payload, trailer in [("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", None), ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", right), ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", right)]:
    status, said, _ = in_chunks("chunked", payload, chunks, trailer)
    check(f"chunks_{payload}", status == 200 and text("chunked") == whole and "ContentEncoding" not in s3.head_object(Bucket="first-bucket", Key="chunked"), said)
    s3.delete_object(Bucket="first-bucket", Key="chunked")
    if trailer:
        status, said, _ = in_chunks("chunked", payload, chunks, wrong)
        check(f"chunks_with_another_sum_{payload}", status == 400 and b"BadDigest" in said, said)
    status, said, _ = in_chunks("chunked", payload, chunks, trailer, lambda body: body.replace(b"\r\n123456789", b""))
    check(f"chunks_that_are_none_{payload}", status in (400, 403), said)
    if access == "keys" and "UNSIGNED" not in payload:
        status, said, _ = in_chunks("chunked", payload, chunks, trailer, lambda body: body.replace(b"123456789", b"123456780"))
        check(f"chunks_with_another_byte_{payload}", status == 403 and b"SignatureDoesNotMatch" in said, said)
        status, said, _ = in_chunks("chunked", payload, chunks, trailer, signature=lambda s: "0" * 64)
        check(f"chunks_with_other_signatures_{payload}", status == 403, said)
    check(f"nothing_of_it_is_left_{payload}", refusal(s3.head_object, Bucket="first-bucket", Key="chunked") == "404")

if access == "keys":
    for name, key, secret, code in [("wrong_secret", "KEY", "wrong", "SignatureDoesNotMatch"), ("unknown_key", "OTHER", "right", "InvalidAccessKeyId")]:
        stranger = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret)
        refused(name, code, stranger.list_buckets)
        refused(name + "_puts", code, stranger.put_object, Bucket="first-bucket", Key="stranger", Body=b"x")
        check(name + "_is_nobody", refusal(boto3.client("sts", endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret).get_caller_identity) in ("SignatureDoesNotMatch", "InvalidClientTokenId"))
    check("no_signature", fetch(endpoint + "/first-bucket/digits")[0] == 403)
    session_keys = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="KEY", aws_secret_access_key="right", aws_session_token="token")
    check("a_session_token_is_signed", session_keys.get_object(Bucket="first-bucket", Key="digits")["Body"].read() == b"0123456789")
else:
    check("anybody_reads", fetch(endpoint + "/first-bucket/digits")[1] == b"0123456789")

# Resources that are none of an object must not become its content.
for method, path in [("PUT", "/first-bucket/digits?acl"), ("PUT", "/first-bucket/digits?tagging"), ("DELETE", "/first-bucket?policy"), ("PUT", "/first-bucket?cors"), ("POST", "/first-bucket/digits?restore")]:
    status, said, _ = signed(method, path, b"<x/>" if method != "DELETE" else b"")
    check(f"no_{method}_{path}", status == 405 and b"MethodNotAllowed" in said, (status, said))
check("the_object_is_as_before", text("digits") == b"0123456789")
status, said, _ = signed("POST", "/first-bucket?delete", b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&e;</Key></Object></Delete>')
check("no_document_type", status == 400 and b"MalformedXML" in said, said)
status, said, _ = signed("GET", "/first-bucket/%ff%fe")
check("no_utf8", status == 400 and b"InvalidURI" in said, said)

# Everything goes again.
for bucket in [b["Name"] for b in s3.list_buckets()["Buckets"] if b["Name"] in ("first-bucket", "second.bucket")]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 7}):
        s3.delete_objects(Bucket=bucket, Delete={"Quiet": True, "Objects": [{"Key": o["Key"]} for o in page.get("Contents", [])]})
    s3.delete_bucket(Bucket=bucket)
check("all_is_gone", not s3.list_buckets()["Buckets"], s3.list_buckets())
