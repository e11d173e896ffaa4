$TTL 300
@    IN SOA ns1 hostmaster 2024010100 7200 3600 1209600 3600
     IN NS  ns1
     IN NS  ns2
ns1  IN A   192.0.2.10
ns2  IN A   192.0.2.11
www  IN A   192.0.2.80
     IN AAAA 2001:db8::80
