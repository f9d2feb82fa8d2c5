"""Writes test/evaluate/fixtures/scikit-learn.json: figures by scikit-learn and SciPy for the tests of src/evaluate.

    python3 -m venv /tmp/parity && /tmp/parity/bin/pip install scikit-learn==1.9.1 scipy==1.17.1
    /tmp/parity/bin/python scripts/parity/evaluate.py
"""

import json
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest
from sklearn import metrics
from sklearn.calibration import calibration_curve

BINS = 15
random = np.random.default_rng(7)
warnings.filterwarnings("ignore")  # zero division is one of the cases


def predictions(examples, classes, dtype, decimals, favour):
    """Random probabilities that lean to the truth; rounding makes ties."""
    labels = random.choice(classes, examples, p=favour)
    logits = random.normal(size=(examples, classes)) + 1.2 * np.eye(classes)[labels]
    logits[:, -1] -= 30 * (classes == 5)  # of five classes, the last is never predicted
    odds = np.exp(logits)
    rows = np.round(odds / odds.sum(1, keepdims=True), decimals)
    rows[:, 0] += 1 - rows.sum(1)
    return labels, rows.astype(dtype)


def case(name, examples, classes, dtype, decimals, favour):
    labels, rows = predictions(examples, classes, dtype, decimals, favour)
    predicted = rows.argmax(1)
    every = range(classes)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        labels, predicted, labels=every, zero_division=0)
    right, confidence = labels == predicted, rows.astype(np.float64).max(1)
    share, mean = calibration_curve(right, confidence, n_bins=BINS)
    counts = np.histogram(confidence, np.linspace(0, 1, BINS + 1))[0]
    counts = counts[counts > 0]
    result = {
        "name": name, "dtype": np.dtype(dtype).name, "classes": classes,
        "labels": labels.tolist(), "probabilities": rows.astype(np.float64).ravel().tolist(),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "loss": metrics.log_loss(labels, rows, labels=every),
        "confusion": metrics.confusion_matrix(labels, predicted, labels=every).tolist(),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "support": support.tolist(),
        "macroF1": metrics.f1_score(labels, predicted, average="macro"),
        "weightedF1": metrics.f1_score(labels, predicted, average="weighted"),
        "balancedAccuracy": metrics.balanced_accuracy_score(labels, predicted),
        "matthews": metrics.matthews_corrcoef(labels, predicted),
        "reliability": {"count": counts.tolist(), "accuracy": share.tolist(), "confidence": mean.tolist()},
        "calibrationError": float(np.sum(counts * np.abs(share - mean)) / examples),
    }
    return {**result, **(curves(labels, rows[:, 1]) if classes == 2 else {})}


def curves(labels, scores):
    false_rate, true_rate, thresholds = metrics.roc_curve(labels, scores, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(labels, scores)
    return {
        "roc": {"falsePositiveRate": false_rate.tolist(), "truePositiveRate": true_rate.tolist(),
                "thresholds": thresholds[1:].astype(np.float64).tolist()},
        "rocAuc": metrics.roc_auc_score(labels, scores),
        "precisionRecall": {"precision": precision[-2::-1].tolist(), "recall": recall[-2::-1].tolist()},
        "averagePrecision": metrics.average_precision_score(labels, scores),
    }


def wilson(successes, trials):
    interval = binomtest(successes, trials).proportion_ci(method="wilson")
    return {"successes": successes, "trials": trials, "low": interval.low, "high": interval.high}


def mcnemar(only_first, only_second):
    p = binomtest(only_first, only_first + only_second).pvalue
    return {"onlyFirst": only_first, "onlySecond": only_second, "pValue": p}


fixture = {
    "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    "cases": [
        case("two classes", 40, 2, np.float64, 6, [0.4, 0.6]),
        case("two classes with tied scores", 60, 2, np.float64, 1, [0.5, 0.5]),
        case("two classes in float32", 40, 2, np.float32, 6, [0.8, 0.2]),
        case("three classes", 40, 3, np.float64, 6, [0.2, 0.3, 0.5]),
        case("five classes, one never predicted, one absent", 40, 5, np.float32, 6, [0.4, 0, 0.3, 0.2, 0.1]),
    ],
    "wilson": [wilson(*pair) for pair in [(0, 10), (1, 10), (5, 10), (10, 10), (1738, 1750), (1, 1), (0, 100000)]],
    "mcnemar": [mcnemar(*pair) for pair in [(5, 12), (0, 6), (7, 7), (1, 0), (300, 340), (1500, 1600)]],
}
path = pathlib.Path(__file__).parents[2] / "test/evaluate/fixtures/scikit-learn.json"
path.write_text(json.dumps(fixture, indent=None, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
print(path, path.stat().st_size, "bytes")
