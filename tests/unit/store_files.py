"""What the suites of the record store share: an empty place for each test, and files made by hand."""

import binascii
import json
import os
import unittest

import console
import store

PATH = f"/tmp/unit-test-store-{id(object())}.json"
PART, OLD, NEWER = PATH + ".tmp", PATH + ".old", PATH + ".newer"
ALL = (PATH, PART, OLD, NEWER)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def read(path):
    with open(path, "rb") as file:
        return file.read()


def enveloped(record, number=1, schema=1):
    head = f'{{"schema": {schema}, "generation": {number}, "record": {json.dumps(record)}, "crc": "'.encode()
    return head + b"%08x" % binascii.crc32(head) + b'"}'


def check(record):
    """A check as those of `core.settings`: `n` must be a number, and no file at all is {}."""
    if record is None:
        return {}
    if not isinstance(record.get("n"), int):
        raise ValueError("n is no number", "and that is all")
    return record


class Files(unittest.TestCase):
    """Gives each test an empty place and the lines that are logged."""

    def setUp(self):
        self.clear()
        self.lines = []
        console.print = self.lines.append
        self.record = store.Record(PATH)

    def tearDown(self):
        del console.print
        store.os = os
        self.clear()

    def clear(self):
        for path in ALL:
            if store._exists(path):
                os.remove(path)

    def said(self, words):
        return any(words in line for line in self.lines)
