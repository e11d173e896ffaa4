"""The cluster of the year 2000 with its names and addresses, made of real servers.

  192.168.0.1  www (apache)     smtp (postfix)
  192.168.0.2  www (apache)     smtp (sendmail)
  192.168.0.3  www (fasttrack)
  192.168.0.4                                    pop (inetd)
  192.168.0.5                                    pop (inetd)
  192.168.0.10 rollcalld, and the administrator's mailbox on port 2500
  192.168.0.11 BIND as secondary
"""

import os
import shutil
import sys

from support import bind_secondary
from support import namespace
from support import programs
from support.programs import SEED

# pylint: disable=wrong-import-order
import mailbox
import processes
import web_backend

ORIGIN = "mydomain.com"
PRIMARY, SECONDARY = "192.168.0.10", "192.168.0.11"
MAIL_PORT = 2500
NODES = {1: ["apache", "postfix"], 2: ["apache", "sendmail"], 3: ["fasttrack"],
         4: ["inetd"], 5: ["inetd"]}
PORTS = {"apache": 80, "fasttrack": 80, "postfix": 25, "sendmail": 25, "inetd": 110}

# failover-monitor.config as today's configuration; short intervals, the original limits.
CONFIG = """\
server: {listen: ["192.168.0.10:53"], state_dir: state}
control: {socket: control.sock}
zones:
  mydomain.com:
    file: db.mydomain.com
    secondaries: [{address: "192.168.0.11:53"}]
checks:
  web:  {type: http, port: 80, path: /robots.txt, expect: "httpd is working",
         interval: 1s, fast_interval: 200ms, timeout: 800ms, fall: 2, rise: 2}
  smtp: {type: tcp, port: smtp, send: "QUIT", expect: "220",
         interval: 1s, fast_interval: 200ms, timeout: 800ms, fall: 2, rise: 2}
  pop3: {type: tcp, port: pop3, send: "QUIT", expect: "OK",
         interval: 1s, fast_interval: 200ms, timeout: 800ms, fall: 2, rise: 2}
pools:
  www.mydomain.com:
    check: web
    restart: apache
    when_all_down: fail_open
    members:
      192.168.0.3: {restart: fasttrack}
  smtp.mydomain.com:
    check: smtp
    restart: postfix
    members:
      192.168.0.2: {restart: sendmail}
  pop.mydomain.com: {check: pop3, restart: inetd}
agents: {port: 2224, keys_dir: agent-keys}
alerts:
  batch: 0s
  email: {to: [root@phonax.com], from: rollcall@mydomain.com, smtp: "smtp://192.168.0.10:2500",
          max_per_hour: 200}
"""

AGENT_CONFIG = """\
listen: {address}:2224
keys: {{ns1: {{file: {folder}/agent-keys/{address}.key}}}}
scripts_path: {folder}/init.d-{number}
services:
"""


def address_of(number):
    return f"192.168.0.{number}"


class SeedCluster:
    """start() inside a namespace of its own; end() in any case."""

    environment = None  # of rollcalld; the test's own

    def __init__(self):
        self.folder = programs.Folder()
        self.processes = processes.Processes()
        self.services = {}  # (node number, service name) -> ScriptedService
        self.mailbox = mailbox.Mailbox(PRIMARY, MAIL_PORT)
        self.log = []
        self.device = None

    def start(self):
        # The first address is the default source address: the nameserver's own.
        self.device = namespace.add_interface(
            "seed0", [f"{address_of(n)}/24" for n in (10, 11, *NODES)])
        self.mailbox.start()
        self.processes.at_end(self.mailbox.stop)
        self._write_files()
        for number in NODES:
            self._start_node(number)
        self._await_services()
        self.processes.start("rollcalld", [programs.ROLLCALLD, "-c", "rollcall.yaml"],
                             self._keep_line, cwd=self.folder.path, env=self.environment)
        self._start_secondary()

    def end(self):
        self.processes.end_all()
        self.folder.remove()

    def web(self, number):
        """The nginx of a node."""
        return self.services[number, "fasttrack" if number == 3 else "apache"]

    def log_text(self):
        return "\n".join(self.log[-60:])

    def _keep_line(self, name, line):
        self.log.append(f"{name}: {line}")

    def _write_files(self):
        shutil.copy(os.path.join(SEED, "db.mydomain.com"), self.folder.path)
        os.mkdir(self.folder.join("state"))
        self.folder.write("rollcall.yaml", CONFIG)
        os.mkdir(self.folder.join("agent-keys"), 0o700)
        for number in NODES:
            key = programs.rollcallctl("keygen", "agent", address_of(number), "--name", "ns1",
                                       "-o", self.folder.join("agent-keys"))
            if key.returncode != 0:
                raise AssertionError(f"rollcallctl keygen agent: {key.stderr}")

    def _start_node(self, number):
        self._start_services(number)
        config = AGENT_CONFIG.format(
            address=address_of(number), folder=self.folder.path, number=number)
        for name in NODES[number]:
            config += f"  {name}: {{{self._recipe(number, name)}}}\n"
        self._start_agent(number, self.folder.write(f"agent-{number}.yaml", config))

    def _start_services(self, number):
        """Returns the folder of their scripts."""
        scripts = self.folder.join(f"init.d-{number}")
        os.makedirs(scripts)
        for name in NODES[number]:
            service = self._service(number, name, scripts)
            self.services[number, name] = service
            self.processes.at_end(service.end)
            service.start()
        return scripts

    def _recipe(self, _number, name):
        """How the agent restarts the service."""
        return f"script: {name}"

    def _start_agent(self, number, config):
        self.processes.start(f"agent-{number}", [programs.AGENT, "-c", config],
                             self._keep_line, cwd=self.folder.path)

    def _await_services(self):
        """A script's `start` ends before its server listens: waits, so that no drop is mailed."""
        for number, name in self.services:
            place = address_of(number), PORTS[name]
            if not programs.eventually(lambda at=place: programs.connects(*at),
                                       programs.START_SECONDS):
                raise AssertionError(f"{name} does not listen on {place[0]} port {place[1]}")

    def _service(self, number, name, scripts):
        address = address_of(number)
        if name in ("apache", "fasttrack"):
            return web_backend.WebBackend(self.folder.path, scripts, name, address, 80)
        if name == "inetd":
            server = f"{programs.SOURCE}/tests/system/support/scripted_pop3.py {address} 110"
        else:
            server = f"-m aiosmtpd -n -c aiosmtpd.handlers.Sink -l {address}:25"
        return self._daemon(number, name, scripts, f"{sys.executable} {server}")

    def _daemon(self, number, name, scripts, command):
        """A server that runs in the foreground, as a service with a stop/start script."""
        base = self.folder.join(f"{name}-{number}")
        web_backend.write_script(
            f"{scripts}/{name}", what=f"{name} on node {number}", program="python3",
            pid_file=f"{base}.pid", journal=f"{base}.calls",
            start=f"setsid {command} >{base}.log 2>&1 </dev/null & echo $! >{base}.pid")
        return web_backend.ScriptedService(
            f"{scripts}/{name}", f"{base}.pid", f"{base}.calls", "python3")

    def _start_secondary(self):
        folder = self.folder.join("named")
        os.mkdir(folder)
        config = bind_secondary.write_config(folder, SECONDARY, PRIMARY, ORIGIN)
        checked = programs.run("named-checkconf", config)
        if checked.returncode != 0:
            raise AssertionError(f"named-checkconf: {checked.stdout}{checked.stderr}")
        self.processes.start("named", bind_secondary.command(folder, config), self._keep_line)
