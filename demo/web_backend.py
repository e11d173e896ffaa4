"""A real nginx on one address, and the script that stops and starts it.

Everything that it writes stands in one folder, so that it runs without root. `master_process off`
makes it one process: whoever kills the pid in the file has killed the service, workers included.
"""

import os
import subprocess

import processes

CONFIG = """\
{user}
worker_processes 1;
master_process off;
pid {folder}/nginx-{name}.pid;
error_log {folder}/nginx-{name}.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/temp;
  proxy_temp_path {folder}/temp;
  fastcgi_temp_path {folder}/temp;
  uwsgi_temp_path {folder}/temp;
  scgi_temp_path {folder}/temp;
  server {{
    listen {address}:{port};
    location = /robots.txt {{ return 200 "# httpd is working\\n"; }}
    location / {{ return 200 "this is {address}\\n"; }}
  }}
}}
"""

# What an init script does. `stop` of what does not run is no failure; a zombie does not run.
SCRIPT = """\
#!/bin/sh
# Stops and starts {what}; rollcall-agent calls it.
pid_file={pid_file}
running() {{
  read -r pid 2>/dev/null <"$pid_file" || return 1
  grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$pid/status" 2>/dev/null &&
    grep -q '^Name:[[:space:]]*{program}' "/proc/$pid/status"
}}
status=0
case "$1" in
  stop)
    if running; then
      kill "$pid"
      tries=50
      while running && [ $tries -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
      if running; then kill -9 "$pid"; fi
    fi
    rm -f "$pid_file"
    ;;
  start)
    {start} || status=$?
    ;;
  *)
    echo "usage: $0 stop|start" >&2
    exit 2
    ;;
esac
echo "$1 $status" >>{journal}
exit $status
"""


def write_script(path, **fields):
    with open(path, "w", encoding="ascii") as file:
        file.write(SCRIPT.format(**fields))
    os.chmod(path, 0o755)


class ScriptedService:
    """A service that a stop/start script rules, as an init script rules one."""

    def __init__(self, script, pid_file, journal, program):
        self.script = script
        self.pid_file = pid_file
        self.journal = journal  # a line for every call: "start 0" or "start 1"
        self.program = program  # the process name

    def start(self):
        """Starts it as the agent would. Raises StartError with what it said."""
        done = subprocess.run([self.script, "start"], capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=20)
        if done.returncode != 0:
            raise processes.StartError(f"{self.script} start: {done.stderr.strip()}")

    def running(self):
        pid = processes.read_pid(self.pid_file)
        return pid is not None and processes.is_running(pid, self.program)

    def kill(self):
        """It dies at once, as by the kernel's out-of-memory killer: SIGKILL."""
        pid = processes.read_pid(self.pid_file)
        if pid is None or not processes.is_running(pid, self.program):
            raise processes.StartError(f"{self.pid_file}: it does not run")
        os.kill(pid, 9)
        processes.eventually(lambda: not self.running(), 5)

    def end(self):
        pid = processes.read_pid(self.pid_file)
        if pid is not None:
            processes.end_pid(pid, self.program)

    def calls(self):
        """What the script was called with so far and how it ended: ["stop 0", "start 1"]."""
        try:
            with open(self.journal, encoding="ascii") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []


class WebBackend(ScriptedService):
    """nginx on `address`, which says "httpd is working" in /robots.txt."""

    def __init__(self, folder, scripts, service, address, port):
        """`scripts` is the agent's scripts_path; `service` the script's name in it."""
        name = address.rsplit(".", 1)[1]
        self.address, self.port = address, port
        self.config = f"{folder}/nginx-{name}.conf"
        # As root, nginx would give its files to another user, whom a test's namespace may not have.
        user = "user root root;" if os.geteuid() == 0 else ""
        self._text = CONFIG.format(user=user, folder=folder, name=name, address=address, port=port)
        os.makedirs(f"{folder}/temp", exist_ok=True)
        os.makedirs(scripts, exist_ok=True)
        super().__init__(f"{scripts}/{service}", f"{folder}/nginx-{name}.pid",
                         f"{folder}/nginx-{name}.calls", "nginx")
        write_script(self.script, what=f"nginx on {address}", program="nginx",
                     pid_file=self.pid_file, journal=self.journal,
                     start=f"nginx -c {self.config} -e {folder}/nginx-{name}.log")
        self.mend()

    def break_config(self):
        """From now on it cannot be started; one that runs goes on running."""
        with open(self.config, "w", encoding="ascii") as file:
            file.write("this is not what nginx reads;\n" + self._text)

    def mend(self):
        with open(self.config, "w", encoding="ascii") as file:
            file.write(self._text)
