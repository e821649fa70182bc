"""Packs the digits of samples/data into RecordIO files of images, as MXNet's im2rec would: plain Python, no packages.

    python3 digits_to_recordio.py FOLDER     writes FOLDER/train.rec and FOLDER/validation.rec

A record is: the magic word, a word with the length, the content, and zeros up to a multiple of four, little-endian. The content is a flag
(0: one label), the label as a 32-bit float, two 64-bit ids, and an image file; here a PNG.
"""
import gzip
import pathlib
import struct
import sys
import zlib

DIGITS = pathlib.Path(__file__).resolve().parents[1] / "data" / "digits"
MAGIC = 0xCED7230A
FILES = {"train": "train/train", "validation": "validation/t10k"}


def idx(path):
    """The items of an idx file, each as bytes."""
    with gzip.open(path) as file:
        content = file.read()
    dimensions = content[3]
    count, *shape = struct.unpack(f">{dimensions}I", content[4:4 + 4 * dimensions])
    body = content[4 + 4 * dimensions:]
    size = len(body) // count
    return shape, [body[start:start + size] for start in range(0, len(body), size)]


def png(height, width, pixels):
    """A PNG file of one grey byte per pixel."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + pixels[row * width:(row + 1) * width] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def record(number, label, image):
    content = struct.pack("<IfQQ", 0, label, number, 0) + image
    # A content that holds the magic word would have to be cut there, so that a reader can find its way from anywhere; these hold none.
    if struct.pack("<I", MAGIC) in content:
        raise ValueError(f"image {number} contains the magic word")
    return struct.pack("<II", MAGIC, len(content)) + content + b"\0" * (-len(content) % 4)


def pack(channel):
    """The records of 'train' or 'validation', and how many they are."""
    (height, width), images = idx(DIGITS / f"{FILES[channel]}-images-idx3-ubyte.gz")
    _, labels = idx(DIGITS / f"{FILES[channel]}-labels-idx1-ubyte.gz")
    records = [record(number, label[0], png(height, width, image)) for number, (label, image) in enumerate(zip(labels, images))]
    return b"".join(records), len(records)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for channel in FILES:
        content, count = pack(channel)
        (folder / f"{channel}.rec").write_bytes(content)
        print(f"{folder / channel}.rec: {count} images, {len(content)} bytes")
