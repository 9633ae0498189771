"""A board's file system that remembers the program: what is in `/lib`, `/firmware` and `/certs` is looked up once for all lives.

Nobody writes there in a seeded life, and looking modules up is most of what a life costs. All else goes to littlefs itself.
"""

import io

from life.flash import Device, Flash, file_system

_ENOENT = 2
_FOLDERS = ("/lib", "/firmware", "/certs")
_DIRECTORY = 0x4000  # of the mode that `stat` gives

_known = []


def known(factory):
    """Return the `Program` of the image `factory`; a process has but one."""
    if not _known:
        _known.append(Program(file_system(Device(Flash(factory), may_write=False))))
    return _known[0]


class Program:
    """All files of the program in `files`, a littlefs; they are read now, so that lives differ in nothing they take of memory."""

    def __init__(self, files):
        self._stats = {}
        self._contents = {}
        for folder in _FOLDERS:
            self._learn(files, folder)

    def before(self, files):
        """Return a file system to mount: the program as known here, before `files`, a littlefs."""
        return _Remembering(files, self._stats, self._contents)

    def _learn(self, files, folder):
        for entry in files.ilistdir(folder):
            path = folder + "/" + entry[0]
            if entry[1] & _DIRECTORY:
                self._learn(files, path)
            else:
                with files.open(path, "rb") as file:
                    self._contents[path] = self._contents[path[1:]] = file.read()


class _Remembering:
    def __init__(self, files, stats, contents):
        self._files = files
        self._stats = stats
        self._contents = contents
        for name in ("ilistdir", "chdir", "getcwd", "mkdir", "rmdir", "remove", "rename", "statvfs", "mount", "umount"):
            setattr(self, name, getattr(files, name))

    def open(self, path, mode):
        content = self._contents.get(path) if mode == "rb" else None
        return self._files.open(path, mode) if content is None else io.BytesIO(content)

    def stat(self, path):
        # Only the search for a module asks without a slash in front.
        if path.startswith("/") and not path.startswith(_FOLDERS):
            return self._files.stat(path)
        if path not in self._stats:
            self._stats[path] = self._looked_up(path)
        if self._stats[path] is None:
            raise OSError(_ENOENT)
        return self._stats[path]

    def _looked_up(self, path):
        try:
            return self._files.stat(path)
        except OSError:
            return None
