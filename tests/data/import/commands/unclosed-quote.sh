ip tunnel add gre1 mode gre remote "203.0.113.10
ip addr add 10.0.0.1/30 dev gre1
