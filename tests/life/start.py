"""Where the process starts: one job after another from standard input, one line of JSON each; so are the answers.

What else appears on standard output was printed past the console, and the host looks at it.
"""

import json
import sys

sys.path.insert(0, "tests")

from life import flash  # noqa: E402

_JOBS = ("alike", "cuts", "outage", "soak")


def main():
    """Serve jobs until the input ends. The first line names the image."""
    factory = flash.image(json.loads(sys.stdin.readline())["image"])
    modules = {name: __import__("life." + name, None, None, ("run",)) for name in _JOBS}
    answer = print
    for line in sys.stdin:
        job = json.loads(line)
        found = modules[job.pop("job")].run(factory, **job)
        for told in found.pop("story", ()):
            answer("|" + told)  # line by line, for there is no piece of memory for it as a whole
        answer("@" + json.dumps(found))


main()
