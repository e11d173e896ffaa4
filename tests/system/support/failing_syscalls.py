"""Runs a program while chosen system calls fail, by a seccomp filter.

    failing_syscalls.py CALL[/FIRST_ARGUMENT]=ERRNO ... -- PROGRAM ARGUMENT ...
"""

import ctypes
import errno
import os
import platform
import struct
import sys

NUMBERS = {
    "x86_64": {"socket": 41, "accept": 43, "bind": 49, "accept4": 288, "recvmmsg": 299,
               "getrandom": 318},
    "aarch64": {"socket": 198, "bind": 200, "accept": 202, "accept4": 242, "recvmmsg": 243,
                "getrandom": 278},
}[platform.machine()]

LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
CALL_AT, FIRST_ARGUMENT_AT = 0, 16  # in struct seccomp_data; the low half on these machines
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2


def command(rules, *program):
    """The command that runs the program under the rules."""
    return [sys.executable, os.path.abspath(__file__), *rules, "--", *program]


def filter_of(rules):
    """The instructions for {(call, first argument or None): errno}."""
    code = []
    for (call, argument), error in rules.items():
        code.append((LOAD, 0, 0, CALL_AT))
        if argument is None:
            code.append((JUMP_EQUAL, 0, 1, NUMBERS[call]))
        else:
            code.append((JUMP_EQUAL, 0, 3, NUMBERS[call]))
            code.append((LOAD, 0, 0, FIRST_ARGUMENT_AT))
            code.append((JUMP_EQUAL, 0, 1, argument))
        code.append((RETURN, 0, 0, ERRNO | error))
    code.append((RETURN, 0, 0, ALLOW))
    return code


def install(code):
    octets = b"".join(struct.pack("HBBI", *instruction) for instruction in code)
    instructions = ctypes.create_string_buffer(octets, len(octets))
    program = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(code), ctypes.addressof(instructions)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or \
            libc.prctl(PR_SET_SECCOMP, MODE_FILTER, program, 0, 0) != 0:
        sys.exit(f"no seccomp filter: {os.strerror(ctypes.get_errno())}")


def main(arguments):
    split = arguments.index("--")
    rules = {}
    for rule in arguments[:split]:
        call, error = rule.split("=")
        name, _, argument = call.partition("/")
        rules[name, int(argument) if argument else None] = getattr(errno, error)
    install(filter_of(rules))
    os.execv(arguments[split + 1], arguments[split + 1:])


if __name__ == "__main__":
    main(sys.argv[1:])
