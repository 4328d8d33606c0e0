/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NetworkManager's keyfiles: a file's text, and which files of three directories count.
 */
#include "nm/keyfile.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"

/* ---- a file's text ---- */

/* Of NetworkManager 1.42.4: nmcli con add con-name tun2b ifname tun2b type ip-tunnel mode gre … */
static const char tunnel_1_42[] = "[connection]\n"
                                  "id=tun2b\n"
                                  "uuid=e4391bca-3c2c-419f-bd89-b6e778a9dfe3\n"
                                  "type=ip-tunnel\n"
                                  "interface-name=tun2b\n"
                                  "secondaries=6ccc1edb-a30a-48c6-9d64-269fd54089c2;\n"
                                  "timestamp=1716213412\n"
                                  "\n"
                                  "[ip-tunnel]\n"
                                  "local=172.31.0.101\n"
                                  "mode=2\n"
                                  "remote=172.31.0.102\n"
                                  "\n"
                                  "[ipv4]\n"
                                  "address1=192.168.0.0/31\n"
                                  "method=manual\n"
                                  "route1=192.168.20.0/24\n"
                                  "\n"
                                  "[ipv6]\n"
                                  "addr-gen-mode=default\n"
                                  "method=disabled\n"
                                  "\n"
                                  "[proxy]\n";

/* … and … type vpn vpn-type gre ifname '*' vpn.data "protects=tun2b, ipsec=psk" … */
static const char companion_1_42[] = "[connection]\n"
                                     "id=tun2b-ipsec\n"
                                     "uuid=6ccc1edb-a30a-48c6-9d64-269fd54089c2\n"
                                     "type=vpn\n"
                                     "permissions=user:ann:;user:bob:;\n"
                                     "\n"
                                     "[vpn]\n"
                                     "ipsec=psk\n"
                                     "protects=tun2b\n"
                                     "service-type=org.freedesktop.NetworkManager.gre\n"
                                     "\n"
                                     "[vpn-secrets]\n"
                                     "ipsec-psk=correct horse\n"
                                     "\n"
                                     "[ipv4]\n"
                                     "method=disabled\n"
                                     "\n"
                                     "[ipv6]\n"
                                     "addr-gen-mode=default\n"
                                     "method=disabled\n"
                                     "\n"
                                     "[proxy]\n";

/* From 1.44 on, flags in the IPv6 modes. */
static const char tunnel_1_52[] = "[connection]\n"
                                  "id=tap 2b\n"
                                  "uuid=aa391bca-3c2c-419f-bd89-b6e778a9dfe3\n"
                                  "type=ip-tunnel\n"
                                  "controller=br0\n"
                                  "interface-name=tap2b\n"
                                  "port-type=bridge\n"
                                  "\n"
                                  "[ethernet]\n"
                                  "\n"
                                  "[ip-tunnel]\n"
                                  "encapsulation-limit=4\n"
                                  "flags=1\n"
                                  "input-key=7\n"
                                  "local=2001:db8::1\n"
                                  "mode=11\n"
                                  "mtu=1400\n"
                                  "output-key=8\n"
                                  "parent=eth0\n"
                                  "path-mtu-discovery=false\n"
                                  "remote=2001:db8::2\n"
                                  "\n"
                                  "[bridge-port]\n";

static const char vpn_1_52[] = "[connection]\n"
                               "id=Site B\n"
                               "uuid=bbcc1edb-a30a-48c6-9d64-269fd54089c2\n"
                               "type=vpn\n"
                               "autoconnect=false\n"
                               "interface-name=siteb\n"
                               "\n"
                               "[vpn]\n"
                               "ipsec=psk\n"
                               "ipsec-psk-flags=1\n"
                               "remote=b.example\n"
                               "persistent=true\n"
                               "service-type=org.freedesktop.NetworkManager.gre\n"
                               "timeout=90\n"
                               "user-name=ann\n"
                               "\n"
                               "[ipv4]\n"
                               "address1=10.0.0.1/30\n"
                               "method=manual\n";

/* What the text becomes, in GVariant's own text form; "" where it is no keyfile. */
static char *
parsed(const char *text, const char *path)
{
    g_autofree char *data = g_strdup(text);
    g_autoptr(GVariant) settings =
        gre_keyfile_parse(data, strlen(data), path, "/etc/NetworkManager/system-connections/x");

    if (!settings)
        return g_strdup("");
    g_variant_ref_sink(settings);
    return g_variant_print(settings, FALSE);
}

/* Dictionaries keep no order: each part must be there. */
static void
assert_parts(const char *text, const char *const *parts)
{
    g_autofree char *printed = parsed(text, "/a/file.nmconnection");

    for (gsize i = 0; parts[i]; i++) {
        if (!strstr(printed, parts[i]))
            g_error("no %s in %s", parts[i], printed);
    }
}

#define PARTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_realistic(void)
{
    assert_parts(tunnel_1_42,
                 PARTS("'id': <'tun2b'>", "'uuid': <'e4391bca-3c2c-419f-bd89-b6e778a9dfe3'>",
                       "'type': <'ip-tunnel'>", "'interface-name': <'tun2b'>",
                       "'secondaries': <['6ccc1edb-a30a-48c6-9d64-269fd54089c2']>",
                       "'local': <'172.31.0.101'>", "'mode': <uint32 2>",
                       "'remote': <'172.31.0.102'>"));
    assert_parts(companion_1_42,
                 PARTS("'type': <'vpn'>", "'permissions': <['user:ann:', 'user:bob:']>",
                       "'service-type': <'org.freedesktop.NetworkManager.gre'>",
                       "'data': <{'ipsec': 'psk', 'protects': 'tun2b'}>"));
    assert_parts(tunnel_1_52,
                 PARTS("'id': <'tap 2b'>", "'encapsulation-limit': <uint32 4>",
                       "'flags': <uint32 1>", "'input-key': <'7'>", "'output-key': <'8'>",
                       "'local': <'2001:db8::1'>", "'mode': <uint32 11>", "'mtu': <uint32 1400>",
                       "'parent': <'eth0'>", "'path-mtu-discovery': <false>",
                       "'remote': <'2001:db8::2'>"));
    assert_parts(
        vpn_1_52,
        PARTS("'interface-name': <'siteb'>",
              "'data': <{'ipsec': 'psk', 'ipsec-psk-flags': '1', 'remote': 'b.example'}>"));
}

/* One reader for both ways: what NetworkManager says over D-Bus of the same profile. */
static void
test_same_as_dbus(void)
{
    g_autofree char *data = g_strdup(tunnel_1_42);
    g_autoptr(GVariant) settings =
        g_variant_ref_sink(gre_keyfile_parse(data, strlen(data), "/x", "/x"));
    g_autoptr(GreKnownProfile) profile = gre_profile_set_known_new("/x", settings);
    char buf[GRE_ADDRESS_STRLEN];

    g_assert_cmpint(profile->kind, ==, GRE_KNOWN_TUNNEL);
    g_assert_cmpint(profile->tunnel->mode, ==, GRE_NATIVE_GRE);
    g_assert_cmpstr(gre_address_to_string(&profile->tunnel->remote, buf), ==, "172.31.0.102");
    g_assert_cmpstr(gre_address_to_string(&profile->tunnel->local, buf), ==, "172.31.0.101");
    g_assert_cmpstr(profile->secondaries[0], ==, "6ccc1edb-a30a-48c6-9d64-269fd54089c2");
}

#define HEAD "[connection]\nid=a\nuuid=b\ntype=vpn\n"
#define TUN  "[connection]\nid=a\nuuid=b\ntype=ip-tunnel\n[ip-tunnel]\n"

static void
test_awkward(void)
{
    static const struct {
        const char *text, *part; /* part NULL: no keyfile; "!…": must not be there */
    } rows[] = {
        /* What is missing. */
        { "[connection]\ntype=vpn\n", "'id': <'file'>" },
        { "[connection]\ntype=vpn\n", "'uuid': <'9fba9a06-d9f5-39e5-bb3f-db55f89df3ff'>" },
        { "[ip-tunnel]\nmode=2\n", "'type': <'ip-tunnel'>" },
        { "[vpn]\na=b\n", "'type': <'vpn'>" },
        { "[connection]\nid=a\n", "'type': <'unknown'>" },
        { "[ip-tunnel]\nmode=2\ninterface-name=gre7\n", "'interface-name': <'gre7'>" },
        /* How things may be written. */
        { "# c\n\n  [connection] \t\n  type = ethernet\n", "'type': <'802-3-ethernet'>" },
        { "[connection]\ntype=wifi\n", "'type': <'802-11-wireless'>" },
        { "[connection]\r\nid=a\r\nuuid=b\r\n", "'uuid': <'b'>" },
        { "[connection]\nid=a\\sb\\tc\n", "'id': <'a b\\tc'>" },
        { "[connection]\nid=first\nid=last\n", "'id': <'last'>" },
        { "[connection]\nid=a\n[vpn]\nx=1\n[connection]\nuuid=late\n", "'uuid': <'late'>" },
        { "[connection]\nsecondaries=a;b\n", "'secondaries': <['a', 'b']>" },
        { "[connection]\nsecondaries=\n", "'secondaries': <@as []>" },
        { "[connection]\nid=a", "'id': <'a'>" },
        { "garbage\n[connection]\nid=a\n", "'id': <'a'>" },
        { "[802-1x]\nno equals sign\n[connection]\nid=a\n", "'id': <'a'>" },
        { TUN "mode=0x0a\n", "'mode': <uint32 10>" },
        { TUN "mode= 2 \n", "'mode': <uint32 2>" },
        { TUN "mode=gre\n", "!'mode'" },
        { TUN "mode=-1\n", "!'mode'" },
        { TUN "mode=-18446744073709551614\n", "!'mode'" },
        { TUN "mode=4294967298\n", "!'mode'" },
        { TUN "mode=99999999999999999999\n", "!'mode'" },
        { TUN "mode=2 x\n", "!'mode'" },
        { TUN "mode=\n", "!'mode'" },
        { TUN "path-mtu-discovery=perhaps\n", "!'path-mtu-discovery'" },
        { TUN "local=\\q\n", "!'local'" },
        { TUN "local=\xff\n", "!'local'" },
        /* vpn.data */
        { HEAD "[vpn]\n", "'data': <@a{ss} {}>" },
        { HEAD "[vpn]\nprotects=\n", "'data': <{'protects': ''}>" },
        { HEAD "[vpn]\n\\70rotects=x\n", "'data': <{'protects': 'x'}>" },
        { HEAD "[vpn]\na\\3Db=x\n", "'data': <{'a=b': 'x'}>" },
        { HEAD "[vpn]\na\\00b\\4=x\n", "'data': <{'a\\\\00b\\\\4': 'x'}>" },
        { HEAD "[vpn]\n\\00=x\n", "'data': <{'': 'x'}>" },
        { HEAD "[vpn]\n\\fF=x\ny=z\n", "'data': <{'y': 'z'}>" },
        { HEAD "[vpn]\nname=1\ndata=2\nsecrets=3\ntimeout=4\nuser\\2Dname=5\nx=6\n",
          "'data': <{'x': '6'}>" },
        { HEAD "[vpn]\nprotects=\\q\n", "'data': <{'protects': '\\\\q'}>" },
        { HEAD "[vpn]\nprotects=\xff\n", "'data': <@a{ss} {}>" },
        /* No keyfiles. */
        { "", NULL },
        { "[wifi]\nssid=x\n", NULL },
        { "-----BEGIN CERTIFICATE-----\n", NULL },
        { "[connection\nid=a\n", NULL },
        { "[connection]\nid\n", NULL },
        { "[connection]\nid=a\n[vpn] x\n", NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *printed = parsed(rows[i].text, "/a/file.nmconnection");
        const char      *part = rows[i].part;

        g_test_message("%s -> %s", rows[i].text, printed);
        if (!part)
            g_assert_cmpstr(printed, ==, "");
        else if (part[0] == '!')
            g_assert_true(printed[0] && !strstr(printed, part + 1));
        else
            g_assert_nonnull(strstr(printed, part));
    }
}

/* Secrets are gone from the buffer before anything else has seen it. */
static void
test_wiped(void)
{
    static const char *const texts[] = {
        "[connection]\nid=a\n[vpn-secrets]\nipsec-psk=hidden\n[vpn]\nx=y\n",
        "[vpn]\nx=y\n\t[vpn-secrets]\nipsec-psk=hidden",
        "hidden\n[vpn]\nx=y\n",
        "[vpn]\nx=y\n[vpn ]\nhidden\n",
        "[vpn]\nx=y\n[wifi-security]\r\n  psk=hidden\r\n#hidden\r\n",
        "[vpn]\nx=y\n[wireguard]\nprivate-key=hidden\n",
        "[vpn-secrets\nhidden=hidden\n",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *data = g_strdup(texts[i]);
        gsize            len = strlen(data);
        g_autoptr(GVariant) settings = gre_keyfile_parse(data, len, "/x", "/x");

        if (settings)
            g_variant_ref_sink(settings);
        g_assert_null(strstr(data, "hidden"));
        g_assert_cmpuint(strlen(data), ==, len);
    }
}

/* ---- directories ---- */

enum { RUN, ETC, LIB, N_DIRS };

typedef struct {
    char          *top;
    char          *dirs[N_DIRS + 1];
    GreProfileSet *set;
} Fixture;

static GString *log_lines;

static GLogWriterOutput
keep_line(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
    for (gsize i = 0; i < n; i++)
        if (strcmp(fields[i].key, "MESSAGE") == 0)
            g_string_append_printf(log_lines, "%s\n", (const char *) fields[i].value);
    return G_LOG_WRITER_HANDLED;
}

static void
setup(Fixture *f, gconstpointer data)
{
    static const char *const names[] = { "run", "etc", "lib" };

    f->top = g_dir_make_tmp("gre-keyfile-XXXXXX", NULL);
    for (guint i = 0; i < N_DIRS; i++) {
        f->dirs[i] = g_build_filename(f->top, names[i], NULL);
        g_assert_cmpint(g_mkdir(f->dirs[i], 0700), ==, 0);
    }
    f->set = gre_profile_set_new();
    log_lines = g_string_new(NULL);
    gre_log_set_journal(keep_line);
    gre_log_init(LOG_WARNING, FALSE);
}

static void
remove_all(const char *path)
{
    g_autoptr(GDir) dir =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *entry = g_build_filename(path, name, NULL);

        remove_all(entry);
    }
    g_remove(path);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    gre_log_init(LOG_NOTICE, TRUE);
    gre_log_set_journal(g_log_writer_journald);
    remove_all(f->top);
    for (guint i = 0; i < N_DIRS; i++)
        g_free(f->dirs[i]);
    g_free(f->top);
    gre_profile_set_free(f->set);
    g_string_free(log_lines, TRUE);
}

static char *
path_of(Fixture *f, guint dir, const char *name)
{
    return g_build_filename(f->dirs[dir], name, NULL);
}

static void
put(Fixture *f, guint dir, const char *name, mode_t mode, const char *text)
{
    g_autofree char *path = path_of(f, dir, name);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(g_chmod(path, (int) mode), ==, 0);
}

/* A tunnel whose id tells which of several files it is. */
static void
put_tunnel(Fixture *f, guint dir, const char *name, const char *id, const char *uuid)
{
    g_autofree char *text = g_strdup_printf(
        "[connection]\nid=%s\nuuid=%s\ntype=ip-tunnel\n[ip-tunnel]\nmode=2\nremote=192.0.2.2\n", id,
        uuid);

    put(f, dir, name, 0600, text);
}

static void
set_time(Fixture *f, guint dir, const char *name, time_t seconds)
{
    g_autofree char      *path = path_of(f, dir, name);
    const struct timespec times[2] = { { seconds, 0 }, { seconds, 0 } };

    g_assert_cmpint(utimensat(AT_FDCWD, path, times, 0), ==, 0);
}

static void
add_id(const GreKnownProfile *profile, gpointer data)
{
    g_ptr_array_add(data, g_strdup(profile->id));
}

static gint
compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* The ids of what is read, sorted. */
static void
assert_read(Fixture *f, const char *expected)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *joined = NULL;

    gre_profile_set_clear(f->set);
    gre_keyfile_read_all((const char *const *) f->dirs, f->set);
    gre_profile_set_each(f->set, add_id, ids);
    g_ptr_array_sort(ids, compare_strings);
    g_ptr_array_add(ids, NULL);
    joined = g_strjoinv(" ", (char **) ids->pdata);
    g_assert_cmpstr(joined, ==, expected);
}

#define U1 "11111111-3c2c-419f-bd89-b6e778a9dfe3"
#define U2 "22222222-3c2c-419f-bd89-b6e778a9dfe3"

static void
test_read(Fixture *f, gconstpointer data)
{
    g_autofree char       *key = path_of(f, ETC, "tun2b.nmconnection");
    const GreKnownProfile *profile;

    put(f, ETC, "tun2b.nmconnection", 0600, tunnel_1_42);
    put(f, ETC, "tun2b-ipsec.nmconnection", 0600, companion_1_42);
    put(f, RUN, "b.nmconnection", 0600, vpn_1_52);
    put(f, LIB, "tap.nmconnection", 0600, tunnel_1_52);
    assert_read(f, "Site B tap 2b tun2b tun2b-ipsec");
    profile = gre_profile_set_lookup(f->set, key);
    g_assert_cmpint(profile->kind, ==, GRE_KNOWN_TUNNEL);
    g_assert_nonnull(gre_profile_set_find_tunnel(f->set, "tun2b", NULL, NULL, NULL));
    g_assert_cmpstr(log_lines->str, ==, "");
}

static void
test_names(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *name;
        gboolean    run, etc;
    } rows[] = {
        { "a.nmconnection", TRUE, TRUE },    { "b", FALSE, TRUE },
        { ".c.nmconnection", FALSE, FALSE }, { "d~", FALSE, FALSE },
        { "e.nmconnection~", FALSE, FALSE }, { "f.pem", FALSE, FALSE },
        { "g.DER", FALSE, FALSE },           { "h.A1b2C3", FALSE, FALSE },
        { "i.A1b2C", FALSE, TRUE },          { "j.nmmeta", FALSE, FALSE },
        { ".nmconnection", FALSE, FALSE },   { "k.A1b2C.", FALSE, TRUE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *run = path_of(f, RUN, rows[i].name);
        g_autofree char *etc = path_of(f, ETC, rows[i].name);

        g_test_message("%s", rows[i].name);
        put_tunnel(f, RUN, rows[i].name, "run", U1);
        assert_read(f, rows[i].run ? "run" : "");
        g_unlink(run);
        put_tunnel(f, ETC, rows[i].name, "etc", U1);
        assert_read(f, rows[i].etc ? "etc" : "");
        g_unlink(etc);
    }
}

/* No id, no UUID: by the file's name. The UUID is as if the file were under /etc. */
static void
test_nameless(Fixture *f, gconstpointer data)
{
    g_autofree char *key = path_of(f, LIB, "a b.nmconnection");
    g_autofree char *uuid = NULL;

    put(f, LIB, "a b.nmconnection", 0600, "[ip-tunnel]\nmode=2\nremote=192.0.2.2\n");
    assert_read(f, "a b");
    uuid = g_strdup(gre_profile_set_lookup(f->set, key)->uuid);
    g_assert_true(g_uuid_string_is_valid(uuid));
    put(f, ETC, "a b.nmconnection", 0600, "[ip-tunnel]\nmode=2\nremote=192.0.2.2\n");
    assert_read(f, "a b");
    g_assert_null(gre_profile_set_lookup(f->set, key));
    g_assert_nonnull(gre_profile_set_lookup_uuid(f->set, uuid));
}

static void
test_precedence(Fixture *f, gconstpointer data)
{
    g_autofree char *run = path_of(f, RUN, "z.nmconnection");
    g_autofree char *etc = path_of(f, ETC, "a");

    put_tunnel(f, LIB, "m.nmconnection", "lib", U1);
    put_tunnel(f, LIB, "other.nmconnection", "other", U2);
    assert_read(f, "lib other");
    put_tunnel(f, ETC, "a", "etc-old", U1);
    put_tunnel(f, ETC, "b", "etc-new", "11111111-3C2C-419F-BD89-B6E778A9DFE3");
    put_tunnel(f, ETC, "c", "etc-named", U1);
    set_time(f, ETC, "a", 1000);
    set_time(f, ETC, "b", 3000);
    set_time(f, ETC, "c", 2000);
    assert_read(f, "etc-new other");
    set_time(f, ETC, "c", 3000);
    assert_read(f, "etc-named other");
    put_tunnel(f, RUN, "z.nmconnection", "run", U1);
    set_time(f, RUN, "z.nmconnection", 500);
    assert_read(f, "other run");
    /* One that NetworkManager refuses hides none that it takes. */
    g_chmod(run, 0644);
    assert_read(f, "etc-named other");
    g_chmod(etc, 0640);
    set_time(f, ETC, "a", 9000);
    assert_read(f, "etc-named other");
}

/* Of the same time, the last by name, in whichever order the directory has them. */
static void
test_same_time(Fixture *f, gconstpointer data)
{
    static const char *const names[] = { "d", "h", "a", "f", "z", "b", "g", "c", "e" };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        put_tunnel(f, ETC, names[i], names[i], U1);
        set_time(f, ETC, names[i], 1000);
    }
    assert_read(f, "z");
}

/* Alone it is taken whatever its mode. */
static void
test_untrusted(Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of(f, ETC, "a");

    put_tunnel(f, ETC, "a", "etc", U1);
    g_chmod(path, 0644);
    assert_read(f, "etc");
}

static void
test_tombstones(Fixture *f, gconstpointer data)
{
    g_autofree char *in_run = path_of(f, RUN, U1 ".nmmeta");
    g_autofree char *in_etc = path_of(f, ETC, U1 ".nmmeta");
    g_autofree char *in_lib = path_of(f, LIB, U1 ".nmmeta");
    g_autofree char *run = path_of(f, RUN, "a.nmconnection");

    put_tunnel(f, LIB, "a.nmconnection", "lib", U1);
    put_tunnel(f, ETC, "a", "etc", U1);
    g_assert_cmpint(symlink("/dev/null", in_lib), ==, 0);
    assert_read(f, "etc");
    g_assert_cmpint(symlink("/dev/null", in_etc), ==, 0);
    assert_read(f, "");
    put_tunnel(f, RUN, "a.nmconnection", "run", U1);
    assert_read(f, "run");
    g_assert_cmpint(symlink("/dev/null", in_run), ==, 0);
    assert_read(f, "");
    g_unlink(in_etc);
    g_unlink(run);
    assert_read(f, "");
    g_unlink(in_run);

    /* As a file, and what doesn't say that the profile is gone. */
    put(f, RUN, U1 ".nmmeta", 0600, "[nmmeta]\nuuid=" U1 "\nloaded-path=/dev/null\n");
    assert_read(f, "");
    put(f, RUN, U1 ".nmmeta", 0600, "[nmmeta]\nuuid=" U2 "\nloaded-path=/dev/null\n");
    assert_read(f, "etc");
    put(f, RUN, U1 ".nmmeta", 0600, "[nmmeta]\nuuid=" U1 "\nshadowed-storage=/x\n");
    assert_read(f, "etc");
    g_unlink(in_run);
    g_assert_cmpint(symlink("/etc/hostname", in_run), ==, 0);
    assert_read(f, "etc");
}

static void
assert_logged(const char *name, const char *what)
{
    const char *line = strstr(log_lines->str, name);
    const char *end = line ? strchr(line, '\n') : NULL;
    const char *found = line ? strstr(line, what) : NULL;

    if (!found || found > end)
        g_error("no %s: %s in: %s", name, what, log_lines->str);
}

/* Each is told of by its name, and the others are read. */
static void
test_odd_files(Fixture *f, gconstpointer data)
{
    g_autofree char *huge = g_strnfill(1024 * 1024 + 1, '#');
    g_autofree char *large = g_strnfill(1000 * 1024, '#');
    g_autofree char *large_text = g_strconcat(companion_1_42, large, NULL);
    g_autofree char *dir = path_of(f, ETC, "dir"), *fifo = path_of(f, ETC, "fifo");
    g_autofree char *dangling = path_of(f, ETC, "dangling"), *loop = path_of(f, ETC, "loop");
    g_autofree char *device = path_of(f, ETC, "device"), *link = path_of(f, RUN, "l.nmconnection");
    g_autofree char *target = path_of(f, ETC, "good");

    put(f, ETC, "huge", 0600, huge);
    put(f, ETC, "large", 0600, large_text);
    put(f, ETC, "empty", 0600, "");
    put(f, ETC, "junk", 0600, "[vpn]\nipsec-psk hidden\n");
    put_tunnel(f, ETC, "good", "good", U1);
    g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(symlink("/nowhere/at/all", dangling), ==, 0);
    g_assert_cmpint(symlink(loop, loop), ==, 0);
    g_assert_cmpint(symlink("/dev/zero", device), ==, 0);
    g_assert_cmpint(symlink(target, link), ==, 0);
    assert_read(f, "good tun2b-ipsec");
    g_assert_nonnull(gre_profile_set_lookup(f->set, link)); /* links are followed */
    assert_logged("etc/huge", "larger than 1 MB");
    assert_logged("etc/empty", "not a valid keyfile");
    assert_logged("etc/junk", "not a valid keyfile");
    assert_logged("etc/dir", "not a regular file");
    assert_logged("etc/fifo", "not a regular file");
    assert_logged("etc/device", "not a regular file");
    assert_logged("etc/dangling", "No such file");
    assert_logged("etc/loop", "symbolic links");
    g_assert_null(strstr(log_lines->str, "hidden"));
}

static void
test_odd_directories(Fixture *f, gconstpointer data)
{
    put_tunnel(f, LIB, "a.nmconnection", "lib", U1);
    g_rmdir(f->dirs[RUN]);
    assert_read(f, "lib");
    g_assert_cmpstr(log_lines->str, ==, "");
    g_assert_true(g_file_set_contents(f->dirs[RUN], "a file", -1, NULL));
    g_chmod(f->dirs[ETC], 0);
    assert_read(f, "lib");
    g_chmod(f->dirs[ETC], 0700);
    assert_logged("run", "Not a directory");
    if (geteuid() != 0) /* root may read anything */
        assert_logged("etc", "Permission denied");
}

/* The system's own directories; there may be any profiles, or none. */
static void
test_default_directories(Fixture *f, gconstpointer data)
{
    gre_keyfile_read_all(NULL, f->set);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keyfile/realistic", test_realistic);
    g_test_add_func("/keyfile/same-as-dbus", test_same_as_dbus);
    g_test_add_func("/keyfile/awkward", test_awkward);
    g_test_add_func("/keyfile/wiped", test_wiped);
#define ADD(path, func) g_test_add(path, Fixture, NULL, setup, func, teardown)
    ADD("/keyfile/read", test_read);
    ADD("/keyfile/names", test_names);
    ADD("/keyfile/nameless", test_nameless);
    ADD("/keyfile/precedence", test_precedence);
    ADD("/keyfile/same-time", test_same_time);
    ADD("/keyfile/untrusted", test_untrusted);
    ADD("/keyfile/tombstones", test_tombstones);
    ADD("/keyfile/odd-files", test_odd_files);
    ADD("/keyfile/odd-directories", test_odd_directories);
    ADD("/keyfile/default-directories", test_default_directories);
    return g_test_run();
}
