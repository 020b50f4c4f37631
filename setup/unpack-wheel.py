"""Unpacks the C library and the C headers out of a TensorFlow wheel: unpack-wheel.py WHEEL DIRECTORY.

A wheel is a zip archive, and Python is there anyway: it brought the wheel.
"""

import re
import sys
import zipfile

LIBRARIES = r"tensorflow/libtensorflow_(cc|framework)\.so\.2$"
HEADERS = r"tensorflow/include/(tensorflow/c|tensorflow/core/platform|tsl|xla/tsl)/.*\.h$"

wheel, directory = sys.argv[1:]
wanted = re.compile(f"({LIBRARIES})|({HEADERS})")
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(directory, [name for name in archive.namelist() if wanted.match(name)])
