"""What the parity scripts share: deterministic numbers that TypeScript can make too, and compact JSON."""
import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def pixels(size: int, seeds=(0,)) -> np.ndarray:
    """float32 [len(seeds), size, size, 3]: ((x*7 + y*13 + c*29 + seed*31) mod 256) / 127.5 - 1."""
    y, x, c = np.meshgrid(np.arange(size), np.arange(size), np.arange(3), indexing="ij")
    images = [(x * 7 + y * 13 + c * 29 + seed * 31) % 256 for seed in seeds]
    return (np.stack(images) / 127.5 - 1).astype(np.float32)


def wave(*shape: int, scale=1.0, phase=0.0) -> np.ndarray:
    """float32 array of the shape: scale * sin(i + phase) for the flat index i, computed in float64."""
    return (scale * np.sin(np.arange(int(np.prod(shape))) + phase)).reshape(shape).astype(np.float32)


def numbers(values, digits=8) -> list:
    """A flat list of the values with so many significant digits."""
    return [float(f"{v:.{digits}g}") for v in np.asarray(values, dtype=np.float64).reshape(-1)]


def write(path: str, content: dict) -> None:
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in content.items())
    target.write_text("{\n" + lines + "\n}\n")
    print(f"{path}: {target.stat().st_size} bytes")


def versions() -> dict:
    import keras
    import torch

    return {"keras": keras.__version__, "backend": keras.backend.backend(), "torch": torch.__version__, "numpy": np.__version__}
