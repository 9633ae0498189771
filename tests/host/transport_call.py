"""Runs on MicroPython: makes the calls named on stdin through the device's transport, prints what became of each.

Does not judge the outcome; the tests that start it do.
"""

import gc
import json
import sys

import failure
import https
import ussl


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def outcome_of(call):
    try:
        reply = https.post_json(call.pop("url"), {"linkId": "234563"}, **call)
    except (OSError, ValueError) as error:
        return {
            "error": type(error).__name__,
            "phrase": failure.phrase(error),
            "reason": getattr(error, "reason", None),
        }
    return {"status": reply.status, "body": reply.body.decode(), "retry_after": reply.retry_after}


def measured(call):
    # Without the collector, what is allocated afterwards is all that the call ever allocated.
    gc.collect()
    gc.disable()
    before_bytes = gc.mem_alloc()
    outcome = outcome_of(call)
    outcome["allocated_bytes"] = gc.mem_alloc() - before_bytes
    gc.enable()
    return outcome


def main(order):
    if order["roots"]:
        ussl.use_roots(read_bytes(path) for path in order["roots"])
    for call in order["calls"]:
        sys.path[:] = call.pop("path")
        take = measured if call.pop("measured", False) else outcome_of
        print(json.dumps(take(call)))


main(json.load(sys.stdin))
