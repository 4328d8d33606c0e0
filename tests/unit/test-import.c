/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every file of tests/data/import against the golden file beside it: NAME.expected, the profile and
 * the notes, or the error. And what a path may lead to that is no file at all.
 */
#include "import/file.h"
#include "golden.h"
#include "gre-error.h"
#include "gre-strongswan.h"
#include "gre-value.h"
#include "import-text.h"
#include "import/import.h"
#include "import/key-files.h"
#include "import/local-addresses.h"
#include "import/write-keyfile.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CORPUS G_TEST_DIST, "import"
#define ROOT   G_TEST_DIST, "import-root" /* what files of the corpus name */

static char *root;

static void
check_connection(NMConnection *connection)
{
    g_autoptr(GError) error = NULL;

    nm_connection_verify(connection, &error);
    g_assert_no_error(error);
    g_assert_true(g_uuid_string_is_valid(nm_connection_get_uuid(connection)));
    g_assert_true(nm_connection_is_type(connection, "vpn"));
}

/* Whatever it came from, an export brings it back. */
static void
check_export(NMConnection *connection)
{
    g_autofree char *dir = g_dir_make_tmp("gre-import-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "exported", NULL);
    g_autofree char *difference = NULL;
    g_autoptr(NMConnection) back = NULL;
    g_autoptr(GError) error = NULL;

    gre_write_keyfile(connection, path, &error);
    g_assert_no_error(error);
    back = gre_import_file(path, NULL, &error);
    g_assert_no_error(error);
    g_unlink(path);
    g_rmdir(dir);
    difference = formats_text_difference(connection, back);
    g_assert_cmpstr(difference, ==, "");
}

/* An error names the file, and nothing of where the tests run. */
static char *
error_text(const GError *error, const char *path)
{
    g_assert_true(error->domain == GRE_ERROR);
    g_assert_true(gre_value_is_printable(error->message));
    g_assert_null(strstr(error->message, "SECRET")); /* each secret of the corpus has it */
    g_assert_true(g_str_has_prefix(error->message, path));
    return g_strdup_printf("error FILE%s\n", error->message + strlen(path));
}

static char *
import_text(const char *path)
{
    g_autoptr(GPtrArray) notes = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(NMConnection) connection = gre_import_file(path, &notes, &error);
    g_autofree char *text = NULL;
    GString         *out;

    g_assert_true(!connection == !!error);
    g_assert_true(!connection == !notes);
    if (!connection)
        return error_text(error, path);
    check_connection(connection);
    check_export(connection);
    text = formats_text(connection);
    out = g_string_new(text);
    for (guint i = 0; i < notes->len; i++) {
        g_assert_true(gre_value_is_printable(notes->pdata[i]));
        g_assert_null(strstr(notes->pdata[i], "SECRET"));
        g_string_append_printf(out, "note %s\n", (char *) notes->pdata[i]);
    }
    return g_string_free(out, FALSE);
}

static void
check_file(gconstpointer data)
{
    const char      *path = data;
    g_autofree char *expected_path = g_strconcat(path, ".expected", NULL);
    g_autofree char *got = import_text(path);

    golden_check(expected_path, got);
}

/* Files that are read beside another one have no case of their own. */
static gboolean
is_case(const char *name)
{
    static const char *const others[] = { ".expected", ".network", ".secrets", ".d" };

    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_str_has_suffix(name, others[i]))
            return FALSE;
    return TRUE;
}

static void
add_format(const char *format)
{
    g_autofree char *dir = g_test_build_filename(CORPUS, format, NULL);
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *name;

    g_assert_nonnull(entries);
    while ((name = g_dir_read_name(entries))) {
        g_autofree char *test = g_strdup_printf("/import/%s/%s", format, name);

        if (is_case(name))
            g_test_add_data_func_full(test, g_build_filename(dir, name, NULL), check_file, g_free);
    }
}

static void
add_formats(void)
{
    g_autofree char *corpus = g_test_build_filename(CORPUS, NULL);
    g_autoptr(GDir) formats = g_dir_open(corpus, 0, NULL);
    const char *format;

    g_assert_nonnull(formats);
    while ((format = g_dir_read_name(formats)))
        add_format(format);
}

/* ---- what is no file ---- */

static void
check_refused(const char *path, const char *pattern)
{
    g_autoptr(GPtrArray) notes = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_null(gre_import_file(path, &notes, &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
    g_assert_null(notes);
    if (!g_pattern_match_simple(pattern, error->message))
        g_error("%s does not match %s", error->message, pattern);
}

static void
check_text(const char *dir, const char *text, gssize len, const char *pattern)
{
    g_autofree char *path = g_build_filename(dir, "file", NULL);

    g_assert_true(g_file_set_contents(path, text, len, NULL));
    check_refused(path, pattern);
    g_unlink(path);
}

static void
test_no_file(void)
{
    g_autofree char *dir = g_dir_make_tmp("gre-import-XXXXXX", NULL);
    g_autofree char *fifo = g_build_filename(dir, "fifo", NULL);
    g_autofree char *link = g_build_filename(dir, "link", NULL);
    g_autofree char *none = g_build_filename(dir, "none", NULL);

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(symlink(fifo, link), ==, 0);
    check_refused(fifo, "*/fifo: not a regular file");
    check_refused(link, "*/link: not a regular file");
    check_refused("/dev/zero", "/dev/zero: not a regular file");
    check_refused(dir, "*: not a regular file");
    check_refused(none, "*/none: No such file*");
    g_unlink(link);
    g_assert_cmpint(symlink("link", link), ==, 0);
    check_refused(link, "*/link: *"); /* a loop */
    g_unlink(link);
    g_unlink(fifo);
    g_rmdir(dir);
}

static void
test_no_text(void)
{
    g_autofree char *dir = g_dir_make_tmp("gre-import-XXXXXX", NULL);
    g_autofree char *large = g_strnfill(GRE_FILE_MAX + 1, '#');

    check_text(dir, "a\0b", 3, "*/file: not a text file*");
    check_text(dir, "", 0, "*/file: no GRE tunnel found: this is an empty file; expected one of*");
    check_text(dir, large, GRE_FILE_MAX + 1, "*/file: larger than 1 MiB*");
    check_text(dir, large, GRE_FILE_MAX, "*/file: no GRE tunnel found; expected one of*");
    g_rmdir(dir);
}

static void
test_link(void)
{
    g_autofree char *dir = g_dir_make_tmp("gre-import-XXXXXX", NULL);
    g_autofree char *link = g_build_filename(dir, "link", NULL);
    g_autofree char *file = g_test_build_filename(CORPUS, "keyfile", "vpn-plain", NULL);
    g_autofree char *here = g_get_current_dir();
    g_autofree char *absolute = g_canonicalize_filename(file, here);
    g_autoptr(GError) error = NULL;
    g_autoptr(NMConnection) connection = NULL;

    g_assert_cmpint(symlink(absolute, link), ==, 0);
    connection = gre_import_file(link, NULL, &error);
    g_assert_no_error(error);
    g_unlink(link);
    g_rmdir(dir);
}

static void
test_new_uuid(void)
{
    g_autofree char *path = g_test_build_filename(CORPUS, "keyfile", "vpn-plain", NULL);
    g_autoptr(NMConnection) a = gre_import_file(path, NULL, NULL);
    g_autoptr(NMConnection) b = gre_import_file(path, NULL, NULL);

    g_assert_cmpstr(nm_connection_get_uuid(a), !=, nm_connection_get_uuid(b));
    g_assert_cmpstr(nm_connection_get_uuid(a), !=, "7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11");
}

/* strongSwan trusts what is in a directory: without one in it there is a file to be put there. */
static void
test_no_authority(void)
{
    g_autofree char *path = g_test_build_filename(CORPUS, "ipsec", "strongswan-p12.conf", NULL);
    g_autoptr(GPtrArray) notes = NULL;
    g_autoptr(NMConnection) connection = NULL;
    gboolean found = FALSE;

    gre_key_files_set_root("/no-such-directory");
    connection = gre_import_file(path, &notes, NULL);
    gre_key_files_set_root(root);
    g_assert_cmpstr(
        nm_setting_vpn_get_data_item(nm_connection_get_setting_vpn(connection), "ipsec-ca"), ==,
        "/etc/ipsec.d/cacerts/ca.pem");
    for (guint i = 0; i < notes->len; i++)
        found = found || g_str_has_prefix(notes->pdata[i], "ipsec-ca: the file doesn't name");
    g_assert_true(found);
}

/* ---- protection ---- */

#define COMMANDS   "ip tunnel add gre1 mode gre local 192.0.2.1 remote 203.0.113.10\n"
#define NMCLI      "nmcli con add type ip-tunnel ifname gre1 mode gre remote 203.0.113.10\n"
#define INTERFACES "iface gre1 inet tunnel\n\tmode gre\n\tendpoint 203.0.113.10\n"
#define NETDEV     "[NetDev]\nName=gre1\nKind=gre\n[Tunnel]\nRemote=203.0.113.10\n"
#define NETPLAN    "network:\n  tunnels:\n    gre1: {mode: gre, remote: 203.0.113.10}\n"
#define KEYFILE                                                                 \
    "[connection]\nid=gre1\ntype=ip-tunnel\n[ip-tunnel]\nmode=2\nparent=eth0\n" \
    "remote=203.0.113.10\n"
#define ROUTER "interface Tunnel0\n tunnel source 203.0.113.10\n tunnel destination 198.51.100.2\n"
#define VYOS                                                                                   \
    "set interfaces tunnel tun0 encapsulation gre\nset interfaces tunnel tun0 source-address " \
    "203.0.113.10\nset interfaces tunnel tun0 remote 198.51.100.2\n"

#define ROUTEROS                                                                        \
    "/interface gre add name=g local-address=203.0.113.10 remote-address=198.51.100.2 " \
    "!keepalive\n"

#define UCI                                                                                    \
    "config interface 'gre1'\n\toption proto 'gre'\n\toption ipaddr '203.0.113.10'\n\toption " \
    "peeraddr "                                                                                \
    "'198.51.100.2'\n"

#define FORTIOS                                                                   \
    "config system gre-tunnel\nedit g\nset local-gw 203.0.113.10\nset remote-gw " \
    "198.51.100.2\nnext\nend\n"

#define JUNOS                                                     \
    "set interfaces gr-0/0/0 unit 0 tunnel source 203.0.113.10\n" \
    "set interfaces gr-0/0/0 unit 0 tunnel destination 198.51.100.2\n"

/* Plain tunnels, and lines that may encrypt them: nothing that a reader passes over becomes a plain
 * profile. What is no such line is imported, which shows that the file is fine without it. */
static void
test_protection(void)
{
    static const struct {
        const char *file, *line;
    } rows[] = {
        { COMMANDS, "ip xfrm policy add dir out tmpl proto esp\n" },
        { COMMANDS, "ip -6 xfrm state add proto esp spi 1\n" },
        { COMMANDS, "ip netns exec a ip xfrm state add proto esp spi 1\n" },
        { COMMANDS, "docker exec a ip xfrm state add proto esp spi 1\n" },
        { COMMANDS, "sudo -u root sh -c 'ip xfrm state add proto esp spi 1'\n" },
        { COMMANDS, "f() {\n ip xfrm state add proto esp spi $1\n}\n" },
        { COMMANDS, "f() {\n ip xfrm state add proto esp spi $1\n}\nf 1\n" },
        { COMMANDS, "f() {\n ip \"$@\"\n}\nf xfrm state add proto esp spi 1\n" },
        { COMMANDS, "ip link add x type xfrm if_id 1\n" },
        { COMMANDS, "setkey -f /etc/ipsec-tools.conf\n" },
        { COMMANDS, "if true; then ipsec up a; fi\n" },
        { COMMANDS, "cat >/etc/ipsec.conf <<EOF\nversion 2\nEOF\n" },
        { COMMANDS, "echo spdadd 10.0.0.0/8 | setkey -c\n" },
        { COMMANDS, "$IPSEC up\n" },
        { COMMANDS, "charon-cmd --host 203.0.113.10\n" },
        { COMMANDS, "iptables -A OUTPUT -p gre -m policy --pol ipsec --dir out -j ACCEPT\n" },
        { NMCLI, "nmcli con add type vpn vpn-type strongswan con-name a\n" },
        { NMCLI, "nmcli con mod other vpn.data ipsec=psk\n" },
        { NMCLI, "ip xfrm state add proto esp spi 1\n" },
        { INTERFACES, "\tup ipsec up gre1\n" },
        { INTERFACES, "\tipsec-profile P\n" },
        { INTERFACES, "iface eth0 inet dhcp\n\tpost-up /usr/sbin/setkey -f a\n" },
        { INTERFACES, "iface xfrm0 inet manual\n\tpre-up ip link add xfrm0 type xfrm if_id 1\n" },
        { NETDEV, "Xfrm=xfrm0\n" },
        { NETDEV, "[Xfrm]\nInterfaceId=1\n" },
        { NETPLAN, "    a: {mode: vti, remote: 203.0.113.9}\n" },
        { NETPLAN, "  ipsec: {psk: a}\n" },
        { KEYFILE, "[vpn]\n[ipsec]\npsk=a\n" },
        { KEYFILE, "[libreswan]\nike=aes\n" },
        { ROUTER, " crypto map M\n" },
        { ROUTER, " ipv6 crypto map M\n" },
        { ROUTER, " cry map M\n" },
        { ROUTER, " tunnel protection ipsec policy ipv4 A\n" },
        { ROUTER, " tun prot ips prof P\n" },
        { ROUTER, "interface range Tunnel 0 - 4 , macro M\n tunnel protection ipsec profile P\n" },
        { ROUTER, "interface range macro M\n crypto map A\n" },
        { ROUTER, "crypto gdoi group G\n identity number 1\n" },
        { ROUTER, "crypto isakmp key a address 198.51.100.2\n" },
        { ROUTER, "crypto ikev2 profile P\n" },
        { ROUTER, "crypto engine a\n" },
        { ROUTEROS, "/ip ipsec peer add address=0.0.0.0/0 name=a\n" },
        { ROUTEROS, "/ip/ipsec/identity/add secret=a\n" },
        { ROUTEROS, "/ip ipsec\npeer add address=198.51.100.2\n" },
        { ROUTEROS, "/ip ipsec proposal\nadd name=a\n" },
        { ROUTEROS, "/interface eoip add remote-address=198.51.100.2 ipsec-secret=a\n" },
        { ROUTEROS, "/system script add source=\"/ip ipsec policy add\"\n" },
        { UCI, "config interface x\n\toption proto 'xfrm'\n" },
        { UCI, "config zone\n\toption extra '-m policy --pol ipsec'\n" },
        { UCI, "package ipsec\nconfig remote a\n" },
        { UCI, "cat >/etc/swanctl/conf.d/a.conf <<END\nauthorities {\n}\nEND\n" },
        { FORTIOS, "config vpn ipsec phase1\nedit a\nset remote-gw 192.0.2.1\nnext\nend\n" },
        { FORTIOS, "config vpn ipsec manualkey-interface\nedit a\nset x y\nnext\nend\n" },
        { FORTIOS, "config vpn ipsec phase1-interface\nedit a\nset type dynamic\nnext\nend\n" },
        { FORTIOS, "config firewall policy\nedit 1\nset action ipsec\nnext\nend\n" },
        { FORTIOS, "config system ipsec-aggregate\nedit a\nset member b\nnext\nend\n" },
        { JUNOS, "set security ipsec vpn A bind-interface st0.0\n" },
        { JUNOS, "set security ike gateway A address 192.0.2.1\n" },
        { JUNOS, "set security policies global policy a then permit tunnel ipsec-vpn A\n" },
        { JUNOS, "set services ipsec-vpn rule a term 1\n" },
        { VYOS, "set vpn ipsec profile P bind tunnel tun0\n" },
        { VYOS, "set vpn ipsec site-to-site peer 198.51.100.2 vti bind vti0\n" },
        { VYOS, "set vpn ipsec esp-group A mode transport\n" },
        { VYOS, "set vpn ipsec remote-access connection a\n" },
        { VYOS, "set interfaces vti vti0 address 10.9.9.9/30\n" },
        { VYOS, "set interfaces tunnel tun0 ipsec 1\n" },
        { VYOS, "set firewall name A rule 1 ipsec match-ipsec\n" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(rows[i].file, rows[i].line, NULL);
        g_autoptr(GreFile) alone = gre_file_new("file", rows[i].file, strlen(rows[i].file), NULL);
        g_autoptr(GreFile) both = gre_file_new("file", text, strlen(text), NULL);
        g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        g_autoptr(NMConnection) plain = gre_import_read(alone, notes, &error);
        g_autoptr(NMConnection) connection = NULL;

        g_test_message("%s", text);
        g_assert_no_error(error);
        g_assert_nonnull(plain);
        connection = gre_import_read(both, notes, &error);
        g_assert_null(connection);
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
        if (!strstr(error->message, "line "))
            g_error("%s names no line", error->message);
    }
}

/* ---- one of several tunnels ---- */

/* FILE#NAME of a file of the corpus: the profile's name and its peer, or an error. */
static void
test_choice(void)
{
    static const struct {
        const char *path, *expected;
    } rows[] = {
        { "commands/three.sh#gre1", "gre1 203.0.113.10 -" },
        { "commands/three.sh#gre2", "gre2 203.0.113.20 10.0.2.1" },
        { "commands/three.sh#c", "c 203.0.113.40 10.0.3.1" },
        { "commands/three.sh#tun0", "*: no GRE tunnel has the name \"tun0\": the file has gre1*" },
        { "commands/three.sh#tun1", "*: no GRE tunnel has the name \"tun1\": the file has gre1*" },
        { "commands/three.sh#", "*/three.sh#: No such file*" },
        { "commands/none.sh#gre1", "*/none.sh#gre1: No such file*" },
        { "commands/both-ends-addresses.txt#gre1", "gre1 198.51.100.2 10.0.0.1" },
        { "commands/both-ends-addresses.txt#gre1:2", "gre1 203.0.113.10 10.0.0.2" },
        { "commands/ip6gre.sh#other", "*: no GRE tunnel has the name \"other\": the file has *" },
        { "commands/ipip.sh#other", "*ipip* is not a GRE tunnel*" },
        { "interfaces/one-here#gre1", "gre1 203.0.113.10 10.0.1.1" },
        { "interfaces/one-here#gre3", "gre3 203.0.113.12 10.0.3.1" },
        { "interfaces/two-commands#gre1", "gre1 203.0.113.10 10.0.1.1" },
        { "interfaces/two-tunnels#gre2", "gre2 203.0.113.11 -" },
        { "netdev/one-here.netdev#gre7", "gre7 203.0.113.7 10.0.7.1" },
        { "netdev/two-gre.netdev#gre8", "gre8 198.51.100.3 -" },
        { "netplan/two.yaml#b", "b 192.0.2.2 -" },
        { "swanctl/one-here.conf#a", "a 203.0.113.10 -" },
        { "swanctl/two-children.conf#a.h", "a 203.0.113.10 -" },
        { "ipsec/strongswan-two.conf#c", "c 203.0.113.20 -" },
        { "cisco/two-here.cfg#Tunnel1", "Tunnel1 203.0.113.10 -" },
        { "cisco/again-here.cfg#Tunnel0", "*: line 5: Tunnel0 again, with other settings*" },
        { "cisco/again-here.cfg#Tunnel0:2", "*: line 5: Tunnel0 again, with other settings*" },
        { "vyos/several-none.set#tun1", "tun1 203.0.113.10 *" },
        { "vyos/several-none.set#tun9",
          "*: no GRE tunnel has the name \"tun9\": the file has tun0*" },
        { "keyfile/vpn-plain#other", "*: no GRE tunnel has the name \"other\": the file has *" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_test_build_filename(CORPUS, rows[i].path, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(NMConnection) connection = gre_import_file(path, NULL, &error);
        g_autofree char   *made = NULL;
        NMSettingIPConfig *ip;

        if (connection) {
            ip = nm_connection_get_setting_ip4_config(connection);
            made = g_strdup_printf(
                "%s %s %s", nm_connection_get_id(connection),
                nm_setting_vpn_get_data_item(nm_connection_get_setting_vpn(connection), "remote"),
                nm_setting_ip_config_get_num_addresses(ip) == 1
                    ? nm_ip_address_get_address(nm_setting_ip_config_get_address(ip, 0))
                    : "-");
        }
        if (!g_pattern_match_simple(rows[i].expected, made ? made : error->message))
            g_error("%s: %s is not %s", rows[i].path, made ? made : error->message,
                    rows[i].expected);
    }
}

/* A file whose name has a "#" is that file. */
static void
test_hash_in_name(void)
{
    g_autofree char *dir = g_dir_make_tmp("gre-import-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "a#gre2", NULL);
    g_autofree char *before = g_build_filename(dir, "a", NULL);
    g_autofree char *both = g_strconcat(path, "#gre1", NULL);
    g_autoptr(NMConnection) whole = NULL;
    g_autoptr(NMConnection) chosen = NULL;

    g_assert_true(g_file_set_contents(path, COMMANDS, -1, NULL));
    g_assert_true(
        g_file_set_contents(before, "ip tunnel add gre2 mode gre remote 192.0.2.9", -1, NULL));
    whole = gre_import_file(path, NULL, NULL);
    g_assert_cmpstr(nm_connection_get_id(whole), ==, "gre1");
    chosen = gre_import_file(both, NULL, NULL);
    g_assert_cmpstr(nm_connection_get_id(chosen), ==, "gre1");
    g_unlink(path);
    g_unlink(before);
    g_rmdir(dir);
}

/* ---- large files ---- */

/* Bytes, near what is read at most. The sanitizers, which make it ten times as slow, look for
 * mistakes with memory, which a smaller file has too. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LARGE 300000
#endif
#endif
#ifndef LARGE
#define LARGE 1000000
#endif

static double took, slowest; /* imports of large files, in ms of processor time */

/* @head, then lines made of @format and a number up to LARGE bytes, then @tail. If the time
 * that an import takes grew with the square of the size, this would take minutes. */
static char *
import_large(const char *head, const char *format, const char *tail)
{
    g_autofree char *dir = g_dir_make_tmp("gre-import-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "file", NULL);
    GString         *text = g_string_new(head);
    char            *result;

    for (guint i = 0; text->len < LARGE; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        g_auto(GStrv) parts = g_strsplit(format, "#", -1);
        g_autofree char *line = g_strjoinv(number, parts);

        g_string_append(text, line);
    }
    g_string_append(text, tail);
    g_assert_true(g_file_set_contents(path, text->str, (gssize) text->len, NULL));
    g_string_free(text, TRUE);
    {
        g_autoptr(GPtrArray) notes = NULL;
        g_autoptr(GError) error = NULL;
        const clock_t began = clock();
        g_autoptr(NMConnection) connection = gre_import_file(path, &notes, &error);

        took = (double) (clock() - began) * 1000 / CLOCKS_PER_SEC;
        slowest = MAX(slowest, took);
        result = g_strdup(connection ? "" : error->message + strlen(path));
    }
    g_unlink(path);
    g_rmdir(dir);
    return result;
}

#define TUNNEL                                                                      \
    "network:\n  tunnels:\n    tun0:\n      mode: gre\n      local: 198.51.100.2\n" \
    "      remote: 203.0.113.10\n"
#define CONN                                                                     \
    "conn gre\n\tleft=198.51.100.2\n\tright=203.0.113.10\n\tleftprotoport=gre\n" \
    "\trightprotoport=gre\n\tauthby=secret\n"
#define COMMAND "ip tunnel add tun0 mode gre local 198.51.100.2 remote 203.0.113.10\n"

#define MANY ": * tunnels are GRE: *, \342\200\246: choose one by its name *"

static void
test_large(void)
{
    static const struct {
        const char *head, *format, *tail, *expected;
    } rows[] = {
        { TUNNEL, "      key#: 1\n", "", "" },
        { TUNNEL, "    t#: { mode: vxlan }\n", "", "" },
        { CONN, "conn c#\n\tleft=192.0.2.1\n\tright=192.0.2.2\n\tauto=add\n", "", "" },
        { CONN "conn base\n\tauto=add\n", "conn c#\n\talso=base\n", "", "" },
        { CONN, "conn c#\n\talso=c#\n", "", "" },
        { COMMAND, "a#=1\n", "", "" },
        { COMMAND, "ip tunnel add t# mode gre remote 192.0.2.1\n", "", MANY },
        { COMMAND, "nmcli c add type ip-tunnel mode gre remote 192.0.2.1 ifname t#\n", "", MANY },
        { "f() {\n ip addr add 10.0.0.1/30 dev $1\n}\n" COMMAND, "f t#\n", "", "" },
        { COMMAND "f() {\n g \"$@\" \"$@\" \"$@\"\n}\ng() {\n h \"$@\" \"$@\" \"$@\"\n}\n"
                  "h() {\n k \"$@\" \"$@\" \"$@\"\n}\nf ",
          "a# ", "", "" },
        { COMMAND "f() {\n", "f $1$1 #\n", "}\nf aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
          "" },
        { COMMAND, "f#() {\n", "", "" },
        { COMMAND, "${a#:-", "", "" },
        { COMMAND "A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nA=$A$A$A$A$A$A$A$A\nA=$A$A$A$A$A$A$A$A\n",
          "$A ", "", "" },
        { "", "interface Tunnel#\n tunnel source Gi0\n tunnel destination 192.0.2.1\n", "", MANY },
        { "", "iface t# inet tunnel\n mode gre\n endpoint 192.0.2.1\n", "", MANY },
        { COMMAND, "ip address add 10.0.0.1/30 dev tun0\n", "", "" },
        { ROUTER, "interface Gi#\n no shutdown\n", "", "" },
        { ROUTER, "interface range Tunnel0-200\n ip mtu 1400\n", "", "" },
        { ROUTER, " no crypto #\n", "", "" },
        { ROUTER,
          "crypto map M # ipsec-isakmp\n match address #\naccess-list # permit tcp any any\n", "",
          "" },
        { ROUTEROS, "/ip route add dst-address=10.#.0.0/16 gateway=h\n", "", "" },
        { ROUTEROS, "/ip ipsec policy add dst-address=192.0.2.1 proposal=a# peer=b#\n", "", "" },
        { ROUTEROS "/ip ipsec policy\n", "add dst-address=192.0.2.1 proposal=a\\\n#\n", "", "" },
        { UCI, "config route\n\toption interface 'a#'\n", "", "" },
        { UCI, "config interface\n\toption ifname '@gre1'\n\toption ipaddr '10.#.0.1/30'\n", "",
          NULL },
        { FORTIOS "config router static\n", "edit #\nset device a\nnext\n", "", "" },
        { FORTIOS, "config a#\n", "", "" },
        { FORTIOS "config vpn ipsec phase2-interface\n", "edit #\nset phase1name a#\nnext\n", "",
          NULL },
        { JUNOS, "set interfaces ge-0/0/# unit 0 family inet\n", "", "" },
        { VYOS, "set vpn ipsec site-to-site peer 192.0.2.# tunnel 1 protocol gre\n", "", NULL },
        { VYOS, "set interfaces tunnel tun1# encapsulation sit\n", "", "" },
        { VYOS, "delete interfaces tunnel tun0 a#\n", "", "" },
        { "interfaces {\n tunnel tun0 {\n encapsulation gre\n a#{\n", "b# {\n", "",
          ": line 3: this is mGRE: a tunnel to any or several peers is not supported" },
        { COMMAND, "ip address add fd00::#/64 dev tun0\n", "",
          ": line 1026: more than 1024 addresses, routes or names" },
        { COMMAND, "ip route add fd00:#::/64 dev tun0\n", "",
          ": line 1026: more than 1024 addresses, routes or names" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *result = import_large(rows[i].head, rows[i].format, rows[i].tail);

        g_test_message("%s%s%.0f ms", rows[i].head, rows[i].format, took);
        /* Without an expected result, it only has to end. */
        if (rows[i].expected && !g_pattern_match_simple(rows[i].expected, result))
            g_error("%s is not %s", result, rows[i].expected);
    }
    /* tests/bench/run shows it. */
    g_test_message("the slowest: %.0f ms", slowest);
}

/* Many conns that include one with many settings. */
static void
test_large_included(void)
{
    GString         *head = g_string_new("conn base\n");
    g_autofree char *result = NULL;

    for (guint i = 0; i < 20000; i++)
        g_string_append_printf(head, "\tk%u=1\n", i);
    result = import_large(head->str, "conn c#\n\talso=base\n", CONN);
    g_assert_nonnull(strstr(result, ": too many settings in one section"));
    g_string_free(head, TRUE);
}

int
main(int argc, char **argv)
{
    static const char *const own[] = { "198.51.100.2", "2001:db8:a::2", NULL };
    int                      result;

    g_test_init(&argc, &argv, NULL);
    gre_local_addresses_set(own);
    root = g_test_build_filename(ROOT, NULL);
    gre_strongswan_set_root("/no-such-directory");
    gre_key_files_set_root(root);
    add_formats();
    g_test_add_func("/import/no-file", test_no_file);
    g_test_add_func("/import/no-text", test_no_text);
    g_test_add_func("/import/link", test_link);
    g_test_add_func("/import/new-uuid", test_new_uuid);
    g_test_add_func("/import/no-authority", test_no_authority);
    g_test_add_func("/import/protection", test_protection);
    g_test_add_func("/import/choice", test_choice);
    g_test_add_func("/import/hash-in-name", test_hash_in_name);
    g_test_add_func("/import/large", test_large);
    g_test_add_func("/import/large-included", test_large_included);
    result = g_test_run();
    g_free(root);
    return result;
}
