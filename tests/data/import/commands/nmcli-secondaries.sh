nmcli connection add type ip-tunnel ifname gre1 con-name a mode gre remote 198.51.100.1 con.secondar 11111111-2222-3333-4444-555555555555
