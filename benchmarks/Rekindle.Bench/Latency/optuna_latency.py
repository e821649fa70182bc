"""Seconds per suggestion of an Optuna sampler on the task of LatencyTask.cs.

optuna_latency.py samplers                                  names the samplers this Optuna can run
optuna_latency.py SAMPLER DIMENSIONS OBSERVATIONS COUNT     prints a JSON list: the first suggestion, then COUNT more
"""
import json
import math
import random
import sys
import time

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def sampler_of(name):
    if name == "tpe":
        return optuna.samplers.TPESampler(seed=1)
    if name == "gp":
        return optuna.samplers.GPSampler(seed=1)
    raise SystemExit("unknown sampler " + name)


def available():
    names = ["tpe"]
    try:
        sampler_of("gp")
        import torch  # noqa: F401  GPSampler asks for it only when it samples
        names.append("gp")
    except (AttributeError, ImportError):
        pass
    return names


def value(u):
    total = 0.0
    for j, x in enumerate(u):
        shifted = 0.618 * (j + 1)
        d = x - (0.2 + 0.6 * (shifted - math.floor(shifted)))
        total += (d * d + 0.05 * (1 - math.cos(8 * d))) / (1 + j)
    return total


def main(name, dimensions, observations, count):
    space = {"x%d" % j: optuna.distributions.FloatDistribution(0.0, 1.0) for j in range(dimensions)}
    study = optuna.create_study(sampler=sampler_of(name))
    rng = random.Random(dimensions)
    known = []
    for _ in range(observations):
        u = [rng.random() for _ in range(dimensions)]
        params = {"x%d" % j: x for j, x in enumerate(u)}
        known.append(optuna.trial.create_trial(params=params, distributions=space, value=value(u)))
    study.add_trials(known)
    seconds = []
    for _ in range(count + 1):
        start = time.perf_counter()
        asked = study.ask(space)
        seconds.append(time.perf_counter() - start)
        study.tell(asked, value([asked.params["x%d" % j] for j in range(dimensions)]))
    print(json.dumps(seconds))


if __name__ == "__main__":
    if sys.argv[1] == "samplers":
        print(" ".join(available()))
    else:
        main(sys.argv[1], *map(int, sys.argv[2:5]))
