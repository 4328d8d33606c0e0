interfaces {
    ethernet eth0 {
        address "203.0.113.10/24"
        description "to the Internet"
        hw-id "52:54:00:00:00:01"
    }
    loopback lo {
    }
    tunnel tun7 {
        address "10.0.0.2/30"
        description "To the branch {not a block}"
        encapsulation "gre"
        ip {
            adjust-mss "clamp-mss-to-pmtu"
        }
        mtu "1400"
        parameters {
            ip {
                key "42"
                no-pmtu-discovery
                ttl "255"
            }
        }
        remote "198.51.100.2"
        source-interface "eth0"
    }
}
/* A comment
   of two lines */
protocols {
    static {
        route 0.0.0.0/0 {
            next-hop 203.0.113.1 {
            }
        }
        route 192.168.10.0/24 {
            next-hop 10.0.0.1 {
                distance "5"
            }
        }
    }
}
system {
    host-name "vyos-hq"
}
vpn {
    ipsec {
        authentication {
            psk other {
                id "192.0.2.77"
                secret "SECRETb"
            }
            psk branch {
                id "hq@example.org"
                id "branch.example.org"
                secret "SECRETa"
            }
        }
        esp-group ESP {
            lifetime "1800"
            mode "transport"
            pfs "dh-group19"
            proposal 10 {
                encryption "aes256gcm128"
                hash "sha256"
            }
            proposal 20 {
                encryption "aes256"
                hash "sha256"
            }
        }
        ike-group IKE {
            close-action "none"
            dead-peer-detection {
                action "restart"
                interval "15"
                timeout "60"
            }
            key-exchange "ikev2"
            lifetime "28800"
            proposal 10 {
                dh-group "19"
                encryption "aes256gcm128"
                hash "sha256"
            }
            proposal 20 {
                encryption "aes256"
            }
        }
        interface "eth0"
        site-to-site {
            peer branch {
                authentication {
                    local-id "hq@example.org"
                    mode "pre-shared-secret"
                    remote-id "branch.example.org"
                }
                connection-type "initiate"
                default-esp-group "ESP"
                force-udp-encapsulation
                ike-group "IKE"
                local-address "203.0.113.10"
                remote-address "198.51.100.2"
                tunnel 0 {
                    protocol "gre"
                }
            }
            peer other {
                ike-group "IKE"
                local-address "203.0.113.10"
                remote-address "192.0.2.77"
                tunnel 0 {
                    local {
                        prefix "192.168.20.0/24"
                    }
                    remote {
                        prefix "192.168.77.0/24"
                    }
                }
            }
        }
    }
}

// Warning: Do not remove the following line.
// vyos-config-version: "bgp@4:ipsec@13:system@27"
// Release version: 1.4.0
