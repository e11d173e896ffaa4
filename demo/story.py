"""The story that plays by itself: a restart that helps, then one that does not."""

import time

from processes import eventually

ALL = "11 12 13"
PATIENCE = 15  # seconds for any one step; it takes two or three


class StoryFailed(Exception):
    """A step did not happen; the message says which."""


class Story:
    """Plays on a running cluster. tell(line) gets one line a step."""

    def __init__(self, cluster, tell):
        self._cluster = cluster
        self._tell = tell
        self._begin = time.monotonic()

    def play(self):
        self._present(ALL, "all three backends are answered")
        self._service_dies_and_is_restarted("127.0.0.12")
        self._service_dies_for_good("127.0.0.13")
        self._step("the end: every step happened")

    def _service_dies_and_is_restarted(self, node):
        backend = self._cluster.backends[node]
        backend.kill()
        self._step(f"killed nginx on {node}")
        self._present("11 13", f"{node} has left the answers")
        self._wait(lambda: "start 0" in backend.calls()[1:], f"the agent on {node} restarted nginx")
        self._present(ALL, f"{node} is back in the answers")
        self._mails(node, ["drop", "restart", "return"])

    def _service_dies_for_good(self, node):
        backend = self._cluster.backends[node]
        backend.break_config()
        backend.kill()
        self._step(f"broke the configuration of nginx on {node}, then killed it")
        self._present("11 12", f"{node} has left the answers")
        self._wait(lambda: "start 1" in backend.calls(),
                   f"the agent on {node} tried to start nginx: it does not start")
        self._mails(node, ["drop", "restart"])
        self._stays("11 12", 3, f"{node} stays out of the answers")
        backend.mend()
        backend.start()
        self._step(f"mended nginx on {node} and started it by hand")
        self._present(ALL, f"{node} is back in the answers")
        self._mails(node, ["drop", "restart", "return"])

    def _step(self, text):
        self._tell(f"[{time.monotonic() - self._begin:5.1f} s] {text}")

    def _wait(self, condition, text):
        if not eventually(condition, PATIENCE):
            dead = self._cluster.processes.dead()
            hint = f"; these have ended: {', '.join(dead)}" if dead else ""
            raise StoryFailed(f"did not happen within {PATIENCE} s: {text}{hint}")
        self._step(text)

    def _present(self, numbers, text):
        self._wait(lambda: self._cluster.present() == numbers, text)

    def _stays(self, numbers, seconds, text):
        changed = eventually(lambda: self._cluster.present() != numbers, seconds)
        if changed:
            raise StoryFailed(f"the answers are {self._cluster.present()} now, not {numbers}")
        self._step(f"{text} (watched for {seconds} s)")

    def _mails(self, node, kinds):
        self._wait(lambda: sorted(self._cluster.mailbox.kinds_about(node)) == sorted(kinds),
                   f"mails about {node}: {', '.join(kinds)}")
