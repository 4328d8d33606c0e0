nmcli con add type ip-tunnel con-name To\ B ifname gre1 mode gre \ 
  remote 198.51.100.1 \
  local 192.0.2.1 \ ip-tunnel.ttl 9
