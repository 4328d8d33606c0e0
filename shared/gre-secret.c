/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secrets: one block of memory each, decoded in place, wiped before it is freed.
 */
#include "config.h"

#include "gre-secret.h"
#include "gre-error.h"
#include "gre-i18n.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

struct _GreSecret {
    gatomicrefcount refs;
    gsize           len;
    guint8          data[];
};

/* Room for @len bytes, not filled yet, and a NUL that does not count: GnuTLS reads texts up to one.
 */
static GreSecret *
secret_alloc(gsize len)
{
    GreSecret *secret = g_malloc0(sizeof(GreSecret) + len + 1);

    g_atomic_ref_count_init(&secret->refs);
    secret->len = len;
    return secret;
}

GreSecret *
gre_secret_new(gconstpointer data, gsize len)
{
    GreSecret *secret = secret_alloc(len);

    if (len > 0)
        memcpy(secret->data, data, len);
    return secret;
}

GreSecret *
gre_secret_ref(GreSecret *secret)
{
    g_atomic_ref_count_inc(&secret->refs);
    return secret;
}

void
gre_secret_unref(GreSecret *secret)
{
    if (!secret || !g_atomic_ref_count_dec(&secret->refs))
        return;
    explicit_bzero(secret->data, secret->len);
    g_free(secret);
}

const guint8 *
gre_secret_data(const GreSecret *secret, gsize *len)
{
    *len = secret->len;
    return secret->data;
}

gboolean
gre_secret_equal(const GreSecret *a, const GreSecret *b)
{
    if (a == b)
        return TRUE;
    return a && b && a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static GreSecret *
decode_hex(const char *text)
{
    gsize len = strlen(text);
    g_autoptr(GreSecret) secret = NULL;

    if (len == 0 || len % 2 != 0)
        return NULL;
    secret = secret_alloc(len / 2);
    for (gsize i = 0; i < len; i++) {
        int digit = g_ascii_xdigit_value(text[i]);

        if (digit < 0)
            return NULL;
        secret->data[i / 2] = (guint8) (secret->data[i / 2] << 4 | digit);
    }
    return g_steal_pointer(&secret);
}

static int
base64_digit(char c)
{
    if (g_ascii_isupper(c))
        return c - 'A';
    if (g_ascii_islower(c))
        return c - 'a' + 26;
    if (g_ascii_isdigit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Number of base64 digits before the padding; 0 if padding or length is wrong. The padding may be
 * missing. */
static gsize
base64_length(const char *text)
{
    gsize len = strlen(text), padding = 0;

    while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
        padding++;
    if (padding > 0 && len % 4 != 0)
        return 0;
    len -= padding;
    return len % 4 == 1 ? 0 : len;
}

/* GLib's decoder skips unknown characters, so a mistyped key would silently become another. */
static GreSecret *
decode_base64(const char *text)
{
    gsize len = base64_length(text), n = 0;
    guint bits = 0, n_bits = 0;
    g_autoptr(GreSecret) secret = NULL;

    if (len == 0)
        return NULL;
    secret = secret_alloc(len * 6 / 8);
    for (gsize i = 0; i < len; i++) {
        int digit = base64_digit(text[i]);

        if (digit < 0)
            return NULL;
        bits = (bits << 6 | (guint) digit) & 0xffff;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            secret->data[n++] = (guint8) (bits >> n_bits);
        }
    }
    return g_steal_pointer(&secret);
}

GreSecret *
gre_secret_parse(const char *text, GError **error)
{
    GreSecret *secret;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        if (!(secret = decode_hex(text + 2)))
            g_set_error_literal(error, GRE_ERROR, GRE_ERROR_SECRET,
                                _("\"0x\" must be followed by pairs of hex digits"));
        return secret;
    }
    if (text[0] == '0' && (text[1] == 's' || text[1] == 'S')) {
        if (!(secret = decode_base64(text + 2)))
            g_set_error_literal(error, GRE_ERROR, GRE_ERROR_SECRET,
                                _("\"0s\" must be followed by base64"));
        return secret;
    }
    if (text[0] == '\0') {
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_SECRET, _("must not be empty"));
        return NULL;
    }
    return gre_secret_new(text, strlen(text));
}

void
gre_secret_free_text(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

void
gre_secret_hide_process(void)
{
    const struct rlimit none = { 0, 0 };

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}
