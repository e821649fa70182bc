"""Makes the Optuna fixtures with Debian's python3-optuna: /usr/bin/python3 make-optuna-fixtures.py FOLDER

storage.db    an SQLite storage with two studies: one of a single objective with every kind of distribution and of ending, one of two objectives
journal-3.log a journal file with the same first study, by Optuna 3.1
journal-5.log the same in the manner of Optuna 4 and 5, which Debian does not have: compact lines, times in UTC with an offset, the name of
              the metric, the operation 10 that only Optuna 5 knows, and half a line at the end, as a killed writer leaves it
"""
import json
import math
import pathlib
import sys

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
folder = pathlib.Path(sys.argv[1])
SPACE = {
    "lr": FloatDistribution(1e-5, 1e-1, log=True),
    "dropout": FloatDistribution(0.0, 0.5, step=0.1),
    "momentum": FloatDistribution(0.0, 0.99),
    "layers": IntDistribution(1, 8),
    "width": IntDistribution(16, 1024, log=True),
    "batch": IntDistribution(32, 256, step=32),
    "optimizer": CategoricalDistribution(["sgd", "adam", None]),
    "nesterov": CategoricalDistribution([True, False]),
    "warmup": CategoricalDistribution([0, 2.5]),
}


def objective(trial):
    values = {name: trial._suggest(name, distribution) for name, distribution in SPACE.items()}
    loss = (math.log10(values["lr"]) + 3) ** 2 + 0.1 * values["layers"] + (0 if values["optimizer"] == "adam" else 0.25)
    for step in range(3):
        trial.report(loss + 1.0 / (step + 1), step)
    if trial.number % 5 == 3:
        raise optuna.TrialPruned
    if trial.number % 5 == 4:
        raise ValueError("diverged")
    return loss


def fill(storage):
    study = optuna.create_study(
        study_name="lenet", storage=storage, direction="minimize", sampler=optuna.samplers.RandomSampler(seed=7))
    study.optimize(objective, n_trials=15, catch=(ValueError,))
    # One that is still running, one that waits, and one whose value is not finite.
    trial = study.ask()
    trial._suggest("lr", SPACE["lr"])
    study.enqueue_trial({"lr": 0.01})
    study.add_trial(create_trial(state=TrialState.COMPLETE, value=math.inf, params={"lr": 0.1}, distributions={"lr": SPACE["lr"]}))


sqlite = folder / "storage.db"
sqlite.unlink(missing_ok=True)
fill(f"sqlite:///{sqlite}")
two = optuna.create_study(study_name="two-goals", storage=f"sqlite:///{sqlite}", directions=["minimize", "maximize"])
two.optimize(lambda trial: (trial.suggest_float("x", 0, 1), 1.0), n_trials=2)

journal = folder / "journal-3.log"
journal.unlink(missing_ok=True)
fill(optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(str(journal))))


lines = [json.loads(line) for line in journal.read_text().splitlines()]
for line in lines:
    for member in ("datetime_start", "datetime_complete"):
        if line.get(member):
            line[member] += "+00:00"
lines.insert(1, {"op_code": 3, "worker_id": "w", "study_id": 0, "system_attr": {"study:metric_names": ["validation:loss"]}})
lines.append({"op_code": 10, "worker_id": "w", "study_id": 0, "trial_ids": [0]})
text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
(folder / "journal-5.log").write_text(text + '{"op_code":6,"worker_id":"w","tri')
