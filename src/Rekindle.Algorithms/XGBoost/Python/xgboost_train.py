"""Trains with XGBoost what the parent process sends over standard input, and prints the metrics after every round.

Input: eight bytes with the length of a JSON document (little-endian), the document, and for each of its sets the labels, the weights if
any, and the features as 32-bit floats. Then standard input stays open; its end asks to stop. Output: SageMaker's metric lines, and lines
that begin with the record separator for the parent: absent, ready, refused.
"""
import os
import re
import signal
import sys
import threading


def tell(kind, text=""):
    print("\x1e" + kind + " " + " ".join(str(text).split()), flush=True)


try:
    import numpy as np
    import xgboost as xgb
except ImportError as error:
    tell("absent", error)
    sys.exit(0)

import json
import time

CHECKPOINT = "xgboost-checkpoint."
CHECKPOINT_SECONDS = 10
KEPT_CHECKPOINTS = 5
stop = threading.Event()


def receive(count):
    parts = []
    while count > 0:
        part = os.read(0, min(count, 1 << 20))
        if not part:
            sys.exit(0)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def wait_for_the_end_of_input():
    os.read(0, 1)
    stop.set()


def matrix(described):
    rows, columns = described["rows"], described["columns"]
    labels = np.frombuffer(receive(4 * rows), dtype="<f4")
    weights = np.frombuffer(receive(4 * rows), dtype="<f4") if described["weighted"] else None
    features = np.frombuffer(receive(4 * rows * columns), dtype="<f4").reshape(rows, columns)
    return xgb.DMatrix(features, label=labels, weight=weights, nthread=described["threads"])


def save(booster, path):
    try:
        data = booster.save_raw(raw_format="ubj")
    except TypeError:  # before 1.6
        data = booster.save_raw()
    draft = path + ".part"
    with open(draft, "wb") as file:
        file.write(data)
    os.replace(draft, path)


def checkpoints(folder):
    """The rounds that were saved, in order."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(int(name[len(CHECKPOINT):]) for name in names if name.startswith(CHECKPOINT) and name[len(CHECKPOINT):].isdigit())


def save_checkpoint(booster, folder, done):
    save(booster, os.path.join(folder, CHECKPOINT + str(done)))
    for old in checkpoints(folder)[:-KEPT_CHECKPOINTS]:
        os.remove(os.path.join(folder, CHECKPOINT + str(old)))


def classes(predictions, objective):
    if predictions.ndim == 2:
        return predictions.argmax(axis=1)
    if objective == "multi:softmax":
        return predictions
    return (predictions > (0 if objective == "binary:logitraw" else 0.5)).astype(float)


def added(name, predictions, labels, objective):
    """The metrics that SageMaker has beside the library's; F1, precision and recall are those of class 1, or means over several classes."""
    if name == "mse":
        return float(np.mean((predictions - labels) ** 2))
    if name == "r2":
        spread = float(np.sum((labels - labels.mean()) ** 2))
        return 1 - float(np.sum((labels - predictions) ** 2)) / spread if spread > 0 else float("nan")
    found = classes(predictions, objective)
    if name == "accuracy":
        return float(np.mean(found == labels))
    counted = np.unique(labels) if objective.startswith("multi:") or name == "balanced_accuracy" else [1]
    scores = []
    for one in counted:
        right = float(np.sum((found == one) & (labels == one)))
        precision = right / max(1.0, float(np.sum(found == one)))
        recall = right / max(1.0, float(np.sum(labels == one)))
        f1 = 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
        scores.append({"f1": f1, "precision": precision}.get(name, recall))
    return float(np.mean(scores))


def evaluate(booster, sets, iteration, plan):
    """Pairs of set and metric with their values: sets in order, metrics in order, the objective last of all."""
    values = {}
    if plan["params"].get("eval_metric"):
        for part in booster.eval_set(sets, iteration).split("\t")[1:]:
            name, _, value = part.rpartition(":")
            values[name] = float(value)
    if plan["added"]:
        for data, name in sets:
            predictions = booster.predict(data)
            for metric in plan["added"]:
                values[name + "-" + metric] = added(metric, predictions, data.get_label(), plan["params"]["objective"])
    return {f"{name}-{metric}": values[f"{name}-{metric}"] for _, name in sets for metric in plan["metrics"] if f"{name}-{metric}" in values}


def train(plan, sets):
    params = plan["params"]
    matrices = [data for data, _ in sets]
    saved = checkpoints(plan["checkpoints"])
    start = saved[-1] if saved else 0
    if start:
        booster = xgb.Booster(params, matrices, model_file=os.path.join(plan["checkpoints"], CHECKPOINT + str(start)))
        print(f"Going on from the checkpoint after round {start}.", flush=True)
    else:
        booster = xgb.Booster(params, matrices)
    best, best_done, done = None, start, start
    saved_at = time.monotonic()
    for iteration in range(start, plan["rounds"]):
        if stop.is_set():
            break
        booster.update(matrices[0], iteration)
        done = iteration + 1
        values = evaluate(booster, sets, iteration, plan)
        print(f"[{iteration}]" + "".join(f"\t{name}:{value:.9g}" for name, value in values.items()), flush=True)
        last = list(values.values())[-1]
        if best is None or (last > best if plan["maximize"] else last < best):
            best, best_done = last, done
        if plan["patience"] and done - best_done >= plan["patience"]:
            print(f"Stopping: no improvement for {plan['patience']} rounds.", flush=True)
            break
        if time.monotonic() - saved_at >= CHECKPOINT_SECONDS and os.path.isdir(plan["checkpoints"]):
            save_checkpoint(booster, plan["checkpoints"], done)
            saved_at = time.monotonic()
    if done == 0:
        return
    if stop.is_set():
        print("Asked to stop: the model so far is saved.", flush=True)
        if os.path.isdir(plan["checkpoints"]) and done < plan["rounds"]:
            save_checkpoint(booster, plan["checkpoints"], done)
    # As on SageMaker, the model is the one of the best round when early stopping is asked for. Linear models can't be cut.
    if plan["patience"] and best_done < done and params.get("booster") != "gblinear":
        booster = booster[:best_done]
    save(booster, os.path.join(plan["model"], "xgboost-model"))


def main():
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tell("ready", f"{xgb.__version__} of {sys.executable}")
    plan = json.loads(receive(int.from_bytes(receive(8), "little")))
    try:
        sets = [(matrix(described), described["name"]) for described in plan["sets"]]
        threading.Thread(target=wait_for_the_end_of_input, daemon=True).start()
        train(plan, sets)
    except xgb.core.XGBoostError as error:
        # The first line is the reason, behind time and place; the rest is a stack trace.
        lines = [line for line in str(error).splitlines() if line.strip()]
        tell("refused", re.sub(r"^\[[\d:]+\] \S+:\d+: ", "", lines[0]) if lines else repr(error))


main()
