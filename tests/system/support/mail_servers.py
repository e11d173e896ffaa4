"""Postfix, Dovecot and Exim from Debian, each in a folder of its own, the first two with TLS.

All drop privileges to the users of their packages, so this needs root. Exim's package conflicts with
that of Postfix: ./dev test unpacks it, and its user is made in the test's own mount namespace.
"""

import grp
import os
import pwd

from support import programs

POSTFIX = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = {address}
inet_protocols = ipv4
myhostname = mx.mydomain.com
mydestination =
alias_maps =
smtpd_peername_lookup = no
smtpd_tls_security_level = {level}
smtpd_tls_cert_file = {certificate}.pem
smtpd_tls_key_file = {certificate}.key
"""
POSTFIX_SERVICES = """\
{port}    inet  n - n -     - smtpd
pickup    unix  n - n 60    1 pickup
cleanup   unix  n - n -     0 cleanup
qmgr      unix  n - n 300   1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n -     - trivial-rewrite
anvil     unix  - - n -     1 anvil
proxymap  unix  - - n -     - proxymap
postlog   unix-dgram n - n - 1 postlogd
"""
# Takes mail over TLS alone, from clients that have logged in at Dovecot, into a maildir.
POSTFIX_LOGIN = """\
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
virtual_mailbox_domains = mydomain.com
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:inbox/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
POSTFIX_DELIVERY = """\
virtual   unix  - n n -     - virtual
bounce    unix  - - n -     0 bounce
defer     unix  - - n -     0 bounce
trace     unix  - - n -     0 bounce
error     unix  - - n -     - error
retry     unix  - - n -     - error
"""
DOVECOT_LOGIN = """\
protocols =
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/mail.log
ssl = no
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
service auth {{
  unix_listener {socket} {{
    mode = 0666
  }}
}}
"""
DOVECOT = """\
protocols = imap pop3
listen = {address}
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/mail.log
ssl = required
ssl_cert = <{certificate}.pem
ssl_key = <{certificate}.key
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password=nobody-logs-in
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
"""


EXIM = os.path.join(programs.SOURCE, "build/packages/exim4-daemon-light/usr/sbin/exim4")
# It enforces the protocol as Debian's default does: smtp_enforce_sync is on, and pipelining before
# the greeting (Exim 4.94 and later) is offered to no client. Clients from {slow} are greeted late,
# so that the test itself can speak too early.
EXIM_CONFIG = """\
primary_hostname = mx.mydomain.com
spool_directory = {folder}/spool
log_file_path = {folder}/%s.log
pid_file_path = {folder}/exim.pid
local_interfaces = {address}
daemon_smtp_ports = {ports}
rfc1413_query_timeout = 0s
host_lookup =
tls_advertise_hosts =
pipelining_connect_advertise_hosts =
acl_smtp_connect = greet
begin acl
greet:
  accept hosts = {slow}
         delay = 2s
  accept
"""
EXIM_USER = "Debian-exim"


def start_exim(processes, folder, address, slow, *ports):
    """Starts it in the foreground, where it speaks SMTP at `ports`."""
    _make_user(folder, EXIM_USER)
    _make(folder, "spool", EXIM_USER, EXIM_USER)
    os.chmod(folder, 0o755)
    os.chown(folder, pwd.getpwnam(EXIM_USER).pw_uid, -1)
    config = _write(folder, "exim.conf", EXIM_CONFIG.format(
        folder=folder, address=address, slow=slow, ports=" : ".join(map(str, ports))))
    log = []
    process = processes.start("exim", [EXIM, "-C", config, "-bdf"],
                              lambda _, line: log.append(line))
    return process, log


def _make_user(folder, name):
    """Adds the user of an unpacked package, in this mount namespace alone."""
    for path, line in (("/etc/passwd", f"{name}:x:64999:64999::/:/usr/sbin/nologin\n"),
                       ("/etc/group", f"{name}:x:64999:\n")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if f"\n{name}:" in text:
            continue
        copy = _write(folder, os.path.basename(path), text + line)
        done = programs.run("mount", "--bind", copy, path)
        if done.returncode != 0:
            raise AssertionError(done.stderr)


def start_postfix(processes, folder, address, port, certificate, level="may", settings="",
                  services=""):  # pylint: disable=too-many-arguments,too-many-positional-arguments
    """Starts it in the foreground. `certificate` is a path without its .pem and .key."""
    _make(folder, "queue", "root", "root")
    _make(folder, "data", "postfix", "postfix")
    _write(folder, "main.cf", POSTFIX.format(
        folder=folder, address=address, certificate=certificate, level=level) + settings)
    _write(folder, "master.cf", POSTFIX_SERVICES.format(port=port) + services)
    log = []
    process = processes.start("postfix", ["/usr/sbin/postfix", "-c", folder, "start-fg"],
                              lambda _, line: log.append(line))
    return process, log


def start_submission(processes, folder, address, port, certificate, user, password):
    """Postfix that takes mail over STARTTLS after a login, and the Dovecot that it asks.

    The mails are in the maildir that is returned.
    """
    owner = pwd.getpwnam("postfix")
    _make(folder, "mail", "postfix", "postfix")
    _make(folder, "dovecot", "root", "root")
    _make(folder, "queue/private", "postfix", "postfix")
    dovecot = os.path.join(folder, "dovecot")
    _write(dovecot, "users", f"{user}:{{PLAIN}}{password}::::::\n")
    config = _write(dovecot, "dovecot.conf", DOVECOT_LOGIN.format(
        folder=dovecot, socket=os.path.join(folder, "queue/private/auth")))
    log = []
    processes.start("dovecot", ["/usr/sbin/dovecot", "-F", "-c", config],
                    lambda _, line: log.append(line))
    start_postfix(processes, folder, address, port, certificate, "encrypt",
                  POSTFIX_LOGIN.format(folder=folder, uid=owner.pw_uid, gid=owner.pw_gid),
                  POSTFIX_DELIVERY)
    return os.path.join(folder, "mail", "inbox")


def stop_postfix(folder):
    """Call it before Processes ends: SIGTERM would end its shell but not its master."""
    programs.run("/usr/sbin/postfix", "-c", folder, "stop")


def start_dovecot(processes, folder, certificate, **ports):
    """Starts it in the foreground. `ports` are address, imap, imaps, pop3."""
    _make(folder, "", "root", "root")
    config = _write(folder, "dovecot.conf",
                    DOVECOT.format(folder=folder, certificate=certificate, **ports))
    log = []
    process = processes.start("dovecot", ["/usr/sbin/dovecot", "-F", "-c", config],
                              lambda _, line: log.append(line))
    return process, log


def mail_log(folder, name="mail.log"):
    """The server's log, for the message of a failing test. Exim's is main.log."""
    try:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError as error:
        return str(error)


def _make(folder, name, user, group):
    path = os.path.join(folder, name)
    os.makedirs(path, exist_ok=True)
    os.chown(path, pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid)
    os.chmod(path, 0o755)


def _write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path
