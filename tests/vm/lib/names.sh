# SPDX-License-Identifier: GPL-2.0-or-later
# A name server, and what it answers.

# HOST ADDRESS: answers from its zone (zone_is) at UDP port 53 of ADDRESS
name_server() {
    cat >"$hosts/$1/name-server" <<'EOC'
use Socket qw(:DEFAULT inet_pton);
my ($address, $dir) = @ARGV;
socket(my $socket, PF_INET, SOCK_DGRAM, 17) or die $!;
bind($socket, pack_sockaddr_in(53, inet_aton($address))) or die $!;
while (my $from = recv($socket, my $query, 512, 0)) {
    next if -e "$dir/silent" or length($query) < 17;
    my ($at, @labels) = 12;
    while (my $length = ord(substr($query, $at, 1))) {
        push @labels, lc substr($query, $at + 1, $length);
        $at += 1 + $length;
    }
    my $question = substr($query, 12, $at + 5 - 12);
    my $type = unpack('n', substr($query, $at + 1, 2));
    my ($known, @answers) = 0;
    open(my $zone, '<', "$dir/zone") or next;
    while (<$zone>) {
        my ($name, @addresses) = split;
        next if $name ne join('.', @labels);
        $known = 1;
        for my $address (@addresses) {
            my $six = $address =~ /:/;
            next if $type != ($six ? 28 : 1);
            my $data = inet_pton($six ? AF_INET6 : AF_INET, $address);
            push @answers, pack('nnnNn', 0xc00c, $type, 1, 0, length($data)) . $data;
        }
    }
    send($socket, pack('nnnnnn', unpack('n', $query), $known ? 0x8580 : 0x8583, 1, scalar(@answers), 0, 0)
        . $question . join('', @answers), 0, $from);
}
EOC
    : >"$hosts/$1/zone"
    background "$1" name-server.log perl "$hosts/$1/name-server" "$2" "$hosts/$1"
}
zone_is() { # HOST [LINE…]: names and their addresses, a name a line
    printf '%s\n' "${@:2}" >"$hosts/$1/zone.new"
    mv "$hosts/$1/zone.new" "$hosts/$1/zone"
}
name_server_hangs() { : >"$hosts/$1/silent"; }    # HOST: takes questions and says nothing
name_server_answers() { rm -f "$hosts/$1/silent"; } # HOST
resolve_with() { sh_on "$1" "echo nameserver $2 >/etc/resolv.new; rm -f /etc/resolv.conf; mv /etc/resolv.new /etc/resolv.conf"; } # HOST ADDRESS
