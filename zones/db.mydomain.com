; The sample zone: an ordinary zone file, which BIND loads unchanged.
; Rollcall serves of `www` only those addresses that answer (see rollcall.yaml).
$ORIGIN mydomain.com.
$TTL 3600
@       IN SOA  ns1 root.ns1 (
                2026112201 ; serial
                28800      ; refresh
                140        ; retry
                3600000    ; expire
                60 )       ; how long "no such name" may be kept
        IN NS   ns1
        IN NS   ns2
        IN MX   10 mail
        IN TXT  "v=spf1 mx -all"

ns1     IN A    127.0.0.1
ns2     IN A    127.0.0.2
mail    IN A    127.0.0.1

; The pool. A TTL of one second: clients ask again soon after an address left.
www     1 IN A  127.0.0.11
www     1 IN A  127.0.0.12
www     1 IN A  127.0.0.13

shop    IN CNAME www
*.dev   IN A    127.0.0.1
