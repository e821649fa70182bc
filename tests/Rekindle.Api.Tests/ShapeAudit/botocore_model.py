"""Prints the shapes that the operations named on the command line reach, as botocore's model has them, in the form of VendorModel."""
import gzip
import json
import os
import sys

import botocore

path = os.path.join(os.path.dirname(botocore.__file__), "data", "sagemaker", "2017-07-24", "service-2.json")
if os.path.exists(path):
    with open(path, encoding="utf-8") as file:
        model = json.load(file)
else:
    with gzip.open(path + ".gz", "rt", encoding="utf-8") as file:
        model = json.load(file)
shapes = model["shapes"]
SCALARS = {"string": "string", "integer": "int", "long": "long", "float": "double", "double": "double", "boolean": "bool", "timestamp": "time"}


def kind(name):
    shape = shapes[name]
    if shape["type"] == "structure":
        return name
    if shape["type"] == "list":
        return "list of " + kind(shape["member"]["shape"])
    if shape["type"] == "map":
        return "map of " + kind(shape["key"]["shape"]) + " to " + kind(shape["value"]["shape"])
    return SCALARS[shape["type"]]


def rules(name, part=""):
    shape = shapes[name]
    noun = "value" if shape["type"] in ("integer", "long") else "length"
    found = [part + noun + " at least %d" % shape["min"]] if "min" in shape else []
    found += [part + noun + " at most %d" % shape["max"]] if "max" in shape else []
    found += [part + "pattern " + shape["pattern"]] if "pattern" in shape else []
    found += [part + "one of " + " | ".join(shape["enum"])] if "enum" in shape else []
    if shape["type"] == "list":
        found += rules(shape["member"]["shape"], "item ")
    if shape["type"] == "map":
        found += rules(shape["key"]["shape"], "key ") + rules(shape["value"]["shape"], "value ")
    return [] if shape["type"] == "structure" else found


def reach(name, found):
    shape = shapes[name]
    for part in ("member", "key", "value"):
        if part in shape:
            reach(shape[part]["shape"], found)
    if shape["type"] == "structure" and name not in found:
        found[name] = {
            member: ["type " + kind(target["shape"])]
            + (["required"] if member in shape.get("required", []) else [])
            + rules(target["shape"])
            for member, target in shape["members"].items()
        }
        for target in shape["members"].values():
            reach(target["shape"], found)


operations, found = {}, {}
for operation in sys.argv[1:]:
    # An older botocore knows fewer operations.
    if operation in model["operations"]:
        sides = [model["operations"][operation].get(side, {}).get("shape") for side in ("input", "output")]
        operations[operation] = sides
        for side in sides:
            if side:
                reach(side, found)
json.dump({"version": botocore.__version__, "operations": operations, "shapes": found}, sys.stdout)
