"""Runs a function as Lambda's runtime does: imports the handler out of the archive, gives it an event and a context.

The order is read from standard input, the result is written to file descriptor 3: what the function prints is its log.
"""

import importlib
import json
import os
import sys
import time
import traceback


class Context:
    def __init__(self, order):
        self.aws_request_id = order["request"]
        self.function_name = order["function"]
        self.invoked_function_arn = order["arn"]
        self.function_version = "$LATEST"
        self.memory_limit_in_mb = order["memory"]
        self._deadline = time.monotonic() + order["seconds"]
        self._speed = order["speed"]

    def get_remaining_time_in_millis(self):
        """In the time that the function believes in: its pauses are shortened as its limit is."""
        return max(0, int(1000 * self._speed * (self._deadline - time.monotonic())))


def main():
    order = json.load(sys.stdin)
    context = Context(order)
    sleep = time.sleep
    time.sleep = lambda seconds: sleep(seconds / order["speed"])
    try:
        sys.path.insert(0, order["archive"])
        module, name = order["handler"].rsplit(".", 1)
        result = {"report": getattr(importlib.import_module(module), name)(order["event"], context)}
    except Exception as problem:
        result = {
            "failure": {
                "errorMessage": str(problem),
                "errorType": type(problem).__name__,
                "requestId": order["request"],
                "stackTrace": traceback.format_tb(problem.__traceback__),
            }
        }
    with os.fdopen(3, "w") as output:
        json.dump(result, output)


main()
