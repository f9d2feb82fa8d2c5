"""Checks the ONNX files that scripts/parity/onnx_files.mjs writes.

    pip install onnx==1.23.2
    npm run build && node scripts/parity/onnx_files.mjs /tmp/onnx-files
    python scripts/parity/onnx_files.py /tmp/onnx-files

Each file must pass onnx.checker with strict shape inference, and ONNX's own evaluator must give what Graft's
reference interpreter gives.
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

TOLERANCE = 2e-5
# Where ONNX Runtime and Graft agree with each other, and the onnx package does not.
KNOWN = {
    "AveragePool with a last window that would begin in the pads": "shape inference before opset 22 keeps that window",
    "MaxPool with a last window that would begin in the pads": "shape inference before opset 22 keeps that window",
    "ConvTranspose in groups, with bias": "its evaluator fails on groups",
    "Pad by negative numbers": "its evaluator cannot cut",
}
NUMPY = {"float32": np.float32, "int64": np.int64, "bool": np.bool_}


def difference(path: Path, record: dict) -> float:
    """The largest difference between the two evaluators, relative to numbers above 1."""
    feeds = {
        name: np.array(value["data"], NUMPY[record["dtypes"][name]]).reshape(value["shape"])
        for name, value in record["inputs"].items()
    }
    outputs = record["outputs"]
    results = dict(zip(outputs, ReferenceEvaluator(str(path)).run(list(outputs), feeds), strict=True))
    worst = 0.0
    for name, value in outputs.items():
        found = np.asarray(results[name], np.float64)
        assert list(found.shape) == value["shape"], f"{path.name}: {name} is {found.shape}, not {value['shape']}"
        expected = np.array(value["data"], np.float64).reshape(value["shape"])
        if expected.size:
            worst = max(worst, float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected)))))
    return worst


def main() -> None:
    files = sorted(Path(sys.argv[1]).glob("*.onnx"))
    problems, known, worst = [], 0, 0.0
    for path in files:
        record = json.loads(path.with_suffix(".json").read_text())
        try:
            onnx.checker.check_model(str(path), full_check=True)
            found = difference(path, record)
            worst = max(worst, found)
            if found > TOLERANCE:
                problems.append(f"{path.stem}: differs by {found:.1e}")
        except Exception as error:  # noqa: BLE001  every file is to be reported
            if record["what"] in KNOWN:
                known += 1
                continue
            problems.append(f"{path.stem}: {type(error).__name__}: {str(error).splitlines()[0][:200]}")
    print(f"{len(files)} files, {known} known and {len(problems)} other problems, largest difference {worst:.1e}")
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


main()
