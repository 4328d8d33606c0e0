# 2024-03-05 10:11:12 by RouterOS 7.13
# software id = AAAA-BBBB
#
# model = CCR1009-7G-1C-1S+
# serial number = 000000000000
/interface bridge
add name=bridge-lan
/interface gre
add allow-fast-path=no comment="to the branch office" dscp=4 !keepalive \
    local-address=203.0.113.10 mtu=1400 name=gre-branch remote-address=\
    198.51.100.2
add disabled=yes name=gre-old remote-address=192.0.2.99
/ip ipsec profile
set [ find default=yes ] dh-group=modp2048 enc-algorithm=aes-256
add dh-group=ecp256,modp2048 dpd-interval=15s enc-algorithm=aes-256 \
    hash-algorithm=sha256 lifetime=8h name=branch
/ip ipsec peer
add address=198.51.100.2/32 comment=branch exchange-mode=ike2 local-address=\
    203.0.113.10 name=branch profile=branch
add address=192.0.2.77/32 name=other
/ip ipsec proposal
set [ find default=yes ] disabled=yes
add auth-algorithms=sha256 enc-algorithms=aes-256-cbc,aes-256-gcm lifetime=1h30m \
    name=branch pfs-group=ecp256
/ip address
add address=192.168.20.1/24 interface=bridge-lan network=192.168.20.0
add address=10.0.0.2/30 interface=gre-branch network=10.0.0.0
/ip firewall filter
add action=accept chain=forward comment="defconf: accept in ipsec policy" \
    ipsec-policy=in,ipsec
/ip firewall nat
add action=masquerade chain=srcnat comment="defconf: masquerade" \
    ipsec-policy=out,none out-interface-list=WAN
/ip ipsec identity
add my-id=fqdn:hq.example.org peer=branch remote-id=fqdn:branch.example.org \
    secret="SECRET\"\\\$a\?b"
add peer=other secret=SECRETb
/ip ipsec policy
set 0 proposal=branch
add dst-address=192.168.77.0/24 peer=other src-address=192.168.20.0/24 \
    tunnel=yes
add dst-address=198.51.100.2/32 peer=branch proposal=branch protocol=gre \
    src-address=203.0.113.10/32
/ip route
add disabled=no distance=1 dst-address=0.0.0.0/0 gateway=203.0.113.1
add disabled=no distance=1 dst-address=192.168.10.0/24 gateway=10.0.0.1
/system identity
set name="MikroTik HQ"
