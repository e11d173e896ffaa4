$TTL 300
@      IN SOA ns1 hostmaster 1 7200 3600 1209600 3600
       IN NS  ns1
ns1    IN A   192.0.2.53

; LUA records in the forms that PowerDNS documents.
www.example.com. 60 IN A 192.0.2.1
www.example.com. 60 IN A 192.0.2.2
www.example.com. 60 IN AAAA 2001:db8::1
www.example.com. 60 IN AAAA 2001:db8::2
site.example.com. 60 IN A 192.0.2.10
site.example.com. 60 IN A 192.0.2.11
site.example.com. 60 IN A 192.0.2.12
all3.example.com. 60 IN A 192.0.2.1
all3.example.com. 60 IN A 192.0.2.2
hash.example.com. 60 IN A 192.0.2.1
some.example.com. 60 IN A 192.0.2.20
some.example.com. 60 IN A 192.0.2.21
shares.example.com. 60 IN A 192.0.2.30
shares.example.com. 60 IN A 192.0.2.31
every.example.com. 60 IN A 192.0.2.40
every.example.com. 60 IN A 192.0.2.41 ; no health
; a LUA record that was not taken over
; a LUA record that was not taken over
; a LUA record that was not taken over
; a LUA record that was not taken over
