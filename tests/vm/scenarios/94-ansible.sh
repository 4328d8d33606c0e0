# SPDX-License-Identifier: GPL-2.0-or-later
# The Ansible role of contrib/ansible applies what nm-gre mesh wrote, with certificates of mesh's own CA: the tunnel comes
# up and passes traffic, a second run changes nothing, and a site that is gone is removed.
# long
# timeout: 2400
# file: ../../../contrib/ansible
host_new a b
link a eth0 b eth0
store=/etc/NetworkManager/system-connections
for h in a b; do
    n=$([ $h = a ] && echo 1 || echo 2)
    keyfile $h wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$n/24,172.31.0.$((3 - n))
    sh_on $h "ip link add lan type dummy; ip link set lan up; ip addr add 10.$n.0.1/24 dev lan"
done
sh_on a 'mkdir -p /root/mesh; cat >/root/mesh/sites.yaml' <<'EOC'
kind: native
pool: 10.255.0.0/24
seed-file: seed
ca-directory: ca
options: { ipsec: pubkey }
sites:
  a: { address: 172.31.0.1, networks: 10.1.0.0/24 }
  b: { address: 172.31.0.2, networks: 10.2.0.0/24 }
  gone: { address: 172.31.0.3, networks: 10.3.0.0/24 }
EOC
mesh() { on a nm-gre mesh /root/mesh/sites.yaml -o /root/mesh/files "$@"; }
check "nm-gre mesh makes a CA and the files of all sites" mesh --make-seed --make-ca
# b has its files without Ansible, which is slow here.
sh_on a 'cd /root/mesh/files/b && tar c .' | sh_on b "mkdir -p /etc/nm-gre; tar x -C /etc/nm-gre
    mv /etc/nm-gre/*.nmconnection $store; rm $store/gone*"
go service_start a
go service_start b
go charon_start a b
join
nm_start a b
sniff_start a eth0
cp -r "$vm/ansible" "$(inside a /root/ansible)"

# A host has neither sshd nor a login: Ansible runs on the site itself.
play() { # sets LAST to its last line
    sh_on a 'mkdir -p /dev/shm; cd /root/ansible; HOME=/root LC_ALL=C.UTF-8 ANSIBLE_PIPELINING=1 \
        ansible-playbook -i a, -c local -e nm_gre_mesh_output=/root/mesh/files site.yaml' >"$hosts/a/ansible.log" 2>&1
    local status=$?
    LAST=$(grep -F changed= "$hosts/a/ansible.log")
    return $status
}
counted() { [[ $LAST == *" $1 "* ]]; } # NAME=NUMBER
profiles() { sh_on a "cd $store; ls -l nm-gre-mesh-*" | awk '{ printf "%s%s %s", sep, $1, $NF; sep = "; " }'; }
check "the role runs" play
check_not "it changes something" counted changed=0
check_equal "the profiles are there, for root alone" "-rw------- nm-gre-mesh-b-ipsec.nmconnection; \
-rw------- nm-gre-mesh-b.nmconnection; -rw------- nm-gre-mesh-gone-ipsec.nmconnection; \
-rw------- nm-gre-mesh-gone.nmconnection" "$(profiles)"
check_equal "so is the private key" "600" "$(on a stat -c %a /etc/nm-gre/a.key)"
check "the tunnel passes traffic, with certificates" wait_until 60 on a ping -q -c 1 -W 2 -I 10.1.0.1 10.2.0.1
check "the second run succeeds" play
check "and changes nothing" counted changed=0

sh_on a "sed -i '/gone/d' /root/mesh/sites.yaml"
check "a site is taken out of the description" mesh --prune
check "the role removes it" play
check_not "which is a change" counted changed=0
check_equal "its profiles are gone" "-rw------- nm-gre-mesh-b-ipsec.nmconnection; -rw------- nm-gre-mesh-b.nmconnection" \
    "$(profiles)"
check_equal "NetworkManager has none of it" "" "$(on a nmcli -g NAME con show | grep gone)"
check "the tunnel that stays passes traffic" on a ping -q -c 2 -W 2 -I 10.1.0.1 10.2.0.1
expect_no_clear a eth0 "while the role applies the files"
sniff_stop a eth0
