/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The proposals of an ipsec.conf(5): ike=, esp= or phase2alg=, and the groups that pfs= adds. */
#include "config.h"

#include "gre-algorithm.h"
#include "gre-i18n.h"
#include "gre-proposal.h"
#include "import/ipsec-common.h"

#include <string.h>

/* ---- words ---- */

/* Libreswan's or strongSwan's word for an algorithm. In IKE, an integrity algorithm next to an AEAD
 * means a PRF. */
static const GreAlgorithm *
find_algorithm(const char *word, gboolean prf)
{
    static const GreAlgorithmKind kinds[] = { GRE_ALGORITHM_ENCRYPTION, GRE_ALGORITHM_INTEGRITY,
                                              GRE_ALGORITHM_GROUP };
    const GreAlgorithm           *row = NULL;

    if (prf)
        row = gre_algorithm_find_word(GRE_WORDS_LIBRESWAN, GRE_ALGORITHM_PRF, word);
    for (gsize i = 0; !row && i < G_N_ELEMENTS(kinds); i++)
        row = gre_algorithm_find_word(GRE_WORDS_LIBRESWAN, kinds[i], word);
    return row ? row : gre_algorithm_find(word);
}

/* For a word without key length, the longer key goes first, as Libreswan offers them. Each gets a
 * proposal of its own: IKEv1 allows one encryption algorithm per proposal. */
enum { LENGTHS = 2 };

static const char *
without_length(const char *word, guint which)
{
    static const char *const words[][1 + LENGTHS] = { { "aes", "aes256", "aes128" },
                                                      { "aes_gcm", "aes256gcm16", "aes128gcm16" } };

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(words[i][0], word) == 0)
            return words[i][1 + which];
    return NULL;
}

typedef struct {
    GString *out;
    gboolean ike, aead;
    guint    which;   /* bits: the key lengths */
    gboolean lengths; /* a word had no key length */
} Translation;

/* Appends the algorithm of one word. FALSE: unknown. */
static gboolean
add_word(Translation *t, const char *word)
{
    const char         *name = without_length(word, t->which);
    const GreAlgorithm *row =
        name ? gre_algorithm_find(name) : find_algorithm(word, t->ike && t->aead);

    t->lengths = t->lengths || name;
    t->aead = t->aead || (row && row->aead);
    if (t->aead && g_ascii_strcasecmp(word, "null") == 0)
        return TRUE; /* Libreswan's integrity of an AEAD */
    if (!row)
        return FALSE;
    g_string_append_printf(t->out, "%s%s", t->out->len > 0 ? "-" : "", row->name);
    return TRUE;
}

/* Appends "aes256-sha2_256;dh14", "aes_gcm256-null" or "aes128+aes256-sha1" to @list. FALSE:
 * unknown word. */
static gboolean
translate_one(GPtrArray *list, const char *proposal, gboolean ike)
{
    g_auto(GStrv) words = g_strsplit_set(proposal, "-;+", -1);
    gboolean lengths = TRUE;

    for (guint which = 0; which < LENGTHS && lengths; which++) {
        g_autoptr(GString) out = g_string_new(NULL);
        Translation t = { .out = out, .ike = ike, .which = which };

        for (gsize i = 0; words[i]; i++)
            if (!add_word(&t, words[i]))
                return FALSE;
        if (!g_ptr_array_find_with_equal_func(list, out->str, g_str_equal, NULL))
            g_ptr_array_add(list, g_strdup(out->str));
        lengths = t.lengths;
    }
    return TRUE;
}

/* A strict list of strongSwan ends in "!"; our lists are always strict. (transfer full): NULL if a
 * word is unknown. */
static GPtrArray *
translate(const GreIpsecKey *key)
{
    g_auto(GStrv) items = g_strsplit(key->value, ",", -1);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

    for (gsize i = 0; items[i]; i++) {
        char *mark = strchr(items[i], '!');

        if (mark)
            *mark = '\0';
        if (!translate_one(list, g_strstrip(items[i]), strcmp(key->name, "ike") == 0))
            return NULL;
    }
    return g_steal_pointer(&list);
}

/* ---- groups ---- */

/* Libreswan rekeys with a new key exchange (pfs) unless disabled, in the group of IKE if esp= has
 * none; strongSwan does so if an ESP proposal has a group. */
static gboolean
needs_group(const GreIpsecConf *conf, const GreIpsecKey *esp, const GreIpsecKey *pfs)
{
    static const char *const libreswan[] = { "ikev2", "salifetime", "encapsulation" };

    if (pfs)
        return strcmp(pfs->value, "no") != 0;
    if (esp && strcmp(esp->name, "phase2alg") == 0)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(libreswan); i++)
        if (gre_ipsec_common_side(conf, "", libreswan[i]))
            return TRUE;
    return FALSE;
}

/* Appends the groups of a proposal, "-modp2048-ecp256", that @out lacks; returns whether it has
 * any. */
static gboolean
add_groups(GString *out, const char *proposal)
{
    g_autoptr(GPtrArray) rows = gre_algorithm_parse(proposal, NULL);
    gboolean any = FALSE;

    for (guint i = 0; rows && i < rows->len; i++) {
        const GreAlgorithm *row = rows->pdata[i];
        g_autofree char    *group = g_strconcat("-", row->name, "-", NULL);
        g_autofree char    *there = g_strconcat(out->str, "-", NULL);

        if (row->kind != GRE_ALGORITHM_GROUP)
            continue;
        any = TRUE;
        if (!strstr(there, group))
            g_string_append_printf(out, "-%s", row->name);
    }
    return any;
}

/* Whether all of @esp have a group afterwards. @ike: may be NULL */
static gboolean
complete_groups(GPtrArray *esp, const GPtrArray *ike)
{
    g_autoptr(GString) groups = g_string_new(NULL);
    gboolean all = TRUE;

    for (guint i = 0; ike && i < ike->len; i++)
        add_groups(groups, ike->pdata[i]);
    for (guint i = 0; i < esp->len; i++) {
        g_autoptr(GString) own = g_string_new(NULL);
        char *with;

        if (add_groups(own, esp->pdata[i]))
            continue;
        with = g_strconcat(esp->pdata[i], groups->str, NULL);
        g_free(esp->pdata[i]);
        esp->pdata[i] = with;
        all = all && groups->len > 0;
    }
    return all;
}

/* ---- both ---- */

static void
set(GreIpsecConf *conf, const GreIpsecKey *key, GPtrArray *list, const char *name)
{
    g_autofree char *text = NULL;

    if (!key)
        return;
    if (list) {
        g_ptr_array_add(list, NULL);
        text = g_strjoinv(",", (char **) list->pdata);
    }
    if (!text || !gre_profile_builder_set(conf->builder, key->name, name, text, NULL))
        gre_ipsec_common_note(conf, key);
}

/* IKE needs a group; Libreswan adds its own, and modp2048 is one of them in every version. */
static void
complete_ike(GreIpsecConf *conf, const GreIpsecKey *key, GPtrArray *list)
{
    gboolean completed = FALSE;

    for (guint i = 0; list && i < list->len; i++) {
        char *with;

        if (gre_proposal_has_group(list->pdata[i]))
            continue;
        with = g_strconcat(list->pdata[i], "-modp2048", NULL);
        g_free(list->pdata[i]);
        list->pdata[i] = with;
        completed = TRUE;
    }
    if (completed)
        gre_profile_builder_note(conf->builder,
                                 _("line %u: %s: has no Diffie-Hellman group: assuming modp2048"),
                                 key->line, key->name);
}

void
gre_ipsec_proposals_take(GreIpsecConf *conf)
{
    const GreIpsecKey *ike = gre_ipsec_common_take(conf, "", "ike");
    const GreIpsecKey *esp = gre_ipsec_common_take(conf, "", "esp");
    const GreIpsecKey *phase2 = gre_ipsec_common_take(conf, "", "phase2alg");
    const GreIpsecKey *pfs = gre_ipsec_common_take(conf, "", "pfs");
    g_autoptr(GPtrArray) ike_list = ike ? translate(ike) : NULL;
    g_autoptr(GPtrArray) esp_list = NULL;

    complete_ike(conf, ike, ike_list);
    esp = esp ? esp : phase2;
    esp_list = esp ? translate(esp) : NULL;
    if (needs_group(conf, esp, pfs) && (!esp_list || !complete_groups(esp_list, ike_list)))
        gre_profile_builder_note(
            conf->builder,
            _("conn %s: Libreswan rekeys with a Diffie-Hellman group unless pfs=no is set: add one "
              "to ipsec-esp-proposals, such as aes256gcm16-modp2048, or set pfs=no on the peer"),
            conf->builder->id);
    set(conf, ike, ike_list, "ipsec-ike-proposals");
    set(conf, esp, esp_list, "ipsec-esp-proposals");
}
