"""How a model file becomes something that runs."""

from pathlib import Path

import onnxruntime as ort


def open_session(model: Path | bytes) -> ort.InferenceSession:
    """An onnxruntime session on one thread, of a file or of what was read from one.

    One thread, because there is one worker process for each core; no spinning, because a waiting thread that spins
    takes the core away from its neighbour. Open it after a fork, never before: threads do not survive one.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    read = model if isinstance(model, bytes) else str(model)
    return ort.InferenceSession(read, options, providers=["CPUExecutionProvider"])
