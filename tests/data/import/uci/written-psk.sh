#!/bin/sh
# For 203.0.113.10, OpenWrt with the packages gre and strongswan-swanctl: GRE to 198.51.100.2. By nm-gre peer.
set -e
swanctl=/etc/swanctl; [ -d $swanctl ] || swanctl=/etc/strongswan/swanctl
(umask 077; cat >$swanctl/conf.d/site-a.conf) <<'END'
connections {
  site-a {
    version = 2
    local_addrs = 203.0.113.10
    remote_addrs = 198.51.100.2
    proposals = aes256-sha256-modp2048
    rekey_time = 14400s
    dpd_delay = 30s
    mobike = no
    local {
      auth = psk
      id = "203.0.113.10"
    }
    remote {
      auth = psk
      id = "198.51.100.2"
    }
    children {
      gre {
        mode = transport
        local_ts = dynamic[47]
        remote_ts = dynamic[47]
        esp_proposals = aes256-sha256-modp2048
        rekey_time = 3600s
        replay_window = 128
        start_action = trap
      }
    }
  }
}
secrets {
  ike-site-a {
    id = "198.51.100.2"
    secret = "SECRETa"
  }
}
END
swanctl --load-all
uci batch <<'END'
set network.site_a=interface
set network.site_a.proto='gre'
set network.site_a.ipaddr='203.0.113.10'
set network.site_a.peeraddr='198.51.100.2'
set network.site_a.mtu='1430'
set network.site_a.ttl='64'
set network.site_a.tos='inherit'
set network.site_a.ikey='42'
set network.site_a.okey='42'
set network.site_a_ip=interface
set network.site_a_ip.proto='static'
set network.site_a_ip.device='@site_a'
add_list network.site_a_ip.ipaddr='10.0.0.2/30'
set network.site_a_r1=route
set network.site_a_r1.interface='site_a_ip'
set network.site_a_r1.target='192.168.10.0/24'
commit network
END
# The firewall's zones decide what may pass "site_a_ip", and whether protocol 47 and IKE may enter.
/etc/init.d/network reload
