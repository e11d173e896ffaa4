; In the form of the example of gdnsd.zonefile(5).
@     SOA ns1 dns-admin (
      1      ; serial
      7200   ; refresh
      30M    ; retry
      3D     ; expire
      900    ; ncache
)
@     NS      ns1.example.com.
ns1   A       192.0.2.1 ; a comment
@     7200    MX      10 mail-a
mail-a        A 192.0.2.3

www   600/10  DYNA    multifo!pubwww
web4  180     DYNA    multifo!v4www
smtp  30      DYNA    multifo!v6smtp ; six
gone          DYNA    multifo!dead
corp  300     DYNC    weighted!corpwww
pub   60/30   DYNC    weighted!pubwww
plain 60/30   DYNA    weighted!plain
cdn   60/30   DYNA    weighted!grouped
pair  60/30   DYNA    simplefo!pair
prod  60/30   DYNA    metafo!prod_www
prod-dc02 60/30 DYNA  metafo!prod_www/dc-02
names 60/30   DYNA    metafo!by_name
acname 400    DYNC    static!somehost
zeros 600     DYNA    null
place 600     DYNA    geoip!x
alias         CNAME   www.@Z
$ORIGIN sub
a 60/30       DYNA    static!foo
foo           TXT     "blah DYNA blah" "blah"
