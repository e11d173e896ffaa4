"""The small zones that the server test serves."""

ZONE = """\
$ORIGIN example.com.
$TTL 300
@       IN SOA  ns1 hostmaster ({serial} 3600 600 86400 60)
        IN NS   ns1
        IN MX   10 mail
ns1     IN A    192.0.2.1
mail    IN A    192.0.2.2
        IN AAAA 2001:db8::2
a1      IN CNAME a2
a2      IN CNAME target
target  IN A    192.0.2.3
out     IN CNAME www.example.net.
txt     IN TXT  "one string" "and another"
sip     IN TXT  "sip"
_sip._tcp IN SRV 10 20 5060 mail
*.wild  IN A    192.0.2.4
deep.under.here IN A 192.0.2.5
sub     IN NS   ns.sub
ns.sub  IN A    192.0.2.6
marker  IN TXT  "{marker}"
{big}
"""

BIG = "\n".join(f"big     IN A    198.51.100.{n}" for n in range(1, 61))  # 60 * 16 octets
HUGE = "\n".join(f'huge    IN TXT  "{n:03d}{"x" * 200}"' for n in range(1, 41))

BROKEN = """\
$TTL 300
@       IN SOA  ns1 hostmaster (1 3600 600 86400 60)
        IN NS   ns1
ns1     IN A    192.0.2.1
www     IN A    192.0.2.999
"""

SECOND = """\
$TTL 300
@       IN SOA  ns1 hostmaster (7 3600 600 86400 60)
        IN NS   ns1
ns1     IN A    192.0.2.1
"""

CONFIG = """\
server:
  listen: ["127.0.0.1:{port}", "[::1]:{port}"]
  state_dir: state
control: {{socket: control.sock}}
zones:
  example.com:
    file: db.example.com
    secondaries: [{{address: "127.0.0.9:{notify_port}"}}]
    allow_transfer: [127.0.0.2]
  second.example: {{file: db.second}}
  third.example: {{file: db.third}}
"""


def zone(serial=2026010100, marker="first"):
    return ZONE.format(serial=serial, marker=marker, big=BIG + "\n" + HUGE)
