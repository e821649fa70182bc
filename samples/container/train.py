#!/usr/bin/env python3
"""A training program as SageMaker's container contract has it, with Python's standard library alone.

It is started as "train", finds hyperparameters and data below /opt/ml/input, prints its metric, and leaves its model in /opt/ml/model.
"""
import json
import math
import pathlib
import signal
import sys
import traceback

ML = pathlib.Path("/opt/ml")
stopping = False


def stop(*_):
    """SIGTERM: 120 seconds are left to save what there is."""
    global stopping
    stopping = True


def read(channel):
    rows = []
    for path in sorted((ML / "input" / "data" / channel).iterdir()):
        rows += [[float(field) for field in line.split(",")] for line in path.read_text().splitlines()]
    return rows


def chance(weights, features):
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, weights[0] + sum(w * x for w, x in zip(weights[1:], features))))))


def loss(weights, rows):
    return -sum(math.log(max(1e-12, chance(weights, x) if y else 1 - chance(weights, x))) for y, *x in rows) / len(rows)


def train():
    # All values are texts.
    hyperparameters = json.loads((ML / "input" / "config" / "hyperparameters.json").read_text())
    learning_rate = float(hyperparameters["learning_rate"])
    decay = float(hyperparameters["decay"])
    rows, validation = read("train"), read("validation")
    weights = [0.0] * len(rows[0])
    for epoch in range(1, int(hyperparameters["epochs"]) + 1):
        for y, *x in rows:
            error = chance(weights, x) - y
            weights = [w - learning_rate * (error * value + decay * w) for w, value in zip(weights, [1.0, *x])]
        # The metric definition of the tuning job finds this line.
        print(f"epoch {epoch} validation-loss={loss(weights, validation):.6f}", flush=True)
        if stopping:
            print("asked to stop")
            break
    (ML / "model" / "weights.json").write_text(json.dumps(weights))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    try:
        train()
    except Exception as problem:
        # Its first 1024 characters become the training job's FailureReason.
        (ML / "output" / "failure").write_text(f"{type(problem).__name__}: {problem}")
        traceback.print_exc()
        sys.exit(1)
