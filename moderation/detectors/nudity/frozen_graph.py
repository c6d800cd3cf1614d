"""Reads the constants of a frozen TensorFlow graph without TensorFlow.

Only what a GraphDef of constants needs of the protocol buffers' wire format: fields by number, varints and bytes.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NODE, NAME, OP, ATTRIBUTE, KEY, VALUE = 1, 1, 2, 5, 1, 2
TENSOR, SHAPE, CONTENT, DIMENSION, SIZE, FLOATS = 8, 2, 4, 2, 1, 5
FLOAT = 1  # DT_FLOAT


def constants(path: Path) -> dict[str, NDArray[np.float32]]:
    """name -> value of every float32 constant. Raises ValueError for what is no GraphDef."""
    found = {}
    for number, node in _fields(memoryview(path.read_bytes())):
        if number != NODE or isinstance(node, int):
            continue
        parts = dict(_fields(node))
        if _text(parts.get(OP)) != "Const":
            continue
        for key, value in _fields(node):
            if key == ATTRIBUTE and not isinstance(value, int):
                attribute = dict(_fields(value))
                if _text(attribute.get(KEY)) == "value" and (tensor := _tensor(attribute[VALUE])) is not None:
                    found[_text(parts[NAME])] = tensor
    return found


def _tensor(attribute: memoryview | int) -> NDArray[np.float32] | None:
    """None for one that does not hold float32 numbers."""
    if isinstance(attribute, int):
        return None
    held = dict(_fields(attribute)).get(TENSOR)
    if held is None or isinstance(held, int):
        return None
    parts = dict(_fields(held))
    if parts.get(1) != FLOAT:
        return None
    raw = parts.get(CONTENT, parts.get(FLOATS, b""))
    shape = []
    if (dims := parts.get(SHAPE)) is not None and not isinstance(dims, int):
        shape = [dict(_fields(dim)).get(SIZE, 0) for number, dim in _fields(dims) if number == DIMENSION and dim]
    values = np.frombuffer(bytes(raw) if not isinstance(raw, int) else b"", np.float32)
    return values.reshape([int(size) for size in shape if isinstance(size, int)])


def _text(value: memoryview | int | None) -> str:
    return bytes(value).decode() if isinstance(value, memoryview) else ""


def _fields(data: memoryview | int) -> Iterator[tuple[int, memoryview | int]]:
    if isinstance(data, int):
        raise ValueError("no message where one should be")
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == 2:
            size, at = _varint(data, at)
        elif wire in {1, 5}:
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"no field of wire type {wire} is in a graph")
        yield number, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
