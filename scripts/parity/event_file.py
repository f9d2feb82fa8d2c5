"""Checks src/util/tensorboard.ts against TensorBoard itself, in both directions.

    python3 -m venv /tmp/parity && /tmp/parity/bin/pip install tensorboard==2.21.0
    /tmp/parity/bin/python scripts/parity/event_file.py              # writes test/util/fixtures/events.tfevents
    /tmp/parity/bin/python scripts/parity/event_file.py runs/NAME    # prints the scalars that TensorBoard reads there
"""

import pathlib
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter


def write_fixture(path):
    """What test/util/tensorboard.test.ts writes, by TensorBoard's own writer: it must be the same bytes."""
    with open(path, "wb") as file:
        writer = RecordWriter(file)

        def append(**fields):
            writer.write(event_pb2.Event(**fields).SerializeToString())

        def scalar(wall_time, tag, step, number):
            value = summary_pb2.Summary.Value(tag=tag, simple_value=number)
            append(wall_time=wall_time, step=step, summary=summary_pb2.Summary(value=[value]))

        append(wall_time=1700000000, file_version="brain.Event:2")
        scalar(1700000001.5, "accuracy/train", 0, 0.75)
        scalar(1700000003, "loss/validation", 1, 0.1)
        scalar(1700000004.5, "loss/validation", 300, float("nan"))
        scalar(1700000006, "größe/" + "x" * 300, 5_000_000_000, -1e-30)
        append(wall_time=1700000007.5, step=300, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START))
        scalar(1700000009, "loss/validation", 300, 0.05)


def read(folder):
    events = EventAccumulator(folder).Reload()
    for tag in events.Tags()["scalars"]:
        print(tag, [(point.step, point.value) for point in events.Scalars(tag)])


if len(sys.argv) > 1:
    read(sys.argv[1])
else:
    fixtures = pathlib.Path(__file__).parents[2] / "test/util/fixtures"
    fixtures.mkdir(exist_ok=True)
    write_fixture(fixtures / "events.tfevents")
