"""Starts the real TensorBoard on a folder of runs and compares what it serves with each run's metrics.jsonl.

    python -m venv /tmp/tensorboard && /tmp/tensorboard/bin/pip install tensorboard
    /tmp/tensorboard/bin/python scripts/check-tensorboard.py runs/
"""

import json
import math
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PORT = 6099
FLOAT32_ROUNDING = 1e-6  # TensorBoard keeps float32, metrics.jsonl float64


def ask(path):
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/data/{path}") as answer:
        return json.load(answer)


def wait_for(runs):
    """TensorBoard answers before it has read its files."""
    for _ in range(120):
        try:
            tags = ask("plugin/scalars/tags")
            if set(runs) <= set(tags):
                return tags
        except urllib.error.URLError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"TensorBoard does not show the runs {sorted(runs)}")


def expected(folder):
    """Every figure of every epoch, by TensorBoard's tag."""
    curves = {}
    for line in (folder / "metrics.jsonl").read_text().splitlines():
        record = json.loads(line)
        points = {"learning-rate": record["learningRate"]}
        for part in ("train", "validation"):
            for figure, value in (record[part] or {}).items():
                points[f"{figure}/{part}"] = value
        for tag, value in points.items():
            if value is not None:
                curves.setdefault(tag, {})[record["epoch"]] = value
    return curves


def served(run, tag):
    query = urllib.parse.urlencode({"run": run, "tag": tag})
    return {step: value for _, step, value in ask(f"plugin/scalars/scalars?{query}")}


def check(run, folder, tags):
    curves = expected(folder)
    assert set(tags) == set(curves), (run, sorted(tags), sorted(curves))
    points = 0
    for tag, curve in curves.items():
        shown = served(run, tag)
        assert shown.keys() == curve.keys(), (run, tag, sorted(shown), sorted(curve))
        for step, value in curve.items():
            assert math.isclose(shown[step], value, rel_tol=FLOAT32_ROUNDING), (run, tag, step)
        points += len(curve)
    return f"{run}: {len(curves)} curves, {points} points, all as in metrics.jsonl"


def main(root):
    folders = {path.parent.name: path.parent for path in root.glob("*/metrics.jsonl")}
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(root), "--port", str(PORT)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        tags = wait_for(folders)
        print(f"TensorBoard {ask('environment')['version']}")
        for run, folder in sorted(folders.items()):
            print(check(run, folder, tags[run]))
    finally:
        server.terminate()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
