"""systemd as the first process of a machine of its own, made of namespaces.

Its disk is this machine's, with a memory file system above it for what changes (overlay); its network is
an empty one. It starts dbus, the journal and what a test asks for, none of this machine's services.
Needs root, systemd, dbus and a cgroup2 file system that can be written.
"""

import os
import shutil
import signal
import subprocess
import time

SYSTEMD = "/lib/systemd/systemd"
PATIENCE = 60  # seconds for a boot that takes two

TARGET = """\
[Unit]
Description=What a test of Rollcall needs
Requires=dbus.socket systemd-journald.socket
After=dbus.socket systemd-journald.socket
"""
# They would act on this machine, or wait for what is not there.
MASKED = ("systemd-modules-load.service", "systemd-remount-fs.service", "systemd-sysctl.service",
          "systemd-tmpfiles-setup.service", "systemd-tmpfiles-setup-dev.service",
          "systemd-tmpfiles-clean.timer", "systemd-udevd.service", "systemd-update-utmp.service",
          "systemd-ask-password-console.path", "systemd-journal-flush.service", "dev-hugepages.mount",
          "dev-mqueue.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount",
          "sys-fs-fuse-connections.mount", "proc-sys-fs-binfmt_misc.automount")

# In the namespaces, with the folder as $1: mounts the disk and becomes systemd.
BOOT = """\
set -e
mount --make-rprivate /
mkdir "$1/disk"
mount -t tmpfs -o mode=755 tmpfs "$1/disk"
cd "$1/disk"
mkdir upper work root
chmod 755 upper
mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
cd root
mount -t proc proc proc
mount -o bind,ro proc/sys proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  touch dev/$device
  mount --bind /dev/$device dev/$device
done
ln -s /proc/self/fd dev/fd
mkdir dev/pts dev/shm dev/mqueue dev/hugepages
mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=1777 tmpfs dev/shm
cp -a "$1/seed/." .
pivot_root . mnt
cd /
umount -l mnt
exec env -i container=rollcall-test PATH=/usr/sbin:/usr/bin:/sbin:/bin %s \
  --unit=rollcall-test.target --show-status=no --log-level=info --log-target=journal
""" % SYSTEMD


class CannotBoot(Exception):
    """This machine does not let a test boot systemd, and why."""


class Machine:
    """start(), then run() inside of it; end() in any case."""

    def __init__(self, folder):
        self.folder = folder  # an empty one
        self.cgroup = None
        self.unshared = None
        self.pid = None
        self.seed = os.path.join(folder, "seed")
        os.makedirs(self.seed)

    def write(self, path, text, mode=0o644):
        """A file of the machine, before it is started."""
        place = self.seed + path
        self._make_folder(os.path.dirname(place))
        with open(place, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(place, mode)

    def copy(self, source, path):
        place = self.seed + path
        self._make_folder(os.path.dirname(place))
        shutil.copy(source, place)

    def _make_folder(self, path):
        """Folders of the seed get the mode that the machine's have."""
        os.makedirs(path, 0o755, exist_ok=True)

    def start(self):
        for needed in (SYSTEMD, "/usr/bin/dbus-daemon", "/usr/bin/systemctl"):
            if not os.path.exists(needed):
                raise CannotBoot(f"there is no {needed}")
        self.write("/etc/systemd/system/rollcall-test.target", TARGET)
        self.write("/etc/machine-id", "0123456789abcdef" * 2 + "\n", 0o444)
        self.write("/etc/systemd/journald.conf", "[Journal]\nStorage=volatile\n")
        for unit in MASKED:
            os.symlink("/dev/null", f"{self.seed}/etc/systemd/system/{unit}")
        self._make_cgroup()
        with open(os.path.join(self.folder, "boot.log"), "w", encoding="utf-8") as log:
            self.unshared = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--net", "--fork",
                 "--kill-child", "sh", "-c", BOOT, "sh", self.folder],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=self._enter_cgroup)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.unshared.poll() is None:
            self._find_pid()
            if self.pid and self._is_up():
                # Its group may read the journal, as on any machine.
                self.run("systemd-tmpfiles", "--create", "--prefix=/run/log/journal")
                return
            time.sleep(0.05)
        raise CannotBoot(self._log() or "it did not get ready in time")

    def _log(self):
        with open(os.path.join(self.folder, "boot.log"), encoding="utf-8", errors="replace") as log:
            return log.read().strip()[-500:]

    def _make_cgroup(self):
        with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
            places = [line.split()[4] for line in mounts if " - cgroup2 " in line]
        if not places:
            raise CannotBoot("there is no cgroup2 file system")
        self.cgroup = f"{places[0]}/rollcall-test-{os.getpid()}"
        try:
            os.mkdir(self.cgroup)
        except OSError as error:
            self.cgroup = None
            raise CannotBoot(f"cgroup2: {error}") from error

    def _enter_cgroup(self):
        with open(f"{self.cgroup}/cgroup.procs", "w", encoding="ascii") as procs:
            procs.write("0")

    def _find_pid(self):
        try:
            with open(f"/proc/{self.unshared.pid}/task/{self.unshared.pid}/children",
                      encoding="ascii") as children:
                pid = int((children.read().split() or ["0"])[0])
            with open(f"/proc/{pid}/comm", encoding="ascii") as name:
                self.pid = pid if name.read().strip() == "systemd" else None
        except OSError:
            self.pid = None

    def _is_up(self):
        said = self.run("systemctl", "is-active", "rollcall-test.target", "dbus.socket").stdout
        return said.split() == ["active", "active"]

    def run(self, *argv, text=None, only_network=False):
        """Runs a program in the machine, or one of ours that sees only its network."""
        where = ["--net"] if only_network else ["--mount", "--uts", "--ipc", "--net", "--pid",
                                                "--cgroup", "--root", "--wd"]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
        return subprocess.run(["nsenter", f"--target={self.pid}", *where, *argv], env=environment,
                              input=text, capture_output=True, text=True, errors="replace",
                              timeout=PATIENCE, check=False)

    def read(self, path):
        return self.run("cat", path).stdout

    def end(self):
        if self.unshared:
            if self.pid:
                try:
                    os.kill(self.pid, signal.SIGKILL)  # and with it its namespace
                except ProcessLookupError:
                    pass
            self.unshared.kill()
            self.unshared.wait()
        if self.cgroup:
            self._remove_cgroup()

    def _remove_cgroup(self):
        end = time.monotonic() + PATIENCE
        while os.path.isdir(self.cgroup) and time.monotonic() < end:
            for folder, _, _ in os.walk(self.cgroup, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:  # its processes are still ending
                    pass
            time.sleep(0.02)
