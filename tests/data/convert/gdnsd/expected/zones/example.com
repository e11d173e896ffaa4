$TTL 3600
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

www.example.com. 10 IN A 192.0.2.100
www.example.com. 10 IN A 192.0.2.101
www.example.com. 10 IN A 192.0.2.102
www.example.com. 10 IN AAAA 2001:db8::1
web4.example.com. 90 IN A 192.0.2.200
web4.example.com. 90 IN A 192.0.2.201
web4.example.com. 90 IN A 192.0.2.202
smtp.example.com. 15 IN AAAA 2001:db8::1
smtp.example.com. 15 IN AAAA 2001:db8::2 ; six
gone.example.com. IN A 192.0.2.250
corp.example.com. 150 IN CNAME lb01.example.org.
pub.example.com. 30 IN A 192.0.2.1
pub.example.com. 30 IN A 192.0.2.2
plain.example.com. 30 IN A 192.0.2.7
plain.example.com. 30 IN A 192.0.2.8
cdn.example.com. 30 IN A 127.0.0.1
cdn.example.com. 30 IN A 127.0.0.3
cdn.example.com. 30 IN A 127.0.0.4
pair.example.com. 30 IN A 192.0.2.1
pair.example.com. 30 IN A 192.0.2.100
prod.example.com. 30 IN A 192.0.2.1
prod.example.com. 30 IN A 192.0.2.2
prod.example.com. 30 IN A 192.0.2.3
prod-dc02.example.com. 30 IN A 192.0.2.2
prod-dc02.example.com. 30 IN A 192.0.2.3
names.example.com. 30 IN A 192.0.2.200
names.example.com. 30 IN A 192.0.2.201
names.example.com. 30 IN A 192.0.2.202
names.example.com. 30 IN AAAA 2001:db8::1
names.example.com. 30 IN AAAA 2001:db8::2
acname.example.com. 200 IN CNAME somehost.example.net.
; no addresses are known for this record
; no addresses are known for this record
alias CNAME www.example.com.
$ORIGIN sub
a.sub.example.com. 30 IN A 192.0.2.2
foo           TXT     "blah DYNA blah" "blah"
