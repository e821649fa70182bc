"""A training script in script mode, with Python's standard library alone: hyperparameters as arguments, folders in SM_ variables."""
import argparse
import csv
import json
import math
import os

parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float, default=0.1)
parser.add_argument("--decay", type=float, default=0.001)
parser.add_argument("--epochs", type=int, default=5)
arguments, _ = parser.parse_known_args()


def read(channel):
    with open(os.path.join(os.environ["SM_CHANNEL_" + channel.upper()], "part-0.csv"), newline="") as file:
        return [[float(field) for field in row] for row in csv.reader(file)]


def score(weights, features):
    return weights[0] + sum(weight * value for weight, value in zip(weights[1:], features))


rows, validation = read("train"), read("validation")
weights = [0.0] * len(rows[0])
for epoch in range(arguments.epochs):
    for label, *features in rows:
        error = 1 / (1 + math.exp(-max(-30, min(30, score(weights, features))))) - label
        weights = [weight - arguments.learning_rate * (error * value + arguments.decay * weight) for weight, value in zip(weights, [1, *features])]
    right = sum((score(weights, features) > 0) == (label > 0.5) for label, *features in validation)
    print(f"epoch {epoch} validation-accuracy={right / len(validation):.4f}", flush=True)

with open(os.path.join(os.environ["SM_MODEL_DIR"], "weights.json"), "w") as file:
    json.dump(weights, file)
