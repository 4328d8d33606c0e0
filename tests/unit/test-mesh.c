/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Meshes: every tests/data/mesh/NAME.yaml against the golden file NAME.expected, all files that
 * come of it one after the other; what stays the same and what doesn't; and what is wrong, by its
 * line.
 */
#include "mesh/mesh.h"
#include "golden.h"
#include "gre-error.h"
#include "gre-native.h"
#include "import/import.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define CORPUS G_TEST_DIST, "mesh"
#define SEED   "this seed is for tests alone, 32 characters at least"

/* Stands for what an authority issues. */
static void
fake_keys(GreMesh *mesh)
{
    mesh->ca = g_strdup("the authority\n");
    for (guint i = 0; i < mesh->sites->len; i++) {
        GreSite *site = mesh->sites->pdata[i];

        site->key = g_strdup_printf("the key of %s\n", site->name);
        site->cert = g_strdup_printf("-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n",
                                     site->name);
    }
}

static GPtrArray *
make(const char *text, const char *seed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GreMesh) mesh = gre_mesh_read(text, &error);
    g_autoptr(GPtrArray) tunnels = NULL;
    GPtrArray *files;

    g_assert_no_error(error);
    if (mesh->has_ca)
        fake_keys(mesh);
    tunnels = gre_mesh_plan(mesh, seed, &error);
    g_assert_no_error(error);
    files = gre_mesh_files(mesh, tunnels, &error);
    g_assert_no_error(error);
    return files;
}

static const char *
text_of(GPtrArray *files, const char *name)
{
    for (guint i = 0; i < files->len; i++)
        if (strcmp(((GreMeshFile *) files->pdata[i])->name, name) == 0)
            return ((GreMeshFile *) files->pdata[i])->text;
    return NULL;
}

static char *
corpus_text(const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);
    g_autofree char *path = g_test_build_filename(CORPUS, file, NULL);
    char            *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static const char *
psk_in(const char *text)
{
    const char *psk = strstr(text, "ipsec-psk=");

    g_assert_nonnull(psk);
    return psk + strlen("ipsec-psk=");
}

/* ---- golden ---- */

/* As NetworkManager reads and checks it. */
static NMConnection *
read_keyfile(const char *text)
{
    g_autoptr(GKeyFile) keyfile = g_key_file_new();
    g_autoptr(GError) error = NULL;
    NMConnection *connection;

    g_assert_true(g_key_file_load_from_data(keyfile, text, (gsize) -1, G_KEY_FILE_NONE, NULL));
    connection = nm_keyfile_read(keyfile, "/", NM_KEYFILE_HANDLER_FLAGS_NONE, NULL, NULL, &error);
    g_assert_no_error(error);
    nm_connection_normalize(connection, NULL, NULL, &error);
    g_assert_no_error(error);
    return connection;
}

/* NetworkManager takes the keyfile, and the service the profile. The import refuses a tunnel that a
 * companion protects. */
static void
check_keyfile(const GreMeshFile *file)
{
    g_autoptr(NMConnection) read = read_keyfile(file->text);
    g_autofree char *directory = g_dir_make_tmp("gre-mesh-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "profile.nmconnection", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) notes = NULL;
    g_autoptr(NMConnection) connection = NULL;

    if (nm_connection_get_setting_ip_tunnel(read)) {
        g_rmdir(directory);
        return;
    }
    g_assert_true(g_file_set_contents(path, file->text, -1, NULL));
    connection = gre_import_file(path, &notes, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(notes->len, ==, 0);
    g_unlink(path);
    g_rmdir(directory);
}

static void
test_golden(gconstpointer data)
{
    const char      *name = data;
    g_autofree char *yaml = corpus_text(name, ".yaml");
    g_autofree char *expected_name = g_strconcat(name, ".expected", NULL);
    g_autofree char *path = g_test_build_filename(CORPUS, expected_name, NULL);
    g_autoptr(GPtrArray) files = make(yaml, SEED);
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; i < files->len; i++) {
        const GreMeshFile *file = files->pdata[i];

        g_string_append_printf(all, "=== %s\n%s", file->name, file->text);
        if (g_str_has_suffix(file->name, ".nmconnection"))
            check_keyfile(file);
    }
    golden_check(path, all->str);
}

/* ---- native tunnels ---- */

static GHashTable *
data_of(NMConnection *connection)
{
    GHashTable        *data = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    NMSettingVpn      *vpn = nm_connection_get_setting_vpn(connection);
    const char *const *keys = (const char *const *) nm_setting_vpn_get_data_keys(vpn, NULL);

    for (gsize i = 0; keys[i]; i++)
        g_hash_table_insert(data, (gpointer) keys[i],
                            g_strdup(nm_setting_vpn_get_data_item(vpn, keys[i])));
    g_free((gpointer) keys);
    return data;
}

/* What the service makes of a companion and its tunnel. */
static GreProfile *
protect(NMConnection *tunnel, NMConnection *companion)
{
    g_autoptr(GVariant) settings =
        g_variant_ref_sink(nm_connection_to_dbus(tunnel, NM_CONNECTION_SERIALIZE_ALL));
    g_autoptr(GHashTable) data = data_of(companion);
    g_autoptr(GError) error = NULL;
    g_autoptr(GreNative) native = gre_native_new(settings, &error);
    const GreProfileSource source = { .id = nm_connection_get_id(companion),
                                      .uuid = nm_connection_get_uuid(companion),
                                      .data = data,
                                      .tunnel = native };
    GreProfile            *profile;

    g_assert_no_error(error);
    g_assert_cmpstr(g_hash_table_lookup(data, "protects"), ==, nm_connection_get_uuid(tunnel));
    profile = gre_profile_new(&source, &error);
    g_assert_no_error(error);
    return profile;
}

/* It comes up by itself, its companion with it; no step is left to the reader. */
static void
check_linked(NMConnection *tunnel, NMConnection *companion)
{
    NMSettingConnection *setting = nm_connection_get_setting_connection(tunnel);
    NMSettingVpn        *vpn = nm_connection_get_setting_vpn(companion);
    gboolean             persists;

    g_object_get(vpn, NM_SETTING_VPN_PERSISTENT, &persists, NULL);
    g_assert_true(nm_setting_connection_get_autoconnect(setting));
    g_assert_cmpuint(nm_setting_connection_get_num_secondaries(setting), ==, 1);
    g_assert_cmpstr(nm_setting_connection_get_secondary(setting, 0), ==,
                    nm_connection_get_uuid(companion));
    g_assert_false(
        nm_setting_connection_get_autoconnect(nm_connection_get_setting_connection(companion)));
    g_assert_true(persists);
    g_assert_nonnull(nm_setting_vpn_get_secret(vpn, "ipsec-psk"));
}

/* A native tunnel is the same on the wire as the VPN profile that it replaces. */
static void
test_native(void)
{
    g_autofree char *yaml = corpus_text("native", ".yaml");
    g_autoptr(GPtrArray) files = make(yaml, SEED);
    g_autoptr(NMConnection) tunnel =
        read_keyfile(text_of(files, "berlin/san-francisco-west.nmconnection"));
    g_autoptr(NMConnection) companion =
        read_keyfile(text_of(files, "berlin/san-francisco-west-ipsec.nmconnection"));
    g_autoptr(GreProfile) profile = protect(tunnel, companion);

    check_linked(tunnel, companion);
    g_assert_cmpstr(profile->ifname, ==, "gre-san-fr-3481");
    g_assert_cmpuint(profile->tunnel.output_key, ==, 2);
    g_assert_cmpuint(profile->tunnel.ttl, ==, 255);
    g_assert_cmpint(profile->tunnel.tos, ==, GRE_TOS_INHERIT);
    g_assert_cmpuint(profile->mtu, ==, 1400);
    g_assert_cmpint(profile->mss_clamp, ==, GRE_MSS_CLAMP_OFF);
    g_assert_cmpint(profile->ipsec.method, ==, GRE_IPSEC_PSK);
    g_assert_cmpint(strncmp(psk_in(text_of(files, "berlin/san-francisco-west-ipsec.nmconnection")),
                            psk_in(text_of(files, "san-francisco-west/berlin.nmconnection")), 64),
                    ==, 0);
}

/* ---- several hubs ---- */

/* The metric with which NetworkManager adds the route, -1 for its default; -2: no such route. */
static gint64
metric_of(GPtrArray *files, const char *name, const char *network)
{
    g_autoptr(NMConnection) connection = read_keyfile(text_of(files, name));
    NMSettingIPConfig *ip = nm_connection_get_setting_ip4_config(connection);

    for (guint i = 0; i < nm_setting_ip_config_get_num_routes(ip); i++) {
        NMIPRoute *route = nm_setting_ip_config_get_route(ip, i);

        if (strcmp(nm_ip_route_get_dest(route), network) == 0)
            return nm_ip_route_get_metric(route);
    }
    return -2;
}

/* paris reaches oslo through berlin; while that tunnel is down, through tokyo. */
static void
test_hubs(void)
{
    g_autofree char *yaml = corpus_text("hubs", ".yaml");
    g_autoptr(GPtrArray) files = make(yaml, SEED);

    g_assert_cmpint(metric_of(files, "paris/berlin.nmconnection", "192.168.40.0"), ==, 100);
    g_assert_cmpint(metric_of(files, "paris/tokyo.nmconnection", "192.168.40.0"), ==, 200);
    g_assert_cmpint(metric_of(files, "paris/berlin.nmconnection", "192.168.10.0"), ==, -1);
    g_assert_cmpint(metric_of(files, "paris/tokyo.nmconnection", "192.168.10.0"), ==, -2);
    g_assert_cmpint(metric_of(files, "berlin/tokyo.nmconnection", "192.168.30.0"), ==, -1);
    g_assert_cmpint(metric_of(files, "berlin/tokyo.nmconnection", "192.168.20.0"), ==, -2);
    g_assert_null(text_of(files, "paris/oslo.nmconnection"));
}

/* ---- what changes what ---- */

static void
test_same(void)
{
    g_autofree char *yaml = corpus_text("full", ".yaml");
    g_autoptr(GPtrArray) a = make(yaml, SEED), b = make(yaml, SEED), c = make(yaml, SEED "x");

    for (guint i = 0; i < a->len; i++) {
        const GreMeshFile *x = a->pdata[i], *y = b->pdata[i], *z = c->pdata[i];

        g_assert_cmpstr(x->text, ==, y->text);
        g_assert_cmpstr(x->text, !=, z->text);
    }
}

/* A site more at the end: whatever was there stays, to the byte. */
static void
test_growing(void)
{
    g_autofree char *yaml = corpus_text("full", ".yaml");
    g_autofree char *more = g_strconcat(yaml, "  oslo: { address: 192.0.2.99 }\n", NULL);
    g_autoptr(GPtrArray) before = make(yaml, SEED), after = make(more, SEED);

    g_assert_cmpuint(after->len, ==, before->len + 6);
    for (guint i = 0; i < before->len; i++) {
        const GreMeshFile *file = before->pdata[i];

        g_assert_cmpstr(text_of(after, file->name), ==, file->text);
    }
}

/* One for each pair, the same at both ends, of 256 bits as hex. */
static void
test_secrets(void)
{
    g_autofree char *yaml = corpus_text("full", ".yaml");
    g_autoptr(GPtrArray) files = make(yaml, SEED);
    const char *here = psk_in(text_of(files, "berlin/paris.nmconnection"));
    const char *there = psk_in(text_of(files, "paris/berlin.nmconnection"));
    const char *other = psk_in(text_of(files, "berlin/tokyo.nmconnection"));

    g_assert_cmpuint(strspn(here, "0123456789abcdef"), ==, 64);
    g_assert_cmpint(strncmp(here, there, 64), ==, 0);
    g_assert_cmpint(strncmp(here, other, 64), !=, 0);
}

/* ---- what is wrong ---- */

#define TWO "sites:\n  a: { address: 192.0.2.1 }\n  b: { address: 192.0.2.2 }\n"

static const struct {
    const char *text, *message;
} wrong[] = {
    { "just text", "line 1: expected a map with sites and pool" },
    { "pool: 10.0.0.0/24", "line 1: sites is missing" },
    { TWO, "line 1: pool is missing" },
    { TWO "pool: ten", "line 4: \"ten\": expected a network such as 192.168.10.0/24" },
    { TWO "pool: [10.0.0.0/24, 10.1.0.0/24]",
      "line 4: pool: expected one network, or one of IPv4 and one of IPv6" },
    { TWO "pool: 10.0.0.0/24\ntopology: ring", "line 5: topology: expected full or hub" },
    { TWO "pool: 10.0.0.0/24\ntopology: hub\nhub: c", "line 6: hub: expected the name of a site" },
    { TWO "pool: 10.0.0.0/24\ntopology: hub", "line 1: hub: expected the name of a site" },
    { TWO "pool: 10.0.0.0/24\ntopology: hub\nhub: [a,\n a]", "line 7: hub: a is named twice" },
    { TWO "pool: 10.0.0.0/24\nhub: a", "line 5: hub: only with topology: hub" },
    { TWO "pool: 10.0.0.0/24\nkeys: many",
      "line 5: keys: expected \"no\" or the number of the first tunnel's key" },
    { TWO "pool: 10.0.0.0/24\ncolour: red", "line 5: \"colour\": unknown property" },
    { TWO "pool: 10.0.0.0/24\noptions: { remote: 192.0.2.9 }",
      "line 5: \"remote\": not a property of vpn.data that all tunnels can share" },
    { TWO "pool: 10.0.0.0/24\noptions: { ipsec-psk: x }",
      "line 5: \"ipsec-psk\": not a property of vpn.data that all tunnels can share" },
    { TWO "pool: 10.0.0.0/24\noptions:\n  ttl: 300",
      "line 6: ttl: \"300\" is invalid: expected a number from 1 to 255, or \"inherit\"" },
    { TWO "pool: 10.0.0.0/24\noptions: { ipsec: pubkey, ipsec-cert: /etc/a.pem }",
      "line 5: \"ipsec-cert\": not a property of vpn.data that all tunnels can share" },
    { "sites:\n  a:\n    networks: 10.0.0.0/8\n  b: {}", "line 3: \"a\": address is missing" },
    { "sites:\n  ../a: { address: 192.0.2.1 }",
      "line 2: \"../a\": a site's name has up to 60 letters, digits, \"-\", \"_\" and \".\"" },
    { "sites:\n  a: { address: 192.0.2.1, format: dos }",
      "line 2: \"dos\": expected \"keyfile\" or a format of nm-gre peer" },
    { TWO "pool: 10.0.0.0/24\nrouting: rip", "line 5: routing: expected static or ospf" },
    { TWO "pool: fd00::/64\nrouting: ospf", "line 5: routing: ospf needs an IPv4 pool" },
    { "pool: 10.0.0.0/24\nrouting: ospf\nsites:\n  a: { address: 192.0.2.1 }\n"
      "  b: { address: 192.0.2.2, format: vyos }",
      "line 5: b: routing: ospf needs format: keyfile" },
    { TWO "pool: 10.0.0.0/24\nkind: bridge", "line 5: kind: expected vpn or native" },
    { "pool: 10.0.0.0/24\nsites:\n  a: { address: 192.0.2.1 }\n"
      "  b: { address: 192.0.2.2, format: vyos, kind: native }",
      "line 4: b: kind: only with format: keyfile" },
    { "pool: 10.0.0.0/24\nkind: native\nsites:\n  a: { address: 192.0.2.1 }\n"
      "  a-ipsec: { address: 192.0.2.2 }",
      "line 4: a: another site is called a-ipsec, which is the name of this one's companion" },
    { "sites:\n  a: { address: 192.0.2.1 }", "line 2: at least two sites are needed" },
};

static void
test_wrong(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(gre_mesh_read(wrong[i].text, &error));
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
        g_assert_cmpstr(error->message, ==, wrong[i].message);
    }
}

static const struct {
    const char *text, *seed, *message;
} impossible[] = {
    { TWO "pool: 10.0.0.0/24", "short",
      "the seed is too short: at least 32 characters are needed" },
    { TWO "pool: 10.0.0.0/31", SEED,
      "pool: too small: 2 sites need four addresses for each of 1 pairs" },
    { TWO "  c: { address: 192.0.2.3 }\npool: 10.0.0.0/29", SEED,
      "pool: too small: 3 sites need four addresses for each of 3 pairs" },
    { TWO "pool: 10.0.0.0/24\nkind: native\noptions: { checksum: yes }", SEED,
      "a/b.nmconnection: line 2: a: checksum: NetworkManager's ip-tunnel profiles can't express "
      "this; use kind: vpn" },
    { TWO "pool: 10.0.0.0/24\nkind: native\nkeys: 0", SEED,
      "a/b.nmconnection: line 2: a: key: NetworkManager's ip-tunnel profiles can't express this; "
      "use kind: vpn" },
    { "pool: 10.0.0.0/24\nkind: native\nsites:\n  a: { address: 192.0.2.1 }\n"
      "  b: { address: b.example.org, kind: vpn }",
      SEED,
      "a/b.nmconnection: line 4: a: kind: native needs an address of the other site, not a name" },
    { TWO "pool: 10.0.0.0/24\noptions: { ipsec: no, ipsec-encap: yes }", SEED,
      "a/b.nmconnection: line 2: a: ipsec-encap: \"yes\" requires ipsec=psk or "
      "ipsec=pubkey" },
    { "pool: 10.0.0.0/24\nsites:\n  a: { address: 192.0.2.1 }\n"
      "  b: { address: 192.0.2.2, format: mikrotik }",
      SEED, "b/a.mikrotik: key: MikroTik RouterOS doesn't support this, and both ends need it" },
    { "pool: 10.0.0.0/24\nsites:\n  a: { address: a.example.org }\n"
      "  b: { address: 192.0.2.2, format: vyos }",
      SEED, "b/a.vyos: line 4: b: format vyos needs addresses, not names, for both ends" },
};

static void
test_impossible(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(impossible); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GreMesh) mesh = gre_mesh_read(impossible[i].text, &error);
        g_autoptr(GPtrArray) tunnels = NULL, files = NULL;

        g_assert_no_error(error);
        tunnels = gre_mesh_plan(mesh, impossible[i].seed, &error);
        files = tunnels ? gre_mesh_files(mesh, tunnels, &error) : NULL;
        g_assert_null(files);
        g_assert_cmpstr(error->message, ==, impossible[i].message);
    }
}

int
main(int argc, char **argv)
{
    static const char *const names[] = { "certificates", "full",         "hub",  "hubs",
                                         "native",       "native-plain", "ospf", "plain" };

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat("/mesh/golden/", names[i], NULL);

        g_test_add_data_func(path, names[i], test_golden);
    }
    g_test_add_func("/mesh/native", test_native);
    g_test_add_func("/mesh/hubs", test_hubs);
    g_test_add_func("/mesh/same", test_same);
    g_test_add_func("/mesh/growing", test_growing);
    g_test_add_func("/mesh/secrets", test_secrets);
    g_test_add_func("/mesh/wrong", test_wrong);
    g_test_add_func("/mesh/impossible", test_impossible);
    return g_test_run();
}
