#!/usr/bin/env python3
"""Make samples/data/digits from scikit-learn's copy of the UCI handwritten digits.

usage: eng/make-digits.py DIGITS_CSV_GZ [OUTPUT_FOLDER]

DIGITS_CSV_GZ is sklearn/datasets/data/digits.csv.gz: 1,797 rows of 64 pixels (0..16) and a label.
The output is deterministic: same input, same bytes (see the checksums in samples/data/README.md).
"""
import csv
import gzip
import io
import pathlib
import struct
import sys

SIDE = 8
VALIDATION = 500


def read(path):
    with gzip.open(path, "rt") as lines:
        rows = [[int(float(field)) for field in row] for row in csv.reader(lines)]
    if len(rows) != 1797 or any(len(row) != SIDE * SIDE + 1 for row in rows):
        sys.exit(f"{path}: expected 1797 rows of 65 numbers")
    return rows


def split(rows):
    """Every class gives the same share to validation, evenly spread over the file, so that writers mix."""
    classes = {}
    for index, row in enumerate(rows):
        classes.setdefault(row[-1], []).append(index)
    # Largest remainders: the shares of the classes add up to exactly VALIDATION.
    exact = {label: VALIDATION * len(members) / len(rows) for label, members in classes.items()}
    share = {label: int(value) for label, value in exact.items()}
    for label in sorted(classes, key=lambda label: (share[label] - exact[label], label))[: VALIDATION - sum(share.values())]:
        share[label] += 1
    held_out = set()
    for label, members in classes.items():
        count = share[label]
        held_out.update(members[(2 * i + 1) * len(members) // (2 * count)] for i in range(count))
    train = [row for index, row in enumerate(rows) if index not in held_out]
    validation = [row for index, row in enumerate(rows) if index in held_out]
    return train, validation


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    # No file name and no time in the gzip header: the bytes depend on the content alone.
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as stream:
        stream.write(data)
    path.write_bytes(packed.getvalue())


def write_idx(folder, prefix, rows):
    # 0..16 becomes 0..255, the range of every other 8-bit image.
    pixels = bytes((value * 255 + 8) // 16 for row in rows for value in row[:-1])
    write(folder / f"{prefix}-images-idx3-ubyte.gz", struct.pack(">IIII", 0x803, len(rows), SIDE, SIDE) + pixels)
    write(folder / f"{prefix}-labels-idx1-ubyte.gz", struct.pack(">II", 0x801, len(rows)) + bytes(row[-1] for row in rows))


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    output = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else pathlib.Path(__file__).parent.parent / "samples/data/digits"
    train, validation = split(read(sys.argv[1]))
    write_idx(output / "train", "train", train)
    write_idx(output / "validation", "t10k", validation)
    print(f"{len(train)} for training, {len(validation)} for validation, in {output}")


if __name__ == "__main__":
    main()
