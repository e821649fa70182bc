"""A training script as SageMaker runs it in script mode: hyperparameters as arguments, folders in SM_ variables, metrics in the log."""
import argparse
import os

import numpy
import xgboost

parser = argparse.ArgumentParser()
parser.add_argument("--eta", type=float, default=0.3)
parser.add_argument("--max_depth", type=int, default=6)
parser.add_argument("--min_child_weight", type=float, default=1)
parser.add_argument("--rounds", type=int, default=30)
arguments, _ = parser.parse_known_args()


def load(channel):
    folder = os.environ["SM_CHANNEL_" + channel.upper()]
    rows = numpy.vstack([numpy.loadtxt(os.path.join(folder, name), delimiter=",") for name in sorted(os.listdir(folder))])
    return xgboost.DMatrix(rows[:, 1:], label=rows[:, 0])


class Report(xgboost.callback.TrainingCallback):
    def after_iteration(self, model, epoch, evals_log):
        print(f"round {epoch} validation-auc:{evals_log['validation']['auc'][-1]:.6f}", flush=True)
        return False


parameters = {
    "objective": "binary:logistic", "eval_metric": "auc", "nthread": 1, "seed": 1,
    "eta": arguments.eta, "max_depth": arguments.max_depth, "min_child_weight": arguments.min_child_weight,
}
model = xgboost.train(
    parameters, load("train"), arguments.rounds, evals=[(load("validation"), "validation")], verbose_eval=False, callbacks=[Report()])
model.save_model(os.path.join(os.environ["SM_MODEL_DIR"], "model.json"))
