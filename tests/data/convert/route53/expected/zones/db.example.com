example.com. 172800 IN NS ns-2048.awsdns-64.com.
example.com. 172800 IN NS ns-2049.awsdns-65.net.
example.com. 900 IN SOA ns-2048.awsdns-64.com. hostmaster.awsdns.com. 1 7200 900 1209600 86400
example.com. 300 IN MX 10 mail.example.com.
*.example.com. 300 IN TXT "a wildcard\059 with an escape"
mail.example.com. 300 IN A 192.0.2.25
www.example.com. 60 IN A 192.0.2.1
www.example.com. 60 IN A 192.0.2.2
api.example.com. 30 IN A 192.0.2.11
api.example.com. 30 IN A 192.0.2.12
api.example.com. 30 IN A 192.0.2.13
db.example.com. 60 IN A 192.0.2.30
db.example.com. 60 IN A 192.0.2.31
share.example.com. 60 IN A 192.0.2.41
share.example.com. 60 IN A 192.0.2.42
near.example.com. 60 IN A 192.0.2.51
near.example.com. 60 IN A 192.0.2.52
alias.example.com. 60 IN CNAME green.example.net.
shop.example.com. 60 IN CNAME www.example.com.
