"""Runs the shell commands of a GitHub Actions workflow, in order and as they stand there, in an empty folder. What its actions would have
done is done here. Prints one line per check: name, ok or what was wrong."""
import json, os, pathlib, shutil, subprocess, sys, tarfile
import yaml

root, folder, url = sys.argv[1:4]
sample = pathlib.Path(root, "samples", "github-actions")
work = pathlib.Path(folder)
workflow = yaml.safe_load((sample / "tune.yml").read_text())
(job,) = workflow["jobs"].values()
summary = work.parent / "summary.md"
# Another address, as another server may have this machine's port of the workflow.
environment = {**os.environ, **job["env"], "AWS_ENDPOINT_URL": url, "GITHUB_STEP_SUMMARY": str(summary)}
# "python3" is one that has boto3, as it is on a runner after the workflow has installed it.
programs = work.parent / "programs"
programs.mkdir()
(programs / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
(programs / "python3").chmod(0o755)
environment["PATH"] = f"{programs}:{environment['PATH']}"
artifacts = {}


def check(name, condition, detail=""):
    print(f"{name}\t{'ok' if condition else 'FAILED ' + str(detail)}", flush=True)


def use(action, given):
    if action == "actions/checkout@v4" and "path" not in given:
        for name in ("train.py", "tune.py"):
            shutil.copy(sample / name, work)
    elif action == "actions/checkout@v4":
        (work / given["path"]).symlink_to(root)
    elif action == "actions/upload-artifact@v4":
        artifacts[given["name"]] = {pathlib.Path(path).name: (work / path).read_bytes() for path in given["path"].split()}
    elif action != "actions/setup-dotnet@v4":
        raise SystemExit(f"This test does not know what {action} does.")


def run(step, **changed):
    """As a runner does: bash -e, on a file."""
    script = work.parent / "step.sh"
    script.write_text(step["run"])
    with open(work.parent / "step.log", "w") as log:
        code = subprocess.run(["bash", "-e", str(script)], cwd=work, env={**environment, **changed}, stdout=log, stderr=subprocess.STDOUT).returncode
    return code, (work.parent / "step.log").read_text()


failed = False
for step in job["steps"]:
    if failed and step.get("if") != "always()":
        continue
    if "uses" in step:
        use(step["uses"], step.get("with", {}))
        continue
    code, log = run(step)
    check(step["name"].replace(" ", "_"), code == 0, log.replace("\n", " | "))
    failed = failed or code != 0
if failed:
    sys.exit(1)

(strict,) = [step for step in job["steps"] if step.get("name") == "Fail below the threshold"]
code, log = run(strict, OBJECTIVE_AT_LEAST="1.01")
check("a_threshold_that_is_not_reached_fails_the_job", code == 1 and "at least 1.01 is wanted" in log, log)
(work / "model.tar.gz").write_bytes(artifacts["best-model"]["model.tar.gz"])
with tarfile.open(work / "model.tar.gz") as model:
    check("the_best_model_is_kept", len(json.load(model.extractfile("weights.json"))) == 5)
best = json.loads(artifacts["best-model"]["best.json"])
report = artifacts["report"]["report.txt"].decode()
check("the_report_names_the_best_training_job", best["training_job"] in report and "Completed" in report, report)
check("the_report_is_the_jobs_summary", report in summary.read_text())
check("the_tuning_job_is_kept_to_be_imported", best["training_job"] in artifacts["report"]["tuning-job.json"].decode())
