/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all routers' configurations have: two ends, addresses, routes and IKE. */
#include "config.h"

#include "import/router.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-strongswan.h"
#include "gre-value.h"
#include "import/file.h"
#include "import/local-addresses.h"

#include <string.h>

void
gre_router_init(GreRouter *self, GreProfileBuilder *builder)
{
    *self = (GreRouter){ .builder = builder };
    self->nets = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
}

void
gre_router_clear(GreRouter *self)
{
    g_clear_pointer(&self->nets, g_array_unref);
}

/* ---- the two ends ---- */

/* A router's file on a machine with neither address is for its peer: this machine may be behind
 * NAT, or prepare the profile for another. */
static gboolean
orient(GreRouter *self, GError **error)
{
    gboolean         has_source = gre_local_addresses_has(self->source);
    g_autofree char *from = gre_value_quote(self->source);
    g_autofree char *to = gre_value_quote(self->destination);

    self->of_peer = !has_source;
    if (has_source && gre_local_addresses_has(self->destination))
        return gre_error_fail(
            error,
            _("tunnel source %s, tunnel destination %s: can't tell which of them is this machine: "
              "replace that one with an address of this machine"),
            from, to);
    if (!has_source && !gre_local_addresses_has(self->destination))
        gre_profile_builder_note(self->builder,
                                 _("this machine has neither %s nor %s: the profile is for the "
                                   "router's peer, with the local address %s"),
                                 from, to, to);
    return TRUE;
}

gboolean
gre_router_take_ends(GreRouter *self, guint from, guint to, GError **error)
{
    g_autofree char *source = gre_file_where(from);
    g_autofree char *destination = gre_file_where(to);

    return orient(self, error) &&
           gre_profile_builder_endpoint(self->builder, source, self->of_peer ? "remote" : "local",
                                        self->source, error) &&
           gre_profile_builder_endpoint(self->builder, destination,
                                        self->of_peer ? "local" : "remote", self->destination,
                                        error);
}

/* ---- inside the tunnel ---- */

/* The other one of the two hosts in a network for two. */
static gboolean
opposite(const GrePrefix *of, GrePrefix *out)
{
    gsize  last = gre_address_size(of->address.family) - 1;
    guint  rest = (guint) (last + 1) * 8 - of->length;
    guint8 host = of->address.bytes[last] & 3;

    *out = *of;
    if (rest == 1)
        out->address.bytes[last] ^= 1;
    else if (rest == 2 && (host == 1 || host == 2))
        out->address.bytes[last] ^= 3;
    else
        return FALSE;
    return TRUE;
}

gboolean
gre_router_take_address(GreRouter *self, guint line, const GrePrefix *prefix, GError **error)
{
    GrePrefix        local = *prefix;
    char             text[GRE_ADDRESS_STRLEN];
    g_autofree char *where = gre_file_where(line);
    g_autofree char *whole = NULL;

    g_array_append_val(self->nets, *prefix);
    if (self->of_peer && !opposite(prefix, &local)) {
        gre_profile_builder_note(
            self->builder, _("%s: %s/%u is the peer's address inside the tunnel: add a local one"),
            where, gre_address_to_string(&prefix->address, text), prefix->length);
        return TRUE;
    }
    whole = gre_address_prefix_to_string(&local);
    return gre_profile_builder_address(self->builder, where, whole, error);
}

gboolean
gre_router_take_address_text(GreRouter *self, guint line, const char *text, GError **error)
{
    g_autofree char *shown = gre_value_quote(text);
    GrePrefix        prefix;

    if (gre_address_prefix_parse(text, &prefix))
        return gre_router_take_address(self, line, &prefix, error);
    if (!gre_address_parse(text, &prefix.address))
        return gre_error_fail(
            error, _("line %u: %s: expected an address and mask or prefix length"), line, shown);
    prefix.length = (guint8) (8 * gre_address_size(prefix.address.family));
    return gre_router_take_address(self, line, &prefix, error);
}

gboolean
gre_router_is_inside(const GreRouter *self, const char *hop)
{
    GreAddress address;

    for (guint i = 0; gre_address_parse(hop, &address) && i < self->nets->len; i++)
        if (gre_address_prefix_contains(&g_array_index(self->nets, GrePrefix, i), &address))
            return TRUE;
    return FALSE;
}

gboolean
gre_router_take_route(GreRouter *self, guint line, const char *to, const char *hop, GError **error)
{
    g_autofree char *where = gre_file_where(line);

    if (self->of_peer) {
        gre_profile_builder_note(self->builder,
                                 _("%s: the peer's route into the tunnel, to the local network %s"),
                                 where, to);
        return TRUE;
    }
    return gre_profile_builder_route(self->builder, where, AF_UNSPEC, to,
                                     hop && hop[0] ? hop : NULL, -1, error) != NULL;
}

/* ---- identities and keys ---- */

gboolean
gre_router_take_id(GreRouter *self, guint line, gboolean of_router, const char *id, GError **error)
{
    const char      *name = of_router != self->of_peer ? "ipsec-local-id" : "ipsec-remote-id";
    const char      *usual = of_router ? self->source : self->destination;
    g_autofree char *where = gre_file_where(line);

    return strcmp(id, usual) == 0 || gre_profile_builder_set(self->builder, where, name, id, error);
}

/* A literal key, even if it looks like hex digits to strongSwan. (transfer full) */
static char *
as_psk(const char *text, gboolean hex)
{
    GString *out;

    if (hex)
        return g_strconcat("0x", text + (g_str_has_prefix(text, "0x") ? 2 : 0), NULL);
    if (!g_str_has_prefix(text, "0x") && !g_str_has_prefix(text, "0s"))
        return g_strdup(text);
    out = g_string_new("0x");
    for (; *text; text++)
        g_string_append_printf(out, "%02x", (guchar) *text);
    return g_string_free(out, FALSE);
}

/* A second key, such as one for the other direction, must be the same. */
static gboolean
set_psk(GreRouter *self, guint line, const char *psk, GError **error)
{
    const char      *before = gre_profile_builder_get(self->builder, "ipsec-psk");
    g_autofree char *where = gre_file_where(line);

    if (!before)
        return gre_profile_builder_set(self->builder, where, "ipsec-psk", psk, error);
    if (strcmp(before, psk) != 0)
        return gre_error_fail(error,
                              _("%s: a different pre-shared key from the one before: a connection "
                                "has one for both directions"),
                              where);
    return TRUE;
}

gboolean
gre_router_take_psk(GreRouter *self, guint line, const char *text, gboolean hex, GError **error)
{
    char    *psk = as_psk(text, hex);
    gboolean done = set_psk(self, line, psk, error);

    gre_secret_free_text(psk);
    return done;
}

void
gre_router_note_psk(GreRouter *self)
{
    if (!self->has_key && !gre_profile_builder_get(self->builder, "ipsec-psk"))
        gre_profile_builder_note(self->builder,
                                 _("the file has no pre-shared key for this connection: set "
                                   "it before the first use"));
}

/* The router keeps them in its own storage; its configuration has none of this machine's. */
gboolean
gre_router_take_pubkey(GreRouter *self, GError **error)
{
    static const char *const files[][2] = {
        { "ipsec-private-key", "swanctl/private/tunnel.pem" },
        { "ipsec-cert", "swanctl/x509/tunnel.pem" },
        { "ipsec-ca", "swanctl/x509ca/tunnel.pem" },
    };
    g_auto(GStrv) paths = g_new0(char *, G_N_ELEMENTS(files) + 1);

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        paths[i] = gre_strongswan_config_path(files[i][1]);
        if (!gre_profile_builder_set(self->builder, "ipsec", files[i][0], paths[i], error))
            return FALSE;
    }
    g_hash_table_remove(self->builder->secrets, "ipsec-psk");
    gre_profile_builder_note(
        self->builder,
        _("a router's configuration doesn't contain this machine's key and certificate: before the "
          "first use, put them into %s and %s, and the certificate of the router's CA into %s"),
        paths[0], paths[1], paths[2]);
    return TRUE;
}

gboolean
gre_router_take_private_key(GreRouter *self, GError **error)
{
    g_autofree char *path = gre_strongswan_config_path("swanctl/private/tunnel.pem");

    gre_profile_builder_note(self->builder,
                             _("a router's configuration doesn't contain this machine's private "
                               "key: before the first use, put it into %s"),
                             path);
    return gre_profile_builder_set(self->builder, "ipsec", "ipsec-private-key", path, error);
}

/* ---- proposals ---- */

enum { ALGORITHMS_MAX = 64 }; /* in a proposal */

static gboolean
has_kind(GPtrArray *algorithms, GreAlgorithmKind kind)
{
    for (guint i = 0; i < algorithms->len; i++)
        if (((const GreAlgorithm *) algorithms->pdata[i])->kind == kind)
            return TRUE;
    return FALSE;
}

static gboolean
has_aead(GPtrArray *algorithms)
{
    for (guint i = 0; i < algorithms->len; i++)
        if (((const GreAlgorithm *) algorithms->pdata[i])->aead)
            return TRUE;
    return FALSE;
}

char *
gre_router_proposal(GreRouter *self, guint line, GPtrArray *algorithms)
{
    GString *out = g_string_new(NULL);

    if (!has_kind(algorithms, GRE_ALGORITHM_ENCRYPTION) ||
        (!has_kind(algorithms, GRE_ALGORITHM_INTEGRITY) && !has_aead(algorithms))) {
        gre_profile_builder_note(self->builder,
                                 _("line %u: no known encryption or integrity algorithm: left out"),
                                 line);
        g_string_free(out, TRUE);
        return NULL;
    }
    for (GreAlgorithmKind kind = GRE_ALGORITHM_ENCRYPTION; kind <= GRE_ALGORITHM_GROUP; kind++)
        for (guint i = 0; i < algorithms->len; i++) {
            const GreAlgorithm *row = algorithms->pdata[i];

            if (row->kind == kind)
                g_string_append_printf(out, "%s%s", out->len > 0 ? "-" : "", row->name);
        }
    return g_string_free(out, FALSE);
}

gboolean
gre_router_add_proposal(GreRouter *self, const char *name, const char *proposal, GError **error)
{
    const char      *before = gre_profile_builder_get(self->builder, name);
    g_autofree char *all = before ? g_strconcat(before, ",", proposal, NULL) : g_strdup(proposal);

    return gre_profile_builder_set(self->builder, name, name, all, error);
}

void
gre_router_add_algorithm(GreRouter        *self,
                         guint             line,
                         GreAlgorithmWords words,
                         GreAlgorithmKind  kind,
                         const char       *word,
                         GPtrArray        *algorithms)
{
    const GreAlgorithm *row = gre_algorithm_find_word(words, kind, word);
    g_autofree char    *shown = gre_value_quote(word);

    if (row)
        g_ptr_array_add(algorithms, (gpointer) row);
    else
        gre_profile_builder_note(self->builder, _("line %u: %s has no counterpart"), line, shown);
}

void
gre_router_add_algorithms(GreRouter        *self,
                          guint             line,
                          GreAlgorithmWords words,
                          GreAlgorithmKind  kind,
                          const char       *list,
                          GPtrArray        *algorithms)
{
    g_auto(GStrv) all = g_strsplit_set(list, ", ", -1);

    for (gsize i = 0; all[i] && algorithms->len < ALGORITHMS_MAX; i++)
        if (all[i][0])
            gre_router_add_algorithm(self, line, words, kind, all[i], algorithms);
}

void
gre_router_assume_algorithms(GreRouter        *self,
                             guint             line,
                             GreAlgorithmWords words,
                             GreAlgorithmKind  kind,
                             const char       *part,
                             const char       *list,
                             GPtrArray        *algorithms)
{
    gre_profile_builder_note(self->builder,
                             _("line %u: has no %s: assuming %s, the router's default"), line, part,
                             list);
    gre_router_add_algorithms(self, line, words, kind, list, algorithms);
}

/* An AEAD's integrity algorithm is none; in IKE, its hash is the PRF's. */
static void
drop_integrity(gboolean ike, GPtrArray *algorithms)
{
    for (guint i = algorithms->len; has_aead(algorithms) && i > 0; i--) {
        const GreAlgorithm *row = algorithms->pdata[i - 1], *prf;
        g_autofree char    *name = g_strconcat("prf", row->name, NULL);

        if (row->kind != GRE_ALGORITHM_INTEGRITY)
            continue;
        prf = ike && !has_kind(algorithms, GRE_ALGORITHM_PRF) ? gre_algorithm_find(name) : NULL;
        g_ptr_array_remove_index(algorithms, i - 1);
        if (prf)
            g_ptr_array_add(algorithms, (gpointer) prf);
    }
}

/* Without the encryption algorithms that are AEAD, or without the others. */
static GPtrArray *
without(GPtrArray *algorithms, gboolean aead)
{
    GPtrArray *out = g_ptr_array_new();

    for (guint i = 0; i < algorithms->len; i++) {
        const GreAlgorithm *row = algorithms->pdata[i];

        if (row->kind != GRE_ALGORITHM_ENCRYPTION || row->aead != aead)
            g_ptr_array_add(out, (gpointer) row);
    }
    return out;
}

static gboolean
add_algorithms(GreRouter *self, guint line, gboolean ike, GPtrArray *algorithms, GError **error)
{
    g_autofree char *proposal = NULL;

    drop_integrity(ike, algorithms);
    proposal = gre_router_proposal(self, line, algorithms);
    return !proposal ||
           gre_router_add_proposal(self, ike ? "ipsec-ike-proposals" : "ipsec-esp-proposals",
                                   proposal, error);
}

gboolean
gre_router_take_proposal(
    GreRouter *self, guint line, gboolean ike, GPtrArray *algorithms, GError **error)
{
    g_autoptr(GPtrArray) plain = without(algorithms, TRUE);
    g_autoptr(GPtrArray) aead = without(algorithms, FALSE);

    if (ike && !has_kind(algorithms, GRE_ALGORITHM_GROUP)) {
        gre_profile_builder_note(self->builder, _("line %u: has no group: left out"), line);
        return TRUE;
    }
    if (!has_kind(plain, GRE_ALGORITHM_ENCRYPTION) || !has_kind(aead, GRE_ALGORITHM_ENCRYPTION))
        return add_algorithms(self, line, ike, algorithms, error);
    return add_algorithms(self, line, ike, aead, error) &&
           add_algorithms(self, line, ike, plain, error);
}

/* ---- selectors ---- */

gboolean
gre_router_selects(const char *selector, const char *end)
{
    return !selector || gre_profile_builder_selector(selector, end) != GRE_SELECTOR_OTHER;
}
