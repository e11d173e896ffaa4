#!/usr/bin/python3
"""The demo of ./dev run: a cluster on this machine's loopback addresses, told as it goes.

    run.py [--build FOLDER] [--story]

Ends with Ctrl-C or SIGTERM, and ends everything that it started. --story plays kill, drop, restart
and return by itself and exits 0, or 1 where a step did not happen.
"""

import argparse
import os
import signal
import sys
import time

import cluster
import processes
import story

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

WHAT_TO_TRY = """
Rollcall answers on {server} port {port}. In another terminal, try:

  dig @{server} -p {port} {pool}                    who is present
  kill $(cat {folder}/nginx-12.pid)    a service dies; its agent restarts it
  {ctl} -s {folder}/control.sock status
  dig @{server} -p {port} mydomain.com AXFR              the whole live zone

To break a service for good, make {folder}/nginx-13.conf invalid before you kill it.
Ctrl-C ends everything.
"""

NEXT_STEP = """
Next: ./dev run (without --story) leaves the cluster running, for you to break by hand.
To serve a zone of your own, copy zones/rollcall.yaml and look for mistakes before you start it:
  build/release/rollcalld -c rollcall.yaml --check
  build/release/rollcalld -c rollcall.yaml
docs/man/rollcall.yaml.5 has every key (man -l docs/man/rollcall.yaml.5), README.md what Rollcall is.
"""


def say(line):
    print(line, flush=True)


def log_line(name, line):
    say(f"  {name} | {line}")


def mail_line(mail):
    say(f"  mail to {', '.join(mail.recipients)} | {mail.subject}")


def narrate(demo):
    """Tells every change of the answers, until interrupted. Returns the exit status."""
    say(WHAT_TO_TRY.format(server=cluster.SERVER, port=cluster.DNS_PORT, pool=cluster.POOL,
                           folder=demo.folder, ctl=os.path.relpath(demo.program("rollcallctl"))))
    before = None
    while True:
        now = sorted(demo.answers())
        if now != before:
            say(f"{time.strftime('%H:%M:%S')} {cluster.POOL} is {', '.join(now) or 'not answered'}")
            before = now
        dead = demo.processes.dead()
        if dead:
            say(f"{', '.join(dead)} has ended")
            return 1
        time.sleep(0.1)


def interrupt(_number, _frame):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="./dev run", description="Rollcall's demo cluster")
    parser.add_argument("--build", default=f"{SOURCE}/build/release", help="where the programs are")
    parser.add_argument("--story", action="store_true", help="play the story, then end")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    demo = cluster.Cluster(options.build, SOURCE, log_line, mail_line)
    try:
        demo.start()
        if not options.story:
            return narrate(demo)
        story.Story(demo, say).play()
        say(NEXT_STEP)
        return 0
    except (processes.StartError, story.StoryFailed) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("ending")
        return 0 if not options.story else 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        demo.end()


if __name__ == "__main__":
    sys.exit(main())
