/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses list-sas answers; source of the keys: strongSwan's
 * src/libcharon/plugins/vici/README.md. */
#include "strongswan/sa-list.h"

#include <string.h>

/* SAs established within this time of each other count as initiated by both ends at once. It covers
 * a slow exchange, because each end measures from another moment of it. */
#define SAME_TIME_S 30
/* The same for one end, which has no reason for a second SA while it has the first. */
#define SAME_MOMENT_S 3

static void
child_free(gpointer data)
{
    GreChildSa *child = data;

    g_free(child->unique_id);
    g_free(child->encr_alg);
    g_free(child->integ_alg);
    g_free(child->selectors);
    g_free(child);
}

static void
ike_free(gpointer data)
{
    GreIkeSa *ike = data;

    g_free(ike->unique_id);
    g_free(ike->initiator_spi);
    g_free(ike->local_id);
    g_free(ike->remote_id);
    g_free(ike->algorithms);
    g_ptr_array_unref(ike->children);
    g_free(ike);
}

void
gre_sa_list_init(GreSaList *list)
{
    list->ike = g_ptr_array_new_with_free_func(ike_free);
    list->leaving = 0;
}

void
gre_sa_list_clear(GreSaList *list)
{
    g_clear_pointer(&list->ike, g_ptr_array_unref);
}

static gboolean
is_one_of(const ViciSection *section, const char *key, const char *const *texts)
{
    for (; *texts; texts++)
        if (vici_section_is(section, key, *texts))
            return TRUE;
    return FALSE;
}

static char *
read_selectors(const ViciSection *section)
{
    g_auto(GStrv) local = vici_section_list(section, "local-ts");
    g_auto(GStrv) remote = vici_section_list(section, "remote-ts");
    g_autofree char *ours = local ? g_strjoinv(" ", local) : NULL;
    g_autofree char *theirs = remote ? g_strjoinv(" ", remote) : NULL;

    return ours && theirs ? g_strdup_printf("%s === %s", ours, theirs) : NULL;
}

static GreChildSa *
read_child(const ViciSection *section)
{
    GreChildSa *child = g_new0(GreChildSa, 1);

    child->unique_id = vici_section_string(section, "uniqueid");
    child->encr_alg = vici_section_string(section, "encr-alg");
    child->integ_alg = vici_section_string(section, "integ-alg");
    child->encr_keysize = (guint) vici_section_number(section, "encr-keysize", 10, 0);
    child->selectors = read_selectors(section);
    child->tunnel_mode = vici_section_is(section, "mode", "TUNNEL");
    child->encap = vici_section_is(section, "encap", "yes");
    child->rekeyed = vici_section_is(section, "state", "REKEYED");
    child->spi_in = (guint32) vici_section_number(section, "spi-in", 16, 0);
    child->spi_out = (guint32) vici_section_number(section, "spi-out", 16, 0);
    child->bytes_in = vici_section_number(section, "bytes-in", 10, 0);
    child->packets_in = vici_section_number(section, "packets-in", 10, 0);
    child->bytes_out = vici_section_number(section, "bytes-out", 10, 0);
    child->packets_out = vici_section_number(section, "packets-out", 10, 0);
    child->age = vici_section_number(section, "install-time", 10, 0);
    child->rekey = vici_section_number(section, "rekey-time", 10, 0);
    return child;
}

/* In strongSwan's own notation: key sizes behind the cipher, all joined by slashes. */
static char *
read_algorithms(const ViciSection *section)
{
    static const char *const keys[] = { "encr-alg", "integ-alg", "prf-alg", "dh-group" };
    GString                 *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *name = vici_section_string(section, keys[i]);
        g_autofree char *size = i == 0 ? vici_section_string(section, "encr-keysize") : NULL;

        if (name)
            g_string_append_printf(text, "%s%s%s%s", text->len > 0 ? "/" : "", name,
                                   size ? "-" : "", size ? size : "");
    }
    return g_string_free(text, FALSE);
}

static void
read_children(GreIkeSa *ike, const ViciSection *section)
{
    static const char *const carrying[] = { "INSTALLED", "UPDATING", "REKEYING", "REKEYED", NULL };
    char                     name[VICI_NAME_MAX + 1];
    ViciSection              children, child;

    if (!vici_section_section(section, "child-sas", &children))
        return;
    while (vici_section_next(&children, name, &child))
        if (is_one_of(&child, "state", carrying))
            g_ptr_array_add(ike->children, read_child(&child));
}

static void
read_remote(GreIkeSa *ike, const ViciSection *section)
{
    g_autofree char *text = vici_section_string(section, "remote-host");

    if (text)
        gre_address_parse(text, &ike->remote);
}

void
gre_sa_list_add(GreSaList *list, const char *name, const ViciSection *message)
{
    static const char *const standing[] = { "ESTABLISHED", "REKEYING", NULL };
    static const char *const leaving[] = { "REKEYED", "DELETING", "DESTROYING", NULL };
    ViciSection              section;
    GreIkeSa                *ike;

    if (!vici_section_section(message, name, &section))
        return;
    if (is_one_of(&section, "state", leaving)) {
        list->leaving++;
        return;
    }
    ike = g_new0(GreIkeSa, 1);
    ike->unique_id = vici_section_string(&section, "uniqueid");
    ike->initiator_spi = vici_section_string(&section, "initiator-spi");
    ike->established = is_one_of(&section, "state", standing);
    ike->rekeying = vici_section_is(&section, "state", "REKEYING");
    ike->ours = vici_section_is(&section, "initiator", "yes");
    ike->age = vici_section_number(&section, "established", 10, 0);
    ike->rekey = vici_section_number(&section, "rekey-time", 10, 0);
    ike->version = (guint) vici_section_number(&section, "version", 10, 0);
    ike->nat_local = vici_section_is(&section, "nat-local", "yes");
    ike->nat_remote = vici_section_is(&section, "nat-remote", "yes");
    read_remote(ike, &section);
    ike->local_id = vici_section_string(&section, "local-id");
    ike->remote_id = vici_section_string(&section, "remote-id");
    ike->algorithms = read_algorithms(&section);
    ike->children = g_ptr_array_new_with_free_func(child_free);
    if (ike->established)
        read_children(ike, &section);
    g_ptr_array_add(list->ike, ike);
}

static gint64
id_of(const GreChildSa *child)
{
    return child->unique_id ? g_ascii_strtoll(child->unique_id, NULL, 10) : 0;
}

const GreChildSa *
gre_sa_list_child(const GreSaList *list)
{
    const GreChildSa *newest = NULL;

    for (guint i = 0; i < list->ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(list->ike, i);

        for (guint j = 0; j < ike->children->len; j++) {
            const GreChildSa *child = g_ptr_array_index(ike->children, j);

            if (!newest || id_of(child) > id_of(newest))
                newest = child;
        }
    }
    return newest;
}

const GreIkeSa *
gre_sa_list_ike_of(const GreSaList *list, const GreChildSa *child)
{
    for (guint i = 0; i < list->ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(list->ike, i);

        if (g_ptr_array_find(ike->children, child, NULL))
            return ike;
    }
    return NULL;
}

/* @outbound: whether that SPI counts too */
static const GreIkeSa *
ike_of_spi(const GreSaList *list, guint32 spi, gboolean outbound)
{
    for (guint i = 0; i < list->ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(list->ike, i);

        for (guint j = 0; j < ike->children->len; j++) {
            const GreChildSa *child = g_ptr_array_index(ike->children, j);

            if (child->spi_in == spi || (outbound && child->spi_out == spi))
                return ike;
        }
    }
    return NULL;
}

const GreIkeSa *
gre_sa_list_ike_of_spi(const GreSaList *list, guint32 spi_in)
{
    return ike_of_spi(list, spi_in, FALSE);
}

gboolean
gre_sa_list_has_spi(const GreSaList *list, guint32 spi)
{
    return ike_of_spi(list, spi, TRUE) != NULL;
}

const GreIkeSa *
gre_sa_list_moved(const GreSaList *list, const GreAddress *remote)
{
    for (guint i = 0; i < list->ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(list->ike, i);

        if (ike->established && ike->remote.family != AF_UNSPEC &&
            !gre_address_equal(&ike->remote, remote))
            return ike;
    }
    return NULL;
}

const GreIkeSa *
gre_sa_list_half_open(const GreSaList *list, gboolean ours)
{
    for (guint i = 0; i < list->ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(list->ike, i);

        if (!ike->established && !ike->ours == !ours)
            return ike;
    }
    return NULL;
}

/* Whether both ends would keep @a of two IKE_SAs. */
static gboolean
ike_preferred(const GreIkeSa *a, const GreIkeSa *b)
{
    guint64 apart = a->age > b->age ? a->age - b->age : b->age - a->age;

    if (apart > (!a->ours == !b->ours ? SAME_MOMENT_S : SAME_TIME_S))
        return a->age < b->age;
    return g_strcmp0(a->initiator_spi, b->initiator_spi) < 0;
}

static guint32
lowest_spi(const GreChildSa *child)
{
    return MIN(child->spi_in, child->spi_out);
}

/* The CHILD_SA to end of those of @ike that carry the same as @like; NULL: there is only one. */
static const GreChildSa *
surplus_like(const GreIkeSa *ike, const GreChildSa *like)
{
    const GreChildSa *worst = NULL;
    guint             n = 0;

    for (guint i = 0; i < ike->children->len; i++) {
        const GreChildSa *child = g_ptr_array_index(ike->children, i);

        if (child->rekeyed || g_strcmp0(child->selectors, like->selectors) != 0)
            continue;
        n++;
        if (!worst || lowest_spi(child) > lowest_spi(worst))
            worst = child;
    }
    return n > 1 ? worst : NULL;
}

/* The CHILD_SA of @ike to end because another of it stays. */
static const GreChildSa *
surplus_child(const GreIkeSa *ike)
{
    const GreChildSa *worst = NULL;

    for (guint i = 0; !worst && i < ike->children->len; i++)
        worst = surplus_like(ike, g_ptr_array_index(ike->children, i));
    return worst;
}

/* Whether two ends each initiated one of the two at the same time. */
static gboolean
are_twins(const GreIkeSa *a, const GreIkeSa *b)
{
    guint64 apart = a->age > b->age ? a->age - b->age : b->age - a->age;

    return !a->ours != !b->ours && apart <= SAME_TIME_S;
}

gboolean
gre_sa_list_surplus(const GreSaList *list, GreSurplus *out)
{
    const GreIkeSa *best = NULL, *worst = NULL;

    *out = (GreSurplus){ 0 };
    for (guint i = 0; i < list->ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(list->ike, i);

        if (!ike->established || ike->children->len == 0)
            continue;
        if (ike->rekeying)
            return FALSE;
        if (!best || ike_preferred(ike, best)) {
            worst = best;
            best = ike;
        } else
            worst = ike;
    }
    if (worst) {
        out->ike = worst->unique_id;
        out->instead = are_twins(worst, best) && !worst->ours ? best->unique_id : NULL;
    } else if (best && surplus_child(best))
        out->child = surplus_child(best)->unique_id;
    return out->ike || out->child;
}

gboolean
gre_sa_list_child_equal(const GreChildSa *a, const GreChildSa *b)
{
    return g_strcmp0(a->encr_alg, b->encr_alg) == 0 && g_strcmp0(a->integ_alg, b->integ_alg) == 0 &&
           a->encr_keysize == b->encr_keysize && a->tunnel_mode == b->tunnel_mode &&
           a->encap == b->encap && a->spi_in == b->spi_in && a->spi_out == b->spi_out;
}
