"""Kept corpora of the fuzz targets: text files, one input a line, bytes beyond printable ASCII escaped as in Python.

corpus.py unpack FILE FOLDER   writes each line of the file as a file of its own
corpus.py pack FOLDER FILE     the other way round
"""

import pathlib
import sys


def unpack(file, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for at, line in enumerate(file.read_text("ascii").splitlines()):
        (folder / f"kept-{at:04}").write_bytes(line.encode("ascii").decode("unicode_escape").encode("latin-1"))


def pack(folder, file):
    inputs = sorted({path.read_bytes() for path in folder.iterdir()}, key=lambda data: (len(data), data))
    lines = (data.decode("latin-1").encode("unicode_escape").decode("ascii") + "\n" for data in inputs)
    file.write_text("".join(lines), "ascii")


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("pack", "unpack"):
        sys.exit(__doc__)
    {"pack": pack, "unpack": unpack}[sys.argv[1]](pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
