"""The cost of a configuration grows with it: instructions of `rollcalld --check`, by callgrind.

Three sizes, each twice the one before. Where the cost is a constant and a share of each item, the
second step costs twice the first; where each item is compared with each other, up to four times.
"""

import os
import re
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor

from support import programs

SIZES = (1000, 2000, 4000)  # a pair's share of 1/27,000 of an item's cost is seen
MOST = 2.2    # the second step for the first
SECONDS = 250  # of one run: valgrind is fifty times slower than the machine

HEAD = """\
server: {listen: [127.0.0.1:5300], state_dir: state}
control: {socket: control.sock}
checks: {web: {type: tcp, port: 80}}
"""
ZONE = "$TTL 60\n@ SOA ns1 root 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.1\n"


def address(number):
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class GrowthTest(unittest.TestCase):
    """A configuration of one kind of thing, at three sizes."""

    def instructions(self, write, size, good):
        folder = programs.Folder()
        self.addCleanup(folder.remove)
        write(folder, size)
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", programs.ROLLCALLD,
             "-c", folder.join("rollcall.yaml"), "--check"],
            capture_output=True, text=True, check=False, timeout=SECONDS)
        self.assertEqual(done.returncode, 0 if good else 1, done.stdout + done.stderr[-2000:])
        counted = re.search(r"Collected : (\d+)", done.stderr)
        self.assertIsNotNone(counted, done.stderr[-2000:])
        return int(counted[1])

    def assert_linear(self, write, good=True):
        # In parallel: instructions are counted, not time.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            largest_first = list(pool.map(lambda size: self.instructions(write, size, good),
                                          reversed(SIZES)))
        costs = largest_first[::-1]
        steps = [later - earlier for earlier, later in zip(costs, costs[1:])]
        print(f"{self.id().rsplit('.', 1)[-1]}: {costs} instructions, "
              f"the steps are 1 : {steps[1] / steps[0]:.2f}", flush=True)
        self.assertLess(steps[1], MOST * steps[0], costs)

    @staticmethod
    def write_pools(folder, count, zone_of, pool_of):
        folder.write("db", ZONE + "".join(map(zone_of, range(count))))
        folder.write("rollcall.yaml", HEAD + "zones: {example.com: {file: db}}\npools:\n" +
                     "".join(map(pool_of, range(count))))

    def test_pools(self):
        self.assert_linear(lambda folder, count: self.write_pools(
            folder, count, lambda i: f"p{i} A {address(i)}\nm{i} MX 1 p{i}\n",
            lambda i: f"  p{i}.example.com: {{check: web, members: {{{address(i)}: {{weight: 2}}}}}}\n"))

    def test_pools_of_mx_records(self):
        self.assert_linear(lambda folder, count: self.write_pools(
            folder, count, lambda i: f"p{i} MX 1 m{i}\nm{i} A {address(i)}\n",
            lambda i: f"  p{i}.example.com: {{records: MX, check: web}}\n"))

    @staticmethod
    def write_zones(folder, count):
        os.makedirs(folder.join("zones"), exist_ok=True)
        for i in range(count):
            with open(folder.join(f"zones/{i}"), "w", encoding="ascii") as file:
                file.write(ZONE)
        folder.write("rollcall.yaml", HEAD + "zones:\n" + "".join(
            f"  z{i}.example: {{file: zones/{i}}}\n" for i in range(count)) +
            "pools:\n" + "".join(f"  ns1.z{i}.example: {{check: web}}\n" for i in range(count)))

    def test_zones(self):
        self.assert_linear(self.write_zones)

    @staticmethod
    def write_nodes_keys_and_checks(folder, count):
        folder.write("db", ZONE)
        folder.write("secret", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n")
        os.chmod(folder.write("agent.key", "ab" * 32 + "\n"), 0o600)
        os.chmod(folder.join("secret"), 0o600)
        folder.write("rollcall.yaml", HEAD.replace("}}\n", "},\n") + "".join(
            f"  c{i}: {{type: tcp, port: 80}},\n" for i in range(count)) + "}\n" +
            "zones:\n  example.com:\n    file: db\n    secondaries:\n" + "".join(
                f"      - {{address: {address(i)}, key: k{i}}}\n" for i in range(count)) +
            "keys:\n" + "".join(f"  k{i}: {{secret_file: secret}}\n" for i in range(count)) +
            "agents:\n  key_file: agent.key\n  nodes:\n" + "".join(
                f"    {address(i)}: {{address: 127.0.0.1}}\n" for i in range(count)))

    def test_nodes_keys_and_checks(self):
        self.assert_linear(self.write_nodes_keys_and_checks)

    def test_pools_that_are_wrong(self):
        """A hundred messages are enough; each has looked for the nearest of all names."""
        self.assert_linear(lambda folder, count: self.write_pools(
            folder, count, lambda i: f"p{i} A {address(i)}\n",
            lambda i: f"  p{i}.exampel.com: {{check: wbe}}\n"), good=False)


if __name__ == "__main__":
    unittest.main()
