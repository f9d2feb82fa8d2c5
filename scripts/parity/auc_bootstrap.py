"""Writes test/evaluate/fixtures/auc-bootstrap.json: percentile intervals of the ROC AUC by SciPy's bootstrap.

    python3 -m venv /tmp/parity && /tmp/parity/bin/pip install scipy==1.17.1
    /tmp/parity/bin/python scripts/parity/auc_bootstrap.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.stats import bootstrap

random = np.random.default_rng(11)


def area(positives, negatives, axis=-1):
    """By its definition: the share of pairs in the right order, equal scores counting half."""
    above, below = positives[..., :, None], negatives[..., None, :]
    return ((above > below) + (above == below) / 2).mean((-2, -1))


def case(positives, negatives, shift, decimals):
    """Normal scores; rounding makes ties."""
    found = np.round(random.normal(size=positives) + shift, decimals)
    others = np.round(random.normal(size=negatives), decimals)
    result = bootstrap((found, others), area, n_resamples=100_000, batch=500, vectorized=True, paired=False,
                       confidence_level=0.95, method="percentile", rng=random)
    low, high = result.confidence_interval
    return {"positives": found.tolist(), "negatives": others.tolist(), "area": float(area(found, others)),
            "low": float(low), "high": float(high)}


cases = [case(30, 40, 1.2, 6), case(60, 25, 0.8, 1), case(12, 90, 2.2, 3)]
path = pathlib.Path(__file__).parents[2] / "test/evaluate/fixtures/auc-bootstrap.json"
path.write_text(json.dumps({"scipy": scipy.__version__, "cases": cases}) + "\n")
