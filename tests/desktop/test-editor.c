/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host program for the editor, built once with GTK 3 and once with GTK 4: it loads the plugin as
 * libnm's users do, opens the editor, finds its fields by the names that a screen reader says,
 * fills them, and compares the profile. Needs a display: tests/check/editor.sh brings one.
 */
#include "fake-bus.h"
#include "gre-property.h"

#include <NetworkManager.h>
#include <glib/gstdio.h>
#include <gtk/gtk.h>
#include <string.h>

#if GTK_CHECK_VERSION(4, 0, 0)
#define init_gtk()             gtk_init_check()
#define entry_set(entry, text) gtk_editable_set_text(GTK_EDITABLE(entry), text)
#define check_set(button, on)  gtk_check_button_set_active(GTK_CHECK_BUTTON(button), on)
#define new_window()           gtk_window_new()
#define put_in(window, child)  gtk_window_set_child(GTK_WINDOW(window), child)
#define destroy(window)        gtk_window_destroy(GTK_WINDOW(window))
#define click(button)          g_signal_emit_by_name(button, "clicked")
#else
#define init_gtk()             gtk_init_check(NULL, NULL)
#define entry_set(entry, text) gtk_entry_set_text(GTK_ENTRY(entry), text)
#define check_set(button, on)  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), on)
#define new_window()           gtk_window_new(GTK_WINDOW_TOPLEVEL)
#define put_in(window, child)  gtk_container_add(GTK_CONTAINER(window), child)
#define destroy(window)        gtk_widget_destroy(window)
#define click(button)          gtk_button_clicked(GTK_BUTTON(button))
#endif

#define SERVICE "org.freedesktop.NetworkManager.gre"

static NMVpnEditorPlugin *plugin;

typedef struct {
    NMConnection *connection;
    NMVpnEditor  *editor;
    GtkWidget    *window;
    guint         changes;
} Host;

static void
count(NMVpnEditor *editor, gpointer data)
{
    *(guint *) data += 1;
}

/* "key=value" to vpn.data, "!key=value" to vpn.secrets. */
static NMConnection *
new_connection(const char *text)
{
    NMConnection *connection = nm_simple_connection_new();
    NMSettingVpn *vpn = NM_SETTING_VPN(nm_setting_vpn_new());
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_object_set(vpn, NM_SETTING_VPN_SERVICE_TYPE, SERVICE, NULL);
    for (gsize i = 0; lines[i] && lines[i][0]; i++) {
        char *equals = strchr(lines[i], '=');

        *equals = '\0';
        if (lines[i][0] == '!')
            nm_setting_vpn_add_secret(vpn, lines[i] + 1, equals + 1);
        else
            nm_setting_vpn_add_data_item(vpn, lines[i], equals + 1);
    }
    nm_connection_add_setting(connection, NM_SETTING(vpn));
    return connection;
}

static void
spin(void)
{
    for (guint i = 0; i < 20; i++)
        g_main_context_iteration(NULL, FALSE);
}

/* @connection: (transfer full) */
static void
host_show(Host *host, NMConnection *connection)
{
    g_autoptr(GError) error = NULL;

    host->changes = 0;
    host->connection = connection;
    host->editor = nm_vpn_editor_plugin_get_editor(plugin, host->connection, &error);
    g_assert_no_error(error);
    g_signal_connect(host->editor, "changed", G_CALLBACK(count), &host->changes);
    host->window = new_window();
    put_in(host->window, GTK_WIDGET(nm_vpn_editor_get_widget(host->editor)));
#if !GTK_CHECK_VERSION(4, 0, 0)
    gtk_widget_show_all(host->window); /* as nm-connection-editor does */
#endif
    gtk_window_present(GTK_WINDOW(host->window));
    spin();
}

static void
host_open(Host *host, const char *text)
{
    host_show(host, new_connection(text));
}

/* Nothing is left behind: neither the editor nor its page. */
static void
host_close(Host *host)
{
    NMVpnEditor *editor = host->editor;
    GObject     *page = nm_vpn_editor_get_widget(editor);

    g_object_add_weak_pointer(G_OBJECT(editor), (gpointer *) &editor);
    g_object_add_weak_pointer(page, (gpointer *) &page);
    g_object_unref(host->editor);
    destroy(host->window);
    g_object_unref(host->connection);
    spin();
    g_assert_null(editor);
    g_assert_null(page);
}

/* The profile's vpn setting, one key in a line, sorted. */
static char *
dump(NMConnection *connection)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);
    guint         n;
    const char  **names = nm_setting_vpn_get_data_keys(vpn, &n);
    GString      *out = g_string_new(NULL);

    for (guint i = 0; i < n; i++)
        g_string_append_printf(out, "%s=%s\n", names[i],
                               nm_setting_vpn_get_data_item(vpn, names[i]));
    g_free(names);
    names = nm_setting_vpn_get_secret_keys(vpn, &n);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(out, "!%s=%s\n", names[i], nm_setting_vpn_get_secret(vpn, names[i]));
    g_free(names);
    return g_string_free(out, FALSE);
}

static gboolean
host_save(Host *host)
{
    g_autoptr(GError) error = NULL;
    gboolean saved = nm_vpn_editor_update_connection(host->editor, host->connection, &error);

    g_assert_true(saved == (error == NULL));
    return saved;
}

/* The widget to which a label with this text belongs, or a button with it. */
static const char *
plain(const char *label)
{
    static char buffer[128];
    char       *out = buffer;

    for (; *label && out < buffer + sizeof(buffer) - 1; label++)
        if (*label != '_')
            *out++ = *label;
    *out = '\0';
    return buffer;
}

static GtkWidget *find(GtkWidget *widget, const char *name);

static GtkWidget *
find_here(GtkWidget *widget, const char *name)
{
    if (GTK_IS_LABEL(widget) && gtk_label_get_mnemonic_widget(GTK_LABEL(widget)) &&
        strcmp(gtk_label_get_text(GTK_LABEL(widget)), name) == 0)
        return gtk_label_get_mnemonic_widget(GTK_LABEL(widget));
    if (GTK_IS_CHECK_BUTTON(widget)) {
#if GTK_CHECK_VERSION(4, 0, 0)
        const char *label = gtk_check_button_get_label(GTK_CHECK_BUTTON(widget));
#else
        const char *label = gtk_button_get_label(GTK_BUTTON(widget));
#endif
        if (label && strcmp(plain(label), name) == 0)
            return widget;
    } else if (GTK_IS_BUTTON(widget) && gtk_button_get_label(GTK_BUTTON(widget)) &&
               strcmp(plain(gtk_button_get_label(GTK_BUTTON(widget))), name) == 0) {
        return widget;
    }
    return NULL;
}

static GtkWidget *
find(GtkWidget *widget, const char *name)
{
    GtkWidget *found = find_here(widget, name);

#if GTK_CHECK_VERSION(4, 0, 0)
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child && !found;
         child = gtk_widget_get_next_sibling(child))
        found = find(child, name);
#else
    g_autoptr(GList) children =
        GTK_IS_CONTAINER(widget) ? gtk_container_get_children(GTK_CONTAINER(widget)) : NULL;

    for (GList *l = children; l && !found; l = l->next)
        found = find(l->data, name);
#endif
    return found;
}

/* In the page, or in the window behind "Advanced…", which this opens. */
static GtkWidget *
field(Host *host, const char *name)
{
    GtkWidget *widget = find(host->window, name);

    if (!widget) {
        click(find(host->window, "Advanced…"));
        spin();
#if GTK_CHECK_VERSION(4, 0, 0)
        g_autoptr(GListModel) windows = g_object_ref(gtk_window_get_toplevels());

        for (guint i = 0; i < g_list_model_get_n_items(windows) && !widget; i++) {
            g_autoptr(GtkWidget) window = g_list_model_get_item(windows, i);

            widget = find(window, name);
        }
#else
        g_autoptr(GList) windows = gtk_window_list_toplevels();

        for (GList *l = windows; l && !widget; l = l->next)
            widget = find(l->data, name);
#endif
    }
    if (!widget)
        g_error("no field is called \"%s\"", name);
    return widget;
}

static void
fill(Host *host, const char *name, const char *text)
{
    GtkWidget *widget = field(host, name);

    if (GTK_IS_COMBO_BOX(widget))
        g_assert_true(gtk_combo_box_set_active_id(GTK_COMBO_BOX(widget), text));
    else if (GTK_IS_CHECK_BUTTON(widget))
        check_set(widget, strcmp(text, "yes") == 0);
    else
        entry_set(widget, text);
}

static void
assert_profile(Host *host, const char *expected)
{
    g_autofree char *text = dump(host->connection);

    g_assert_cmpstr(text, ==, expected);
}

/* What a person without a mouse, or without eyes, needs: walks all that is inside a widget. */

typedef void (*Visit)(GtkWidget *widget, gpointer data);

static void
walk(GtkWidget *widget, Visit visit, gpointer data)
{
    visit(widget, data);
#if GTK_CHECK_VERSION(4, 0, 0)
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
         child = gtk_widget_get_next_sibling(child))
        walk(child, visit, data);
#else
    g_autoptr(GList) children =
        GTK_IS_CONTAINER(widget) ? gtk_container_get_children(GTK_CONTAINER(widget)) : NULL;

    for (GList *l = children; l; l = l->next)
        walk(l->data, visit, data);
#endif
}

/* Letters that stand already for something, with the labels that they are in. */
static void
take_letter(GtkWidget *widget, gpointer letters)
{
    guint    key = GTK_IS_LABEL(widget) ? gtk_label_get_mnemonic_keyval(GTK_LABEL(widget))
                                        : GDK_KEY_VoidSymbol;
    gpointer letter = GUINT_TO_POINTER(gdk_keyval_to_lower(key));
    char    *taken;

    if (key == GDK_KEY_VoidSymbol)
        return;
    taken = g_hash_table_lookup(letters, letter);
    if (taken)
        g_error("Alt+%c is for \"%s\" and for \"%s\"", key, taken,
                gtk_label_get_text(GTK_LABEL(widget)));
    g_hash_table_insert(letters, letter, g_strdup(gtk_label_get_text(GTK_LABEL(widget))));
}

static void
need_tooltip(GtkWidget *widget, gpointer n)
{
    g_autofree char *tooltip = NULL;

    if (!GTK_IS_ENTRY(widget) && !GTK_IS_COMBO_BOX(widget) && !GTK_IS_CHECK_BUTTON(widget))
        return;
    if (gtk_widget_get_ancestor(widget, GTK_TYPE_POPOVER)) /* libnma's menu of who keeps a secret */
        return;
    *(guint *) n += 1;
    g_object_get(widget, "tooltip-text", &tooltip, NULL);
    if (!tooltip || !tooltip[0])
        g_error("a %s has no tooltip", G_OBJECT_TYPE_NAME(widget));
}

/* @reserved: what the programs that show the page have themselves. Returns: fields seen. */
static guint
check_help(GtkWidget *widget, const char *reserved)
{
    g_autoptr(GHashTable) letters = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    guint n = 0;

    for (; *reserved; reserved++)
        g_hash_table_insert(letters, GUINT_TO_POINTER((guint) *reserved), g_strdup("the program"));
    walk(widget, take_letter, letters);
    walk(widget, need_tooltip, &n);
    return n;
}

/* The cases */

static void
test_plugin(void)
{
    g_autofree char *name = NULL, *description = NULL, *service = NULL;
    guint            capabilities = nm_vpn_editor_plugin_get_capabilities(plugin);

    g_object_get(plugin, "name", &name, "description", &description, "service", &service, NULL);
    g_assert_cmpstr(name, ==, "GRE Tunnel");
    g_assert_cmpstr(service, ==, SERVICE);
    g_assert_null(strchr(description, '\n'));
    g_assert_cmpuint(capabilities, ==, 7); /* import, export, IPv6; not "no editor" */
}

static void
test_new(void)
{
    Host host;

    host_open(&host, "");
    g_assert_false(host_save(&host)); /* no peer */
    assert_profile(&host, "");
    fill(&host, "Peer", "198.51.100.7");
    g_assert_cmpuint(host.changes, ==, 1);
    g_assert_true(host_save(&host));
    assert_profile(&host, "remote=198.51.100.7\n");
    fill(&host, "GRE key", "42");
    fill(&host, "Security", "psk");
    g_assert_false(host_save(&host)); /* no key */
    assert_profile(&host, "remote=198.51.100.7\n");
    fill(&host, "Pre-shared key", "s3cret and long");
    g_assert_true(host_save(&host));
    assert_profile(&host, "ipsec=psk\nkey=42\nremote=198.51.100.7\n!ipsec-psk=s3cret and long\n");
    host_close(&host);
}

static void
test_advanced(void)
{
    Host host;

    host_open(&host, "remote=2001:db8::7\nipsec=psk\n!ipsec-psk=secret\n");
    fill(&host, "TTL", "99");
    fill(&host, "Path MTU discovery", "no");
    fill(&host, "Checksums", "yes");
    fill(&host, "Encapsulation limit", "4");
    fill(&host, "IKE version", "1");
    fill(&host, "ESP algorithms", "aes256-sha256");
    fill(&host, "ESP mode", "tunnel");
    fill(&host, "ESP in UDP", "yes");
    fill(&host, "Hardware offload", "packet");
    fill(&host, "Start", "trap");
    g_assert_true(host_save(&host));
    assert_profile(&host, "checksum=yes\nencapsulation-limit=4\nipsec=psk\nipsec-encap=yes\n"
                          "ipsec-esp-proposals=aes256-sha256\nipsec-hw-offload=packet\n"
                          "ipsec-ike-version=1\nipsec-mode=tunnel\nipsec-start=trap\n"
                          "path-mtu-discovery=no\n"
                          "remote=2001:db8::7\nttl=99\n!ipsec-psk=secret\n");
    fill(&host, "TTL", "300");
    g_assert_false(host_save(&host));
    fill(&host, "TTL", "");
    fill(&host, "Path MTU discovery", "yes");
    g_assert_true(host_save(&host));
    host_close(&host);
}

/* No letter stands for two fields that are seen together, and each field says what it is for. */
static void
test_help(void)
{
    Host       host;
    GtkWidget *options;
    guint      n = 0;

    host_open(&host, "remote=198.51.100.7\n");
    /* _Add, _Apply, _Cancel, _Name; _Export…, _Save */
    n += check_help(host.window, "acens");
    options = gtk_widget_get_ancestor(field(&host, "TTL"), GTK_TYPE_NOTEBOOK);
    g_assert_cmpint(gtk_notebook_get_n_pages(GTK_NOTEBOOK(options)), ==, 2);
    for (int i = 0; i < 2; i++)
        n += check_help(gtk_notebook_get_nth_page(GTK_NOTEBOOK(options), i), "");
    g_assert_cmpuint(n, >=, 40);
    host_close(&host);
}

/* One value for each key of the table, spelled unlike the editor would. */
static const char *const odd_profiles[] = {
    "ipsec=psk\nipsec-dpd-delay=1m\nipsec-encap=auto\nipsec-esp-lifetime=90m\n"
    "ipsec-esp-proposals=AES256GCM16\nipsec-hw-offload=no\nipsec-ike-lifetime=8h\n"
    "ipsec-ike-proposals=aes256-sha256-modp2048,aes128-sha1-modp1024\nipsec-ike-version=2\n"
    "ipsec-local-id=a@example.org\nipsec-mode=transport\nipsec-psk-flags=1\n"
    "ipsec-remote-id=b.example.org\n"
    "ipsec-replay-window=0x40\nipsec-start=initiate\n"
    "checksum=true\nflow-label=0x12\nencapsulation-limit=none\n"
    "fwmark=0x10\nifname=t0\ninput-key=0.0.0.7\n"
    "ip4=10.0.0.1/30 10.0.1.1/30\nip6=fd00::1/64\nlocal=2001:db8:0:0::1\nmode=ip6gre\nmtu=0x578\n"
    "output-key=0x10\nparent=eth0\npath-mtu-discovery=off\nremote=2001:DB8::7\nsequence=1\n"
    "tos=0x10\nttl=0\n!ipsec-psk=0x0102\n",
    "ignore-df=on\nkey=010\npath-mtu-discovery=0\nremote=gw.example.org\nmode=gre\nipsec=pubkey\n"
    "ipsec-ca=/etc/ca.pem\nipsec-cert=/etc/own.pem\nipsec-private-key=/etc/own.key\n"
    "ipsec-private-key-password-flags=4\nipsec-remote-cert=pkcs11:token=x\n"
    "!ipsec-private-key-password=pw\n",
    "remote=198.51.100.7\nipsec=pubkey\nipsec-private-key=/k\nipsec-remote-pubkey=0sAwEAAQ==\n",
    "protects=hub\nipsec=psk\nipsec-psk-flags=2\nmss-clamp=auto\n",
    ("ipsec=psk\nlocal-networks=10.1.0.0/16 fd00:1:0::/48\nmode=xfrm\nmss-clamp=off\n"
     "remote=203.0.113.10\nremote-networks=0.0.0.0/0 ::/0\n"),
    "remote=198.51.100.7\nttl=64\nipsec=no\nchecksum=no\nfrom-the-future=1 , \\2\n!other=x\n",
};

static void
test_kept(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(odd_profiles); i++) {
        g_autoptr(NMConnection) expected = new_connection(odd_profiles[i]);
        g_autoptr(NMConnection) fresh = new_connection("");
        g_autofree char *text = dump(expected), *copied = NULL;
        g_autoptr(GError) error = NULL;
        Host host;

        host_open(&host, odd_profiles[i]);
        nm_vpn_editor_update_connection(host.editor, host.connection, &error);
        g_assert_no_error(error);
        assert_profile(&host, text);
        g_assert_cmpuint(host.changes, ==, 0);
        /* Nor does it matter that the host gives us another one to write to. */
        g_assert_true(nm_vpn_editor_update_connection(host.editor, fresh, NULL));
        copied = dump(fresh);
        g_assert_cmpstr(copied, ==, text);
        host_close(&host);
    }
}

/* Every key of the table stands in one of the profiles above. */
static void
test_every_key(void)
{
    for (const GreProperty *property = gre_property_table; property->name; property++) {
        g_autofree char *line =
            g_strconcat("\n", property->secret ? "!" : "", property->name, "=", NULL);
        gboolean there = FALSE;

        for (gsize i = 0; i < G_N_ELEMENTS(odd_profiles); i++)
            there = there || strstr(odd_profiles[i], line) ||
                    g_str_has_prefix(odd_profiles[i], line + 1);
        if (!there)
            g_error("%s is in no profile of this test", property->name);
    }
}

/* To and fro is no change, however the value was written. */
static void
test_to_and_fro(void)
{
    Host host;

    host_open(&host, "remote=198.51.100.7\nchecksum=true\nttl=0\nipsec=no\n");
    fill(&host, "Checksums", "no");
    fill(&host, "TTL", "12");
    fill(&host, "Security", "psk");
    fill(&host, "Pre-shared key", "x");
    g_assert_true(host_save(&host));
    assert_profile(&host, "ipsec=psk\nremote=198.51.100.7\nttl=12\n!ipsec-psk=x\n");
    fill(&host, "Checksums", "yes");
    fill(&host, "TTL", "0");
    fill(&host, "Pre-shared key", "");
    fill(&host, "Security", "no");
    g_assert_true(host_save(&host));
    assert_profile(&host, "checksum=true\nipsec=no\nremote=198.51.100.7\nttl=0\n");
    host_close(&host);
}

/* A secret that the program gets after the page has opened isn't lost, until a person enters
 * another and takes that away. */
static void
test_late_secret(void)
{
    Host host;

    host_open(&host, "remote=198.51.100.7\nipsec=psk\n");
    nm_setting_vpn_add_secret(nm_connection_get_setting_vpn(host.connection), "ipsec-psk", "late");
    fill(&host, "GRE key", "43");
    g_assert_true(host_save(&host));
    assert_profile(&host, "ipsec=psk\nkey=43\nremote=198.51.100.7\n!ipsec-psk=late\n");
    fill(&host, "Pre-shared key", "new");
    g_assert_true(host_save(&host));
    assert_profile(&host, "ipsec=psk\nkey=43\nremote=198.51.100.7\n!ipsec-psk=new\n");
    fill(&host, "Pre-shared key", "");
    g_assert_true(host_save(&host));
    assert_profile(&host, "ipsec=psk\nkey=43\nremote=198.51.100.7\n");
    host_close(&host);
}

/* What has no meaning any more goes; the rest stays. */
static void
test_without_ipsec(void)
{
    Host host;

    host_open(&host, "remote=198.51.100.7\nipsec=psk\nipsec-start=trap\nunknown=1\nttl=9\n"
                     "ipsec-psk-flags=1\n!ipsec-psk=secret\n");
    fill(&host, "Security", "no");
    g_assert_true(host_save(&host));
    assert_profile(&host, "remote=198.51.100.7\nttl=9\nunknown=1\n");
    fill(&host, "Security", "psk");
    g_assert_true(host_save(&host));
    assert_profile(&host, "ipsec=psk\nipsec-psk-flags=1\nipsec-start=trap\nremote=198.51.100.7\n"
                          "ttl=9\nunknown=1\n!ipsec-psk=secret\n");
    host_close(&host);
}

/* ---- the user's own profile ---- */

#define NM "org.freedesktop.NetworkManager"

static void
answer_permissions(GDBusConnection       *bus,
                   const char            *sender,
                   const char            *path,
                   const char            *interface,
                   const char            *method,
                   GVariant              *args,
                   GDBusMethodInvocation *invocation,
                   gpointer               data)
{
    guint *asked = data;

    (*asked)++;
    g_dbus_method_invocation_return_value(
        invocation,
        g_variant_new_parsed("({%s: %s, '" NM ".network-control': 'no'},)",
                             NM ".settings.modify.system", *asked > 1 ? "yes" : "auth"));
}

static NMConnection *
private_connection(void)
{
    NMConnection        *connection = new_connection("remote=198.51.100.7\nipsec=psk\n");
    NMSettingConnection *setting = NM_SETTING_CONNECTION(nm_setting_connection_new());

    nm_setting_connection_add_permission(setting, "user", "alice", NULL);
    nm_connection_add_setting(connection, NM_SETTING(setting));
    return connection;
}

static void
look_for_words(GtkWidget *widget, gpointer found)
{
    if (GTK_IS_LABEL(widget) && gtk_widget_get_mapped(widget) &&
        strstr(gtk_label_get_text(GTK_LABEL(widget)), "available to all users"))
        *(gboolean *) found = TRUE;
}

static gboolean
is_told(Host *host)
{
    gboolean found = FALSE;

    spin();
    walk(host->window, look_for_words, &found);
    return found;
}

/* Told before it is added, if NetworkManager would ask for a password. It can be added
 * nevertheless: the administrator may have allowed it. */
static void
test_private(void)
{
    static const GDBusInterfaceVTable vtable = { answer_permissions, NULL, NULL, { 0 } };
    static const char    xml[] = "<node><interface name='" NM "'><method name='GetPermissions'>"
                                 "<arg type='a{ss}' direction='out'/></method></interface></node>";
    GDBusNodeInfo       *node = g_dbus_node_info_new_for_xml(xml, NULL);
    GDBusConnection     *nm = fake_bus_connect();
    NMSettingConnection *setting;
    guint                asked = 0;
    Host                 host;

    g_dbus_connection_register_object(nm, "/org/freedesktop/NetworkManager", node->interfaces[0],
                                      &vtable, &asked, NULL, NULL);
    g_dbus_node_info_unref(node);
    fake_bus_own(nm, NM);
    host_show(&host, private_connection());
    WAIT(is_told(&host));
    g_assert_true(host_save(&host));
    fill(&host, "Security", "no");
    g_assert_false(is_told(&host));
    fill(&host, "Security", "psk");
    g_assert_true(is_told(&host));
    setting = nm_connection_get_setting_connection(host.connection);
    nm_setting_connection_remove_permission(setting, 0);
    g_assert_true(host_save(&host));
    g_assert_false(is_told(&host));
    host_close(&host);

    host_show(&host, private_connection());
    WAIT(asked == 2);
    fake_bus_run(100);
    g_assert_false(is_told(&host));
    host_close(&host);
    fake_bus_disconnect(nm);
}

/* Where the program sets addresses the page has no rows for them, but for those that are given;
 * such a row doesn't vanish from under the person who empties it. */
static void
test_addresses(void)
{
    Host host;

    host_open(&host, "remote=198.51.100.7\n");
    g_assert_true(gtk_widget_get_visible(field(&host, "IPv4 inside")) == (GTK_MAJOR_VERSION < 4));
    host_close(&host);

    host_open(&host, "remote=198.51.100.7\nip4=10.0.0.1/30\n");
    g_assert_true(gtk_widget_get_visible(field(&host, "IPv4 inside")));
    fill(&host, "IPv4 inside", "");
    g_assert_true(gtk_widget_get_visible(field(&host, "IPv4 inside")));
    g_assert_true(host_save(&host));
    assert_profile(&host, "remote=198.51.100.7\n");
    host_close(&host);
}

/* Shown as an error, not healed silently and not lost. */
static void
test_wrong(void)
{
    Host host;

    host_open(&host, "remote=198.51.100.7\nttl=300\n");
    g_assert_false(host_save(&host));
    assert_profile(&host, "remote=198.51.100.7\nttl=300\n");
    fill(&host, "TTL", "30");
    g_assert_true(host_save(&host));
    assert_profile(&host, "remote=198.51.100.7\nttl=30\n");
    host_close(&host);
}

/* The widgets live on after the editor, and the editor after the widgets. */
static void
test_order_of_death(void)
{
    Host       host;
    GtkWidget *entry;

    host_open(&host, "remote=198.51.100.7\n");
    entry = field(&host, "Peer");
    g_clear_object(&host.editor);
    entry_set(entry, "198.51.100.8");
    click(find(host.window, "Advanced…"));
    destroy(host.window);
    g_object_unref(host.connection);

    host_open(&host, "remote=198.51.100.7\n");
    field(&host, "TTL"); /* the window is open */
    destroy(host.window);
    spin();
    g_assert_true(host_save(&host));
    g_object_unref(host.editor);
    g_object_unref(host.connection);
}

/* An import, as the programs do it: they edit a copy of what comes of the file, whose name and UUID
 * may be others. */
static NMConnection *
import(const char *more)
{
    static const char file[] = "connections { branch { remote_addrs = 198.51.100.9\n"
                               "local { auth = psk } remote { auth = psk }\n"
                               "children { gre { local_ts = dynamic[gre]\n"
                               "remote_ts = dynamic[gre]\nmode = transport\n%s} } } }\n"
                               "secrets { ike-a { secret = \"the key\" } }\n";
    g_autofree char  *text = g_strdup_printf(file, more);
    g_autofree char  *directory = g_dir_make_tmp("gre-editor-XXXXXX", NULL);
    g_autofree char  *path = g_build_filename(directory, "branch.conf", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(NMConnection) connection = NULL;
    NMConnection *copy;
    NMSetting    *setting;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    connection = nm_vpn_editor_plugin_import(plugin, path, &error);
    g_unlink(path);
    g_rmdir(directory);
    g_assert_no_error(error);
    copy = nm_simple_connection_new_clone(connection);
    setting = NM_SETTING(nm_connection_get_setting_connection(copy));
    g_object_set(setting, NM_SETTING_CONNECTION_ID, "VPN 1", NM_SETTING_CONNECTION_UUID,
                 "b1d60dcf-7d6f-4aa6-9a4b-1a40f5a8a8f7", NULL);
    return copy;
}

typedef struct {
    const char *text;
    GtkWidget  *found;
} Sought;

static void
seek_label(GtkWidget *widget, gpointer data)
{
    Sought *sought = data;

    if (GTK_IS_LABEL(widget) && gtk_widget_get_mapped(widget) &&
        strstr(gtk_label_get_text(GTK_LABEL(widget)), sought->text))
        sought->found = widget;
}

/* A label that is to be seen; NULL: there is none. */
static GtkWidget *
seen(Host *host, const char *text)
{
    Sought sought = { text, NULL };

    walk(host->window, seek_label, &sought);
    return sought.found;
}

static int
height_for(GtkWidget *widget, int width)
{
    int height;

#if GTK_CHECK_VERSION(4, 0, 0)
    gtk_widget_measure(widget, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
#else
    gtk_widget_get_preferred_height_for_width(widget, width, &height, NULL);
#endif
    return height;
}

/* Until it was given its room. */
static void
wait_room(GtkWidget *widget)
{
    for (guint i = 0; i < 5000 && gtk_widget_get_allocated_height(widget) <= 1; i++) {
        g_main_context_iteration(NULL, FALSE);
        g_usleep(1000);
    }
}

#define NOTES_HEADING "Not imported, or needs checking"

/* What the file says and the profile can't is on the page that opens for it, and nowhere else. */
static void
test_import(void)
{
    const char   *updown = "updown = /usr/local/sbin/when-up --with=many-words-so-that-it-wraps\n";
    NMConnection *connection;
    GtkWidget    *label;
    Host          host;
    g_autofree char *text = NULL;

    host_show(&host, import(updown));
    g_assert_nonnull(seen(&host, NOTES_HEADING));
    label = seen(&host, "gre.updown");
    g_assert_nonnull(label);
    wait_room(label);
    g_assert_cmpint(gtk_widget_get_allocated_height(label), >=,
                    height_for(label, gtk_widget_get_allocated_width(label)));
    g_assert_true(host_save(&host));
    text = dump(host.connection);
    connection = nm_simple_connection_new_clone(host.connection);
    host_close(&host);

    host_show(&host, connection); /* once it is saved it is a profile as any other */
    g_assert_null(seen(&host, NOTES_HEADING));
    assert_profile(&host, text);
    host_close(&host);

    connection = import(updown);
    host_open(&host, "remote=198.51.100.7\n");
    g_assert_null(seen(&host, NOTES_HEADING));
    host_close(&host);
    nm_setting_vpn_add_data_item(nm_connection_get_setting_vpn(connection), "ttl", "9");
    host_show(&host, connection); /* changed by the program: not what was imported */
    g_assert_null(seen(&host, NOTES_HEADING));
    host_close(&host);
}

/* Many of them scroll. */
static void
test_import_much(void)
{
    g_autoptr(GString) more = g_string_new(NULL);
    GtkWidget *label, *scrolled;
    Host       host;

    for (guint i = 0; i < 300; i++)
        g_string_append_printf(more, "unheard-of-%u = 1\n", i);
    host_show(&host, import(more->str));
    label = seen(&host, "unheard-of-0");
    g_assert_nonnull(label);
    g_assert_nonnull(
        strstr(gtk_label_get_text(GTK_LABEL(label)), "more; “nmcli connection import”"));
    scrolled = gtk_widget_get_ancestor(label, GTK_TYPE_SCROLLED_WINDOW);
    g_assert_nonnull(scrolled);
    wait_room(scrolled);
    g_assert_cmpint(gtk_widget_get_allocated_height(scrolled), >=, 100);
    g_assert_cmpint(gtk_widget_get_allocated_height(scrolled), <=, 140);
    g_assert_cmpint(gtk_widget_get_allocated_height(label), >,
                    gtk_widget_get_allocated_height(scrolled));
    host_close(&host);
}

static void
test_many(void)
{
    Host host;

    for (guint i = 0; i < 100; i++) {
        host_open(&host, odd_profiles[i % G_N_ELEMENTS(odd_profiles)]);
        fill(&host, "Peer", i % 2 ? "300.1.1.1" : "198.51.100.8");
        fill(&host, "Security", i % 2 ? "psk" : "pubkey");
        fill(&host, "Pre-shared key", "another secret");
        fill(&host, "Key password", "a password");
        fill(&host, "CA certificate", "/etc/other.pem");
        fill(&host, "Checksums", i % 2 ? "yes" : "no");
        fill(&host, "Start", i % 2 ? "trap" : "respond");
        host_save(&host);
        host_close(&host);
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    const char *path = g_getenv("GRE_TEST_PLUGIN");
    int         result;

    g_test_init(&argc, &argv, NULL);
    if (!path || !init_gtk())
        g_error("needs GRE_TEST_PLUGIN and a display");
    plugin = nm_vpn_editor_plugin_load(path, SERVICE, &error);
    g_assert_no_error(error);

    g_test_add_func("/editor/plugin", test_plugin);
    g_test_add_func("/editor/new", test_new);
    g_test_add_func("/editor/advanced", test_advanced);
    g_test_add_func("/editor/help", test_help);
    g_test_add_func("/editor/kept", test_kept);
    g_test_add_func("/editor/every-key", test_every_key);
    g_test_add_func("/editor/to-and-fro", test_to_and_fro);
    g_test_add_func("/editor/late-secret", test_late_secret);
    g_test_add_func("/editor/without-ipsec", test_without_ipsec);
    g_test_add_func("/editor/private", test_private);
    g_test_add_func("/editor/addresses", test_addresses);
    g_test_add_func("/editor/wrong", test_wrong);
    g_test_add_func("/editor/order-of-death", test_order_of_death);
    g_test_add_func("/editor/import", test_import);
    g_test_add_func("/editor/import-much", test_import_much);
    g_test_add_func("/editor/many", test_many);
    result = fake_bus_run_tests();
    g_object_unref(plugin);
    return result;
}
