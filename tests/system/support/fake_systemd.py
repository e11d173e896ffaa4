"""A systemctl and a journalctl of the test's own, in place of this machine's, in the test's namespace.

They answer as systemd does where the agent asks, for units that a stop/start script rules. The real
systemd is asked in agent_systemd_test.py.
"""

import os
import shlex
import shutil

from support import namespace

PROGRAMS = ("systemctl", "journalctl")

SYSTEMCTL = """\
#!/bin/sh
echo "systemctl $*" >>{folder}/calls
for word; do
  case $word in
    show | restart | reset-failed) verb=$word ;;
    -*) ;;
    *) unit={folder}/$word ;;
  esac
done
[ -d "$unit" ] || {{ echo "Unit ${{unit##*/}} not found." >&2; exit 5; }}
case $verb in
  show)
    echo "ActiveState=$(cat "$unit/active")"
    echo "Result=$(cat "$unit/result")"
    echo "NRestarts=$(cat "$unit/restarts")"
    ;;
  reset-failed)
    rm -f "$unit/given-up"
    echo inactive >"$unit/active"
    echo 0 >"$unit/restarts"
    ;;
  restart)
    if [ -e "$unit/given-up" ]; then
      echo "Job for ${{unit##*/}} failed." >&2
      exit 1
    fi
    sh -c "$(cat "$unit/script") stop" >>"$unit/journal" 2>&1
    if sh -c "$(cat "$unit/script") start" >>"$unit/journal" 2>&1; then
      echo active >"$unit/active"
      cat "$unit/later" >"$unit/result"
      exit 0
    fi
    echo failed >"$unit/active"
    echo exit-code >"$unit/result"
    echo "Job for ${{unit##*/}} failed." >&2
    exit 1
    ;;
esac
"""
JOURNALCTL = """\
#!/bin/sh
echo "journalctl $*" >>{folder}/calls
for word; do
  case $word in
    --unit=*) unit={folder}/${{word#--unit=}} ;;
    --lines=*) lines=${{word#--lines=}} ;;
  esac
done
tail -n "$lines" "$unit/journal"
"""


class FakeSystemd:
    """Its files are in a folder of their own. end() in any case."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.places = []
        for name, text in zip(PROGRAMS, (SYSTEMCTL, JOURNALCTL)):
            path = os.path.join(folder, name + ".sh")
            with open(path, "w", encoding="ascii") as file:
                file.write(text.format(folder=folder))
            os.chmod(path, 0o755)
            real = shutil.which(name, path="/usr/bin:/bin")
            if real is None:
                raise AssertionError(f"the package systemd is missing: there is no {name}")
            namespace.run("mount", "--bind", path, real)
            self.places.append(real)

    def end(self):
        for place in self.places:
            namespace.run("umount", place)

    def unit(self, name, script):
        """A unit that `SCRIPT stop` and `SCRIPT start` rule. What they write is its journal."""
        os.makedirs(os.path.join(self.folder, name))
        for key, value in {"script": shlex.quote(script), "active": "active", "result": "success",
                           "restarts": "0", "later": "success"}.items():
            self.set(name, key, value)
        self.set(name, "journal", "")

    def set(self, unit, key, value):
        with open(os.path.join(self.folder, unit, key), "w", encoding="utf-8") as file:
            file.write(value + "\n" if value else "")

    def give_up(self, unit):
        """It has failed too often: systemd refuses to start it until reset-failed."""
        for key, value in {"active": "failed", "result": "start-limit-hit", "restarts": "5",
                           "given-up": "yes"}.items():
            self.set(unit, key, value)

    def calls(self, verb):
        """The calls of systemctl with this verb, in their order."""
        try:
            with open(os.path.join(self.folder, "calls"), encoding="utf-8") as file:
                return [line.strip() for line in file if verb in line.split()]
        except FileNotFoundError:
            return []
