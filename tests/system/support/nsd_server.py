"""A real NSD."""

# The beginning of nsd.conf, for str.format; {more} are further lines.
HEAD = """\
server:
  ip-address: {address}
  server-count: 1
  username: ""
  chroot: ""
  database: ""
  zonesdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  zonelistfile: "{folder}/zone.list"
  xfrdfile: "{folder}/xfrd.state"
  xfrdir: "{folder}"
{more}remote-control:
  control-enable: no
"""
