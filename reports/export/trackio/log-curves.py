"""Logs points of learning curves into trackio's local store: log-curves.py < POINTS

Reads one JSON object a line (CurvePoint of curve-points.ts, with the trackio project) until its input ends, and writes what has
come at once, so that a dashboard shows a run under way. A point whose key the project has already is left alone: trackio's
store keeps log ids unique. Prints a JSON line once it is ready and another one at the end; all other talk goes to stderr.
"""

import inspect
import json
import queue
import signal
import sys
import threading

MISSING = 3  # exit status: this Python has no trackio that fits
MOST_AT_ONCE = 1000
NEEDED = {"run_id", "timestamps", "log_ids"}

answers, sys.stdout = sys.stdout, sys.stderr  # trackio prints
signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the caller, who then closes the input

try:
    import trackio
    from trackio.sqlite_storage import SQLiteStorage

    lacking = NEEDED - set(inspect.signature(SQLiteStorage.bulk_log).parameters)
    if lacking:
        raise ImportError(f"trackio {trackio.__version__} cannot log under ids ({', '.join(sorted(lacking))})")
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(MISSING)


def answer(**values):
    print(json.dumps(values), file=answers, flush=True)


def read_input(points):
    try:
        for line in sys.stdin:
            points.put(json.loads(line))
    finally:
        points.put(None)


def take(points):
    """The next point, waited for, and those that are there already; None among them: the input has ended."""
    taken = [points.get()]
    while taken[-1] is not None and len(taken) < MOST_AT_ONCE and not points.empty():
        taken.append(points.get())
    return taken


def log_run(project, run_id, points):
    """Writes points of one run in one transaction; how many the project did not have yet."""
    first = points[0]
    described = [point for point in points if "config" in point]
    config = {**described[0]["config"], "_Group": first["group"], "_Created": first["at"]} if described else None
    run = {"project": project, "run": first["name"], "run_id": run_id}
    before = SQLiteStorage.get_log_count(**run)
    SQLiteStorage.bulk_log(
        **run,
        metrics_list=[point["values"] for point in points],
        steps=[point["step"] for point in points],
        timestamps=[point["at"] for point in points],
        log_ids=[point["key"] for point in points],
        config=config,
    )
    return SQLiteStorage.get_log_count(**run) - before


def main():
    points = queue.Queue(maxsize=10 * MOST_AT_ONCE)
    threading.Thread(target=read_input, args=[points], daemon=True).start()
    answer(version=trackio.__version__, directory=str(trackio.utils.TRACKIO_DIR))
    added, has_ended = 0, False
    while not has_ended:
        by_run = {}
        for point in take(points):
            if point is None:
                has_ended = True
            else:
                by_run.setdefault((point["project"], point["runId"]), []).append(point)
        for (project, run_id), of_run in by_run.items():
            SQLiteStorage.validate_project_name(project)
            added += log_run(project, run_id, of_run)
    answer(added=added)


main()
