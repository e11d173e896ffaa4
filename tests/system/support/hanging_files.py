"""A file system (FUSE) that shows a folder, and hangs while a flag file exists.

    python3 hanging_files.py MOUNT_POINT FOLDER FLAG MARK

A request that hangs makes the file MARK, and goes on when FLAG is gone.
"""

import os
import sys
import time

try:
    import fusepy as fuse  # Debian's name of it
except ImportError:
    import fuse


class HangingFiles(fuse.Operations):
    def __init__(self, folder, flag, mark):
        self._folder = folder
        self._flag = flag
        self._mark = mark

    def _real(self, path):
        while os.path.exists(self._flag):
            with open(self._mark, "w", encoding="utf-8"):
                pass
            time.sleep(0.05)
        return os.path.join(self._folder, path.lstrip("/"))

    def getattr(self, path, fh=None):
        try:
            status = os.lstat(self._real(path))
        except OSError as error:
            raise fuse.FuseOSError(error.errno) from error
        return {key: getattr(status, key) for key in
                ("st_mode", "st_nlink", "st_size", "st_mtime", "st_ctime", "st_uid", "st_gid")}

    def open(self, path, flags):
        return os.open(self._real(path), flags)

    def read(self, path, size, offset, fh):
        self._real(path)
        return os.pread(fh, size, offset)

    def release(self, path, fh):
        os.close(fh)


if __name__ == "__main__":
    fuse.FUSE(HangingFiles(*sys.argv[2:]), sys.argv[1], foreground=True, ro=True,
              attr_timeout=0, entry_timeout=0, direct_io=True)
