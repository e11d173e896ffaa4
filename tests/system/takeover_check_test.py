"""rollcall-agent --check compares the allow-list of addresses and ports with the node."""

import os
import unittest

from support import namespace

namespace.enter()
namespace.add_interface("rollcall0", ["192.0.2.1/24", "192.0.2.81/24", "192.0.2.82/32",
                                      "2001:db8::1/64"])

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402

KEY = "0123456789abcdef" * 4


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.chmod(self.folder.write("agent.key", KEY + "\n"), 0o600)
        self.forwards("0")

    @staticmethod
    def forwards(value):
        with open("/proc/sys/net/ipv4/ip_forward", "w", encoding="ascii") as file:
            file.write(value)

    def check(self, *lines):
        """The exit status, and the errors without the path of the file."""
        path = self.folder.write("agent.yaml",
                                 "\n".join(["key_file: agent.key", "services: {}", *lines]) + "\n")
        done = programs.run(programs.AGENT, "--check", "-c", path)
        return done.returncode, [line.replace(path + ":", "").replace("error: ", "")
                                 for line in done.stderr.splitlines() if "error" in line]

    def test_what_is_right_is_accepted(self):
        self.forwards("1")
        self.assertEqual(self.check("floating:", "  192.0.2.80: {interface: rollcall0}",
                                    "  192.0.2.82: {interface: rollcall0}",  # taken already
                                    '  "2001:db8::80": {interface: rollcall0}',
                                    "forward:", "  web: {port: 80, to: [192.0.2.4]}"), (0, []))

    def test_a_wrong_interface_or_network(self):
        status, errors = self.check("floating:", "  192.0.2.80: {interface: rollcall7}",
                                    "  198.51.100.80: {interface: rollcall0}",
                                    '  "2001:db8:1::80": {interface: rollcall0}')
        self.assertEqual(status, 1)
        self.assertEqual(errors, ["4:3: there is no interface rollcall7",
                                  "5:3: 198.51.100.80 is in no network of rollcall0",
                                  "6:3: 2001:db8:1::80 is in no network of rollcall0"])

    def test_an_address_that_the_node_has_at_boot(self):
        status, errors = self.check("floating:", "  192.0.2.81: {interface: rollcall0}")
        self.assertEqual(status, 1)
        self.assertEqual(errors, ["4:3: rollcall0 has 192.0.2.81/24 already, which the agent did not "
                                  "add: no node may have a floating address at boot"])
        # Seen by this test alone: the namespace has mounts of its own.
        os.makedirs("/etc/network/interfaces.d", exist_ok=True)
        namespace.run("mount", "-t", "tmpfs", "none", "/etc/network/interfaces.d")
        self.addCleanup(namespace.run, "umount", "/etc/network/interfaces.d")
        with open("/etc/network/interfaces.d/web", "w", encoding="ascii") as file:
            file.write("# not 192.0.2.80\niface eth0 inet static\n  address 192.0.2.80/24\n")
        status, errors = self.check("floating:", "  192.0.2.80: {interface: rollcall0}",
                                    "  192.0.2.8: {interface: rollcall0}")
        self.assertEqual(status, 1)
        self.assertEqual(errors, ["4:3: /etc/network/interfaces.d/web:3 names 192.0.2.80: no node "
                                  "may have a floating address at boot"])

    def test_a_kernel_that_forwards_nothing(self):
        status, errors = self.check("forward:", "  web: {port: 80, to: [192.0.2.4]}")
        self.assertEqual(status, 1)
        self.assertEqual(errors, ["4:3: the kernel forwards nothing: "
                                  "/proc/sys/net/ipv4/ip_forward is not 1"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
