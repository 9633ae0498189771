"""Sets up what the other commands need, once: the virtual environment and the pinned packages.

Only the standard library, and a syntax that old Pythons can read, so that each problem gets one clear line.
Usage: python3 tools/bootstrap.py run|factory|dev|bench
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
# There only while the environment is whole; holds where it was made, for it cannot be moved, and by which Python.
MARK = os.path.join(VENV, ".complete")
HERE = "{} {}.{}".format(VENV, *sys.version_info[:2])
BUILD = os.path.join(ROOT, ".build")
LOG = os.path.join(BUILD, "setup.log")
SETS = {
    "run": ["requirements.txt"],
    "factory": ["requirements.txt", "requirements-factory.txt"],
    "dev": ["requirements.txt", "requirements-factory.txt", "requirements-dev.txt"],
    "bench": ["requirements.txt", "requirements-factory.txt", "requirements-dev.txt", "requirements-bench.txt"],
}
NETWORK_WORDS = (
    "Temporary failure in name resolution",
    "Failed to establish a new connection",
    "Max retries exceeded",
    "Network is unreachable",
    "Connection refused",
    "No matching distribution found",
    "ProxyError",
    "timed out",
)


class SetupError(Exception):
    """The set-up cannot go on; the message says what to do."""


def main(name):
    """Bring the set `name` up to date. Returns the exit status."""
    try:
        check_python()
        os.makedirs(BUILD, exist_ok=True)
        with open(os.path.join(BUILD, "setup.lock"), "w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            for requirements in SETS[name]:
                install(requirements)
    except SetupError as error:
        sys.stderr.write(f"setup: {error}\n")
        return 1
    except PermissionError as error:
        sys.stderr.write(
            "setup: {} may not be written; another account has made it: `sudo chown -R $USER {}`, then again\n".format(
                error.filename, ROOT
            )
        )
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nsetup: interrupted; run the same command again to go on\n")
        return 130
    return 0


def check_python():
    """Raise SetupError unless this Python is new enough and complete."""
    if sys.version_info < (3, 11):
        raise SetupError(
            "Python 3.11 or later is needed, this is {}.{}; name another with `make PYTHON=python3.11 ...`".format(
                *sys.version_info[:2]
            )
        )
    for module in ("venv", "ensurepip"):
        try:
            __import__(module)
        except ImportError:
            raise SetupError(
                f"this Python lacks the module {module}; on Debian: apt-get install python3-venv"
            ) from None


def install(requirements):
    """Install the pinned packages of one requirements file, unless its stamp says that they are there."""
    path = os.path.join(ROOT, requirements)
    with open(path, "rb") as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    if not is_whole():
        make_venv()
    stamp = os.path.join(VENV, "." + requirements + ".installed")
    if read(stamp) == wanted:
        return
    say("installing the packages of {} (once)".format(requirements))
    os.remove(MARK)
    output, status = pip_install(path)
    if status >= 0:
        write(MARK, HERE)  # pip came to an end of its own; one that was killed may leave half a package
    if status:
        raise SetupError(reason(output))
    write(stamp, wanted)


def is_whole():
    """Tell whether the environment was made here, is not half-done, and its Python is still there."""
    return read(MARK) == HERE and os.path.exists(VENV_PYTHON)


def make_venv():
    """Make the virtual environment anew: there is none, or a killed set-up or a moved folder has spoilt it."""
    say("making a virtual environment in .venv (once)")
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        write(LOG, done.stdout.decode(errors="replace"))
        raise SetupError("no virtual environment could be made; details in .build/setup.log")
    write(MARK, HERE)


def pip_install(path):
    """Let pip install `path`, hashes checked, and count the packages while it does. Returns its output and status."""
    command = [
        VENV_PYTHON,
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-deps",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
        "-r",
        path,
    ]
    with open(path) as file:
        total = sum("==" in line for line in file)
    began = time.time()
    output = []
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    for line in pip.stdout:
        output.append(line)
        if line.startswith(("Collecting ", "Requirement already")):
            count = sum(one.startswith(("Collecting ", "Requirement already")) for one in output)
            progress(f"  {count} of {total} packages")
    status = pip.wait()
    write(LOG, "".join(output))
    progress("")
    if not status:
        say("done in {:.0f} s".format(time.time() - began))
    return "".join(output), status


def reason(output):
    """Say in one line why pip failed."""
    if "THESE PACKAGES DO NOT MATCH THE HASHES" in output:
        return "a downloaded package has another hash than requirements*.txt says; nothing of it was installed"
    if "No space left on device" in output:
        return "the disk is full; make room and run the same command again"
    if any(word in output for word in NETWORK_WORDS):
        return "the package index (PyPI) is not in reach; check the network or pip's settings, then run the same command again"
    return "pip could not install the packages; details in .build/setup.log"


def say(text):
    """One line of progress."""
    sys.stderr.write(f"setup: {text}\n")
    sys.stderr.flush()


def progress(text):
    """A line that the next one overwrites; nothing when nobody watches."""
    if sys.stderr.isatty():
        sys.stderr.write("\r{:<40}\r{}".format("", text))
        sys.stderr.flush()


def read(path):
    """The content of a small file, None if there is none."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None


def write(path, text):
    """Write a small file whole or not at all."""
    with open(path + ".part", "w") as file:
        file.write(text)
    os.rename(path + ".part", path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
