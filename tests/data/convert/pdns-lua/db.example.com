$TTL 300
@      IN SOA ns1 hostmaster 1 7200 3600 1209600 3600
       IN NS  ns1
ns1    IN A   192.0.2.53

; LUA records in the forms that PowerDNS documents.
www    60 IN LUA A "ifportup(443, {'192.0.2.1', '192.0.2.2'})"
www    60 IN LUA AAAA "ifportup(443, {'2001:db8::1', '2001:db8::2'})"
site   60 IN LUA A ("ifurlup('https://www.example.com:8443/check.html', "
                    "{{'192.0.2.10', '192.0.2.11'}, {'192.0.2.12'}, {'192.0.2.13'}}, "
                    "{stringmatch='Programming in Lua', interval=10, timeout=3, minimumFailures=2})")
all3   60 IN LUA A "ifportup(25, {'192.0.2.1', '192.0.2.2'}, {selector='all', source='192.0.2.99'})"
hash   60 IN LUA A "ifportup(25, {'192.0.2.1'}, {selector='hashed'})"
some   60 IN LUA A "pickrandom({'192.0.2.20', '192.0.2.21'})"
shares 60 IN LUA A "pickwrandom({{15, '192.0.2.30'}, {100, '192.0.2.31'}})"
every  60    LUA A "all({'192.0.2.40', '192.0.2.41'})" ; no health
near   60 IN LUA A "pickclosest({'192.0.2.50', '198.51.100.50'})"
code   60 IN LUA A ";if country('US') then return {'192.0.2.60'} else return {'192.0.2.61'} end"
where  60 IN LUA TXT "country()"
bad    60 IN LUA A "ifurlup('ftp://x/', {'192.0.2.1'})"
