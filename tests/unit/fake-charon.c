/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fake strongSwan: its tables, and one handler for each command that the service sends. */
#include "fake-charon.h"

#include <string.h>

static void
ike_free(gpointer data)
{
    FakeIke *ike = data;

    g_free(ike->name);
    g_array_unref(ike->children);
    g_free(ike);
}

static gboolean
has_name(GPtrArray *names, const char *name, guint *index)
{
    return g_ptr_array_find_with_equal_func(names, name, g_str_equal, index);
}

static void
add_name(GPtrArray *names, const char *name)
{
    if (!has_name(names, name, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

static gboolean
remove_name(GPtrArray *names, const char *name)
{
    guint index;

    if (!has_name(names, name, &index))
        return FALSE;
    g_ptr_array_remove_index(names, index);
    return TRUE;
}

FakeIke *
fake_charon_add_ike(FakeCharon *charon, const char *name, const char *state, gboolean ours)
{
    FakeIke *ike = g_new0(FakeIke, 1);

    ike->name = g_strdup(name);
    ike->id = ++charon->last_id;
    ike->state = state;
    ike->ours = ours;
    ike->spi = 0x1000 + ike->id;
    ike->children = g_array_new(FALSE, TRUE, sizeof(FakeChild));
    g_ptr_array_add(charon->ikes, ike);
    return ike;
}

guint
fake_ike_add_child(FakeCharon *charon, FakeIke *ike, const char *state, guint32 spi_in)
{
    FakeChild child = { ++charon->last_id, state, spi_in, spi_in + 1 };

    g_array_append_val(ike->children, child);
    return child.id;
}

FakeIke *
fake_charon_find_ike(FakeCharon *charon, guint id)
{
    for (guint i = 0; i < charon->ikes->len; i++) {
        FakeIke *ike = charon->ikes->pdata[i];

        if (ike->id == id)
            return ike;
    }
    return NULL;
}

void
fake_charon_drop_ike(FakeCharon *charon, guint id)
{
    g_ptr_array_remove(charon->ikes, fake_charon_find_ike(charon, id));
}

static void
put_child(ViciBuilder *builder, const FakeChild *child)
{
    g_autofree char *name = g_strdup_printf("gre-%u", child->id);

    vici_builder_begin(builder, name);
    vici_builder_string(builder, "name", "gre");
    vici_builder_format(builder, "uniqueid", "%u", child->id);
    vici_builder_string(builder, "state", child->state);
    vici_builder_string(builder, "mode", "TRANSPORT");
    vici_builder_string(builder, "protocol", "ESP");
    vici_builder_format(builder, "spi-in", "%08x", child->spi_in);
    vici_builder_format(builder, "spi-out", "%08x", child->spi_out);
    vici_builder_string(builder, "encr-alg", "AES_GCM_16");
    vici_builder_string(builder, "encr-keysize", "128");
    vici_builder_end(builder);
}

static void
put_ike(ViciBuilder *builder, const FakeIke *ike)
{
    vici_builder_begin(builder, ike->name);
    vici_builder_format(builder, "uniqueid", "%u", ike->id);
    vici_builder_string(builder, "version", "2");
    vici_builder_string(builder, "state", ike->state);
    if (ike->ours)
        vici_builder_string(builder, "initiator", "yes");
    vici_builder_format(builder, "initiator-spi", "%016" G_GINT64_MODIFIER "x", ike->spi);
    if (strcmp(ike->state, "ESTABLISHED") == 0)
        vici_builder_format(builder, "established", "%u", ike->age);
    if (ike->remote)
        vici_builder_string(builder, "remote-host", ike->remote);
    if (ike->natted) {
        vici_builder_string(builder, "nat-local", "yes");
        vici_builder_string(builder, "nat-remote", "yes");
    }
    vici_builder_begin(builder, "child-sas");
    for (guint i = 0; i < ike->children->len; i++)
        put_child(builder, &g_array_index(ike->children, FakeChild, i));
    vici_builder_end(builder);
    vici_builder_end(builder);
}

void
fake_charon_updown(FakeCharon *charon, const char *event, const FakeIke *ike, gboolean up)
{
    ViciBuilder *builder = vici_builder_new();
    g_autoptr(GBytes) message = NULL;

    if (up)
        vici_builder_string(builder, "up", "yes");
    put_ike(builder, ike);
    message = vici_builder_finish(builder, NULL);
    fake_vici_event(charon->vici, event, message);
}

void
fake_charon_log(FakeCharon *charon, const FakeIke *ike, const char *format, ...)
{
    ViciBuilder     *builder = vici_builder_new();
    g_autofree char *line = NULL;
    g_autoptr(GBytes) message = NULL;
    va_list args;

    va_start(args, format);
    line = g_strdup_vprintf(format, args);
    va_end(args);
    vici_builder_string(builder, "group", "IKE");
    vici_builder_string(builder, "level", "1");
    vici_builder_string(builder, "thread", "7");
    if (ike) {
        vici_builder_string(builder, "ikesa-name", ike->name);
        vici_builder_format(builder, "ikesa-uniqueid", "%u", ike->id);
    }
    vici_builder_string(builder, "msg", line);
    message = vici_builder_finish(builder, NULL);
    fake_vici_event(charon->vici, "log", message);
}

/* ---- commands ---- */

static GBytes *
on_load_shared(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon      *charon = data;
    g_autofree char *id = vici_section_string(message, "id");

    add_name(charon->shared, id);
    return fake_vici_ok();
}

static GBytes *
on_load_conn(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon *charon = data;
    ViciSection iter = *message, section;
    char        name[VICI_NAME_MAX + 1];

    g_assert_true(vici_section_next(&iter, name, &section));
    add_name(charon->conns, name);
    return fake_vici_ok();
}

static GBytes *
on_install(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon      *charon = data;
    g_autofree char *name = vici_section_string(message, "ike");

    g_assert_true(vici_section_is(message, "child", "gre"));
    if (!has_name(charon->conns, name, NULL))
        return fake_vici_refusal("configuration name not found");
    add_name(charon->traps, name);
    return fake_vici_ok();
}

static GBytes *
on_uninstall(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon      *charon = data;
    g_autofree char *name = vici_section_string(message, "ike");

    if (!remove_name(charon->traps, name))
        return fake_vici_refusal("policy not found");
    return fake_vici_ok();
}

static GBytes *
on_unload_conn(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon      *charon = data;
    g_autofree char *name = vici_section_string(message, "name");

    if (!remove_name(charon->conns, name))
        return fake_vici_refusal("unload: connection not found");
    if (charon->returns)
        fake_ike_add_child(charon, fake_charon_add_ike(charon, name, "ESTABLISHED", FALSE),
                           "INSTALLED", 0xd1);
    fake_charon_log(charon, NULL, "removed vici connection: %s", name);
    return fake_vici_ok();
}

static GBytes *
on_unload_shared(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon      *charon = data;
    g_autofree char *id = vici_section_string(message, "id");

    fake_charon_log(charon, NULL, "unloaded shared key with id '%s'", id);
    remove_name(charon->shared, id);
    return fake_vici_ok();
}

static void
try_peer(FakeCharon *charon, FakeIke *ike)
{
    fake_charon_log(charon, ike, "initiating IKE_SA %s[%u] to 192.0.2.2", ike->name, ike->id);
    if (charon->manner == FAKE_PEER_SILENT)
        return;
    fake_charon_log(charon, ike,
                    "received packet: from 192.0.2.2[500] to 192.0.2.1[500] (36 bytes)");
    if (charon->manner == FAKE_PEER_REFUSES) {
        fake_charon_log(charon, ike, "%s", charon->refusal);
        fake_charon_updown(charon, "ike-updown", ike, FALSE);
        fake_charon_drop_ike(charon, ike->id);
        return;
    }
    ike->state = "ESTABLISHED";
    fake_charon_updown(charon, "ike-updown", ike, TRUE);
    if (charon->manner == FAKE_PEER_CHILDLESS)
        return;
    fake_ike_add_child(charon, ike, "INSTALLED", 0xc0000000 + 0x10 * ike->id);
    fake_charon_updown(charon, "child-updown", ike, TRUE);
}

static GBytes *
on_initiate(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon      *charon = data;
    g_autofree char *name = vici_section_string(message, "ike");

    g_assert_true(vici_section_is(message, "child", "gre"));
    g_assert_true(vici_section_is(message, "timeout", "-1"));
    if (!has_name(charon->conns, name, NULL))
        return fake_vici_refusal("CHILD_SA config 'gre' not found");
    try_peer(charon, fake_charon_add_ike(charon, name, "CONNECTING", TRUE));
    return fake_vici_ok();
}

static gboolean
remove_child(FakeIke *ike, guint id)
{
    for (guint i = 0; i < ike->children->len; i++) {
        if (g_array_index(ike->children, FakeChild, i).id != id)
            continue;
        g_array_remove_index(ike->children, i);
        return TRUE;
    }
    return FALSE;
}

static gboolean
is_meant(const FakeIke *ike, const char *name, guint ike_id)
{
    return name ? strcmp(ike->name, name) == 0 : ike->id == ike_id;
}

static void
end_ike(FakeCharon *charon, FakeIke *ike, gboolean force)
{
    if (!force && charon->keeps_ikes) {
        ike->state = "DELETING";
        return;
    }
    fake_charon_updown(charon, "ike-updown", ike, FALSE);
    g_ptr_array_remove(charon->ikes, ike);
}

static GBytes *
on_terminate(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon      *charon = data;
    g_autofree char *name = vici_section_string(message, "ike");
    guint            ike_id = (guint) vici_section_number(message, "ike-id", 10, 0);
    guint            child_id = (guint) vici_section_number(message, "child-id", 10, 0);
    gboolean         force = vici_section_is(message, "force", "yes");
    guint            n = 0;

    g_assert_true(vici_section_is(message, "timeout", "-1"));
    force ? charon->n_forced++ : charon->n_polite++;
    for (guint i = charon->ikes->len; i > 0; i--) {
        FakeIke *ike = charon->ikes->pdata[i - 1];

        if (child_id) {
            n += remove_child(ike, child_id) ? 1 : 0;
        } else if (is_meant(ike, name, ike_id)) {
            end_ike(charon, ike, force);
            n++;
        }
    }
    return n ? fake_vici_ok() : fake_vici_refusal("no matching SAs to terminate found");
}

static GBytes *
on_list_sas(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon      *charon = data;
    g_autofree char *name = vici_section_string(message, "ike");

    for (guint i = 0; i < charon->ikes->len; i++) {
        const FakeIke *ike = charon->ikes->pdata[i];
        ViciBuilder   *builder;
        g_autoptr(GBytes) one = NULL;

        if (name && strcmp(name, ike->name) != 0)
            continue;
        builder = vici_builder_new();
        put_ike(builder, ike);
        one = vici_builder_finish(builder, NULL);
        fake_vici_conn_event(conn, "list-sa", one);
    }
    return g_bytes_new(NULL, 0);
}

static GBytes *
on_list_policies(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon *charon = data;

    g_assert_true(vici_section_is(message, "trap", "yes"));
    for (guint i = 0; i < charon->traps->len; i++) {
        ViciBuilder     *builder = vici_builder_new();
        g_autofree char *name = g_strdup_printf("%s/gre", (char *) charon->traps->pdata[i]);
        g_autoptr(GBytes) one = NULL;

        vici_builder_begin(builder, name);
        vici_builder_string(builder, "child", "gre");
        vici_builder_end(builder);
        one = vici_builder_finish(builder, NULL);
        fake_vici_conn_event(conn, "list-policy", one);
    }
    return g_bytes_new(NULL, 0);
}

static GBytes *
name_list(const char *key, GPtrArray *names)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_begin_list(builder, key);
    for (guint i = 0; i < names->len; i++)
        vici_builder_item(builder, names->pdata[i]);
    vici_builder_end_list(builder);
    return vici_builder_finish(builder, NULL);
}

static GBytes *
on_get_conns(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    return name_list("conns", ((FakeCharon *) data)->conns);
}

static GBytes *
on_get_shared(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    return name_list("keys", ((FakeCharon *) data)->shared);
}

/* ---- keys and authorities ---- */

static GBytes *
load_key(FakeCharon *charon, const ViciSection *message, const char *what)
{
    ViciBuilder     *builder = vici_builder_new();
    g_autofree char *id = NULL;
    ViciValue        value;

    g_assert_true(vici_section_value(message, what, &value));
    id = g_compute_checksum_for_data(G_CHECKSUM_SHA1, value.data, value.len);
    add_name(charon->keys, id);
    vici_builder_string(builder, "success", "yes");
    vici_builder_string(builder, "id", id);
    return vici_builder_finish(builder, NULL);
}

static GBytes *
on_load_key(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    g_assert_true(vici_section_is(message, "type", "any"));
    return load_key(data, message, "data");
}

static GBytes *
on_load_token(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    return load_key(data, message, "handle");
}

static GBytes *
on_unload_key(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon      *charon = data;
    g_autofree char *id = vici_section_string(message, "id");

    fake_charon_log(charon, NULL, "unloaded private key with id %s", id);
    return remove_name(charon->keys, id) ? fake_vici_ok() : fake_vici_refusal("key not found");
}

static GBytes *
on_get_keys(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    return name_list("keys", ((FakeCharon *) data)->keys);
}

static GBytes *
on_load_authority(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon *charon = data;
    ViciSection iter = *message, section;
    ViciValue   value;
    char        name[VICI_NAME_MAX + 1];

    g_assert_true(vici_section_next(&iter, name, &section));
    g_assert_true(vici_section_value(&section, "cacert", &value));
    add_name(charon->authorities, name);
    return fake_vici_ok();
}

static GBytes *
on_unload_authority(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    FakeCharon      *charon = data;
    g_autofree char *name = vici_section_string(message, "name");

    return remove_name(charon->authorities, name) ? fake_vici_ok() : fake_vici_refusal("not found");
}

static GBytes *
on_get_authorities(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    return name_list("authorities", ((FakeCharon *) data)->authorities);
}

/* ---- the daemon ---- */

static const struct {
    const char     *command;
    FakeViciHandler handler;
} commands[] = {
    { "load-shared", on_load_shared },
    { "load-conn", on_load_conn },
    { "install", on_install },
    { "uninstall", on_uninstall },
    { "unload-conn", on_unload_conn },
    { "unload-shared", on_unload_shared },
    { "initiate", on_initiate },
    { "terminate", on_terminate },
    { "list-sas", on_list_sas },
    { "get-conns", on_get_conns },
    { "list-policies", on_list_policies },
    { "get-shared", on_get_shared },
    { "load-key", on_load_key },
    { "load-token", on_load_token },
    { "unload-key", on_unload_key },
    { "get-keys", on_get_keys },
    { "load-authority", on_load_authority },
    { "unload-authority", on_unload_authority },
    { "get-authorities", on_get_authorities },
};

FakeCharon *
fake_charon_new(void)
{
    FakeCharon *charon = g_new0(FakeCharon, 1);

    charon->vici = fake_vici_new();
    charon->conns = g_ptr_array_new_with_free_func(g_free);
    charon->shared = g_ptr_array_new_with_free_func(g_free);
    charon->traps = g_ptr_array_new_with_free_func(g_free);
    charon->keys = g_ptr_array_new_with_free_func(g_free);
    charon->authorities = g_ptr_array_new_with_free_func(g_free);
    charon->ikes = g_ptr_array_new_with_free_func(ike_free);
    charon->manner = FAKE_PEER_ANSWERS;
    charon->refusal = "received NO_PROPOSAL_CHOSEN notify error";
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        fake_vici_handle(charon->vici, commands[i].command, commands[i].handler, charon);
    return charon;
}

void
fake_charon_free(FakeCharon *charon)
{
    fake_vici_free(charon->vici);
    g_ptr_array_unref(charon->conns);
    g_ptr_array_unref(charon->shared);
    g_ptr_array_unref(charon->traps);
    g_ptr_array_unref(charon->ikes);
    g_ptr_array_unref(charon->keys);
    g_ptr_array_unref(charon->authorities);
    g_free(charon);
}

void
fake_charon_kill(FakeCharon *charon)
{
    fake_vici_stop(charon->vici, FALSE);
    g_ptr_array_set_size(charon->conns, 0);
    g_ptr_array_set_size(charon->shared, 0);
    g_ptr_array_set_size(charon->traps, 0);
    g_ptr_array_set_size(charon->ikes, 0);
    g_ptr_array_set_size(charon->keys, 0);
    g_ptr_array_set_size(charon->authorities, 0);
}

void
fake_charon_hang(FakeCharon *charon, const char *command, gboolean hangs)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (command && strcmp(command, commands[i].command) != 0)
            continue;
        if (hangs)
            fake_vici_misbehave(charon->vici, commands[i].command, FAKE_VICI_NO_REPLY);
        else
            fake_vici_handle(charon->vici, commands[i].command, commands[i].handler, charon);
    }
}

void
fake_charon_load_all(FakeCharon *charon)
{
    for (guint i = 0; i < charon->shared->len; i++)
        fake_charon_log(charon, NULL, "unloaded shared key with id '%s'",
                        (char *) charon->shared->pdata[i]);
    for (guint i = 0; i < charon->keys->len; i++)
        fake_charon_log(charon, NULL, "unloaded private key with id %s",
                        (char *) charon->keys->pdata[i]);
    g_ptr_array_set_size(charon->shared, 0);
    g_ptr_array_set_size(charon->keys, 0);
    g_ptr_array_set_size(charon->authorities, 0);
    g_ptr_array_set_size(charon->conns, 0);
}

gboolean
fake_charon_is_empty(const FakeCharon *charon)
{
    return charon->conns->len + charon->shared->len + charon->traps->len + charon->ikes->len +
               charon->keys->len + charon->authorities->len ==
           0;
}
