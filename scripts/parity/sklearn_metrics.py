"""What scikit-learn says of made predictions: ROC AUC, F1, accuracy, confusion, calibration-free figures.

python scripts/parity/sklearn_metrics.py
"""
from fixtures import numbers, wave, write

import numpy as np
import sklearn
from sklearn import metrics

COMMAND = "python scripts/parity/sklearn_metrics.py"


def binary_case(labels: np.ndarray, scores: np.ndarray) -> dict:
    predicted = (scores >= 0.5).astype(int)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(labels, predicted, labels=[0, 1], zero_division=0)
    fpr, tpr, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    return {
        "labels": [int(v) for v in labels],
        "scores": numbers(scores, 9),
        "rocAuc": float(metrics.roc_auc_score(labels, scores)),
        "averagePrecision": float(metrics.average_precision_score(labels, scores)),
        "accuracy": float(metrics.accuracy_score(labels, predicted)),
        "macroF1": float(metrics.f1_score(labels, predicted, average="macro", zero_division=0)),
        "precision": numbers(precision),
        "recall": numbers(recall),
        "f1": numbers(f1),
        "support": [int(v) for v in support],
        "confusion": metrics.confusion_matrix(labels, predicted, labels=[0, 1]).tolist(),
        "logLoss": float(metrics.log_loss(labels, scores)),
        "roc": {"falsePositiveRate": numbers(fpr), "truePositiveRate": numbers(tpr)},
    }


def multiclass_case(labels: np.ndarray, logits: np.ndarray) -> dict:
    classes = list(range(logits.shape[1]))
    predicted = logits.argmax(1)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(labels, predicted, labels=classes, zero_division=0)
    return {
        "labels": [int(v) for v in labels],
        "classes": len(classes),
        "logits": numbers(logits, 9),
        "accuracy": float(metrics.accuracy_score(labels, predicted)),
        "macroF1": float(metrics.f1_score(labels, predicted, labels=classes, average="macro", zero_division=0)),
        "weightedF1": float(metrics.f1_score(labels, predicted, labels=classes, average="weighted", zero_division=0)),
        "precision": numbers(precision),
        "recall": numbers(recall),
        "f1": numbers(f1),
        "support": [int(v) for v in support],
        "confusion": metrics.confusion_matrix(labels, predicted, labels=classes).tolist(),
        "top2Accuracy": float(metrics.top_k_accuracy_score(labels, logits, k=2, labels=classes)),
    }


def scores_of(count: int, labels: np.ndarray, steps: int) -> np.ndarray:
    """Scores in (0, 1) that lean towards the label; rounding to `steps` levels makes ties."""
    noisy = 0.5 + 0.15 * (2 * labels - 1) + 0.3 * wave(count, phase=1.5)
    return np.clip(np.round(noisy * steps) / steps, 0.001, 0.999).astype(np.float32)


def main() -> None:
    labels = (np.arange(40) * 7 % 10 < 4).astype(int)
    three = np.arange(30) * 5 % 7 % 3
    logits = wave(30, 4, scale=2) + 1.2 * np.eye(4, dtype=np.float32)[three]
    write(
        "test/fixtures/keras/metrics.json",
        {
            "command": COMMAND,
            "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
            "note": "binary predictions: score >= 0.5; the fourth class of `multiclass` has no example, and undefined precision or recall counts as 0",
            "binary": binary_case(labels, scores_of(40, labels, 1000)),
            "binaryWithTies": binary_case(labels, scores_of(40, labels, 8)),
            "binaryPerfect": binary_case(labels, (0.1 + 0.8 * labels).astype(np.float32)),
            "binaryConstant": binary_case(labels, np.full(40, 0.5, np.float32)),
            "multiclass": multiclass_case(three, logits.astype(np.float32)),
        },
    )


main()
