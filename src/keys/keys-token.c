/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The path's attributes are separated by semicolons; the query follows a question mark. */
#include "keys/keys-token.h"

#include "gre-error.h"

#include <string.h>

static gboolean
fail(const char *what, GError **error)
{
    return gre_error_fail(error, "ipsec-private-key: pkcs11: %s", what);
}

/* The bytes of a percent-encoded value, in hex; NULL: malformed or empty. */
static char *
to_hex(const char *value)
{
    g_autoptr(GString) hex = g_string_new(NULL);

    for (; *value; value++) {
        guint byte = (guint8) *value;

        if (byte == '%') {
            if (!g_ascii_isxdigit(value[1]) || !g_ascii_isxdigit(value[2]))
                return NULL;
            byte = (guint) (g_ascii_xdigit_value(value[1]) << 4 | g_ascii_xdigit_value(value[2]));
            value += 2;
        }
        g_string_append_printf(hex, "%02x", byte);
    }
    return hex->len > 0 ? g_string_free(g_steal_pointer(&hex), FALSE) : NULL;
}

static gboolean
take(GreToken *token, const char *name, const char *value, GError **error)
{
    char **target = NULL;

    if (g_str_has_prefix(name, "pin-"))
        return fail("a PIN belongs in ipsec-private-key-password", error);
    if (strcmp(name, "id") == 0) {
        g_free(token->handle);
        token->handle = to_hex(value);
        return token->handle || fail("id is not percent-encoded", error);
    }
    if (strcmp(name, "slot-id") == 0)
        target = &token->slot;
    else if (strcmp(name, "module-name") == 0)
        target = &token->module;
    if (!target)
        return TRUE;
    g_free(*target);
    *target = g_uri_unescape_string(value, NULL);
    return *target || fail("an attribute is not percent-encoded", error);
}

static gboolean
is_number(const char *text)
{
    return text[0] && text[strspn(text, "0123456789")] == '\0' && strlen(text) < 10;
}

GreToken *
gre_keys_token_parse(const char *uri, GError **error)
{
    g_auto(GStrv) parts = g_strsplit_set(uri + strlen("pkcs11:"), ";?&", -1);
    GreToken *token = g_new0(GreToken, 1);
    gboolean  valid = TRUE;

    for (guint i = 0; valid && parts[i]; i++) {
        char *equals = strchr(parts[i], '=');

        if (parts[i][0] == '\0')
            continue;
        if (!equals) {
            valid = fail("an attribute has no value", error);
            break;
        }
        *equals = '\0';
        valid = take(token, parts[i], equals + 1, error);
    }
    if (valid && !token->handle)
        valid = fail("id=… is missing: strongSwan needs it to find the key", error);
    if (valid && token->slot && !is_number(token->slot))
        valid = fail("slot-id is not a number", error);
    if (valid)
        return token;
    gre_credentials_token_free(token);
    return NULL;
}
