/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model of credentials, and their messages: a GVariant preceded by its length, followed by a
 * secret. */
#include "keys/credentials.h"

#include "gre-error.h"

#include <string.h>

/* ---- the model ---- */

void
gre_credentials_token_free(GreToken *token)
{
    if (!token)
        return;
    g_free(token->handle);
    g_free(token->module);
    g_free(token->slot);
    g_free(token);
}

GreCredentials *
gre_credentials_new(void)
{
    GreCredentials *credentials = g_new0(GreCredentials, 1);

    g_atomic_ref_count_init(&credentials->refs);
    credentials->authorities = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
    return credentials;
}

GreCredentials *
gre_credentials_ref(GreCredentials *credentials)
{
    g_atomic_ref_count_inc(&credentials->refs);
    return credentials;
}

void
gre_credentials_unref(GreCredentials *credentials)
{
    if (!credentials || !g_atomic_ref_count_dec(&credentials->refs))
        return;
    gre_secret_unref(credentials->key);
    gre_secret_unref(credentials->pin);
    gre_credentials_token_free(credentials->token);
    g_clear_pointer(&credentials->cert, g_bytes_unref);
    g_ptr_array_unref(credentials->authorities);
    g_strfreev(credentials->anchors);
    g_free(credentials->key_id);
    g_free(credentials->local_id);
    g_free(credentials->remote_id);
    g_free(credentials->ca_id);
    g_free(credentials->remote_key_id);
    g_free(credentials);
}

static gboolean
bytes_equal(GBytes *a, GBytes *b)
{
    return a && b ? g_bytes_equal(a, b) : a == b;
}

const char *
gre_credentials_conflict(const GreCredentials *a, const GreCredentials *b)
{
    if (!a || !b)
        return a == b ? NULL : "ipsec";
    if (g_strcmp0(a->key_id, b->key_id) != 0)
        return "ipsec-private-key";
    if (!bytes_equal(a->cert, b->cert))
        return "ipsec-cert";
    if (g_strcmp0(a->remote_key_id, b->remote_key_id) != 0)
        return a->remote_key_id && b->remote_key_id ? "ipsec-remote-cert" : "ipsec-ca";
    if (!a->remote_key_id && g_strcmp0(a->ca_id, b->ca_id) != 0)
        return "ipsec-ca";
    if (g_strcmp0(a->local_id, b->local_id) != 0)
        return "ipsec-local-id";
    return g_strcmp0(a->remote_id, b->remote_id) != 0 ? "ipsec-remote-id" : NULL;
}

/* ---- messages ---- */

static GreSecret *
pack(GVariant *message, const GreSecret *secret)
{
    g_autoptr(GVariant) owned = g_variant_ref_sink(message);
    gsize         size = g_variant_get_size(owned), n = 0;
    guint64       head = size; /* what follows stays aligned */
    const guint8 *data = secret ? gre_secret_data(secret, &n) : NULL;
    guint8       *all = g_malloc(sizeof head + size + n);
    GreSecret    *packed;

    memcpy(all, &head, sizeof head);
    g_variant_store(owned, all + sizeof head);
    if (data)
        memcpy(all + sizeof head + size, data, n);
    packed = gre_secret_new(all, sizeof head + size + n);
    explicit_bzero(all, sizeof head + size + n);
    g_free(all);
    return packed;
}

/* @secret: (transfer full): NULL if the message has none */
static GVariant *
unpack(gconstpointer data, gsize len, const GVariantType *type, GreSecret **secret)
{
    const guint8 *bytes = data;
    guint64       size;
    gpointer      copy;
    g_autoptr(GVariant) message = NULL;

    if (len < sizeof size)
        return NULL;
    memcpy(&size, bytes, sizeof size);
    if (size > len - sizeof size)
        return NULL;
    copy = g_memdup2(bytes + sizeof size, size);
    message = g_variant_ref_sink(g_variant_new_from_data(type, copy, size, FALSE, g_free, copy));
    if (!g_variant_is_normal_form(message))
        return NULL;
    len -= sizeof size + size;
    *secret = len > 0 ? gre_secret_new(bytes + sizeof size + size, len) : NULL;
    return g_steal_pointer(&message);
}

static void
add_string(GVariantBuilder *builder, const char *key, const char *value)
{
    if (value)
        g_variant_builder_add(builder, "{sv}", key, g_variant_new_string(value));
}

static char *
get_string(GVariant *message, const char *key)
{
    char *value = NULL;

    g_variant_lookup(message, key, "s", &value);
    return value;
}

GreSecret *
gre_credentials_request_pack(const GreKeyRequest *request)
{
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    add_string(&builder, "user", request->user);
    add_string(&builder, "ca", request->ca);
    add_string(&builder, "cert", request->cert);
    add_string(&builder, "remote-cert", request->remote_cert);
    add_string(&builder, "key", request->key);
    add_string(&builder, "remote-pubkey", request->remote_pubkey);
    add_string(&builder, "local-id", request->local_id);
    add_string(&builder, "remote-id", request->remote_id);
    add_string(&builder, "local-address", request->local_address);
    add_string(&builder, "remote-address", request->remote_address);
    g_variant_builder_add(&builder, "{sv}", "ike-version",
                          g_variant_new_uint32(request->ike_version));
    return pack(g_variant_builder_end(&builder), request->password);
}

GreKeyRequest *
gre_credentials_request_unpack(gconstpointer data, gsize len)
{
    GreSecret *password = NULL;
    g_autoptr(GVariant) message = unpack(data, len, G_VARIANT_TYPE_VARDICT, &password);
    GreKeyRequest *request;

    if (!message)
        return NULL;
    request = g_new0(GreKeyRequest, 1);
    request->user = get_string(message, "user");
    request->ca = get_string(message, "ca");
    request->cert = get_string(message, "cert");
    request->remote_cert = get_string(message, "remote-cert");
    request->key = get_string(message, "key");
    request->remote_pubkey = get_string(message, "remote-pubkey");
    request->local_id = get_string(message, "local-id");
    request->remote_id = get_string(message, "remote-id");
    request->local_address = get_string(message, "local-address");
    request->remote_address = get_string(message, "remote-address");
    g_variant_lookup(message, "ike-version", "u", &request->ike_version);
    request->password = password;
    return request;
}

void
gre_credentials_request_free(GreKeyRequest *request)
{
    if (!request)
        return;
    g_free(request->user);
    g_free(request->ca);
    g_free(request->cert);
    g_free(request->remote_cert);
    g_free(request->key);
    g_free(request->remote_pubkey);
    g_free(request->local_id);
    g_free(request->remote_id);
    g_free(request->local_address);
    g_free(request->remote_address);
    gre_secret_unref(request->password);
    g_free(request);
}

static GVariant *
bytes_to_variant(GBytes *bytes)
{
    return g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

static GBytes *
variant_to_bytes(GVariant *variant)
{
    gsize         n;
    gconstpointer data = g_variant_get_fixed_array(variant, &n, 1);

    return g_bytes_new(data, n);
}

static void
add_certificates(GVariantBuilder *builder, const GreCredentials *credentials)
{
    GVariantBuilder list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aay"));

    for (guint i = 0; i < credentials->authorities->len; i++)
        g_variant_builder_add_value(&list, bytes_to_variant(credentials->authorities->pdata[i]));
    g_variant_builder_add(builder, "{sv}", "authorities", g_variant_builder_end(&list));
    if (credentials->cert)
        g_variant_builder_add(builder, "{sv}", "cert", bytes_to_variant(credentials->cert));
    if (credentials->anchors)
        g_variant_builder_add(builder, "{sv}", "anchors",
                              g_variant_new_strv((const char *const *) credentials->anchors, -1));
}

/* A token's PIN is the request's password: it is not sent back. */
GreSecret *
gre_credentials_pack(const GreCredentials *credentials, const GError *error)
{
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    if (!credentials) {
        g_variant_builder_add(&builder, "{sv}", "code", g_variant_new_int32(error->code));
        add_string(&builder, "message", error->message);
        return pack(g_variant_builder_end(&builder), NULL);
    }
    add_certificates(&builder, credentials);
    add_string(&builder, "key-id", credentials->key_id);
    add_string(&builder, "local-id", credentials->local_id);
    add_string(&builder, "remote-id", credentials->remote_id);
    add_string(&builder, "ca-id", credentials->ca_id);
    add_string(&builder, "remote-key-id", credentials->remote_key_id);
    if (credentials->token) {
        add_string(&builder, "token-handle", credentials->token->handle);
        add_string(&builder, "token-module", credentials->token->module);
        add_string(&builder, "token-slot", credentials->token->slot);
    }
    return pack(g_variant_builder_end(&builder), credentials->key);
}

static void
get_certificates(GVariant *message, GreCredentials *credentials)
{
    g_autoptr(GVariant) list =
        g_variant_lookup_value(message, "authorities", G_VARIANT_TYPE("aay"));
    g_autoptr(GVariant) cert = g_variant_lookup_value(message, "cert", G_VARIANT_TYPE_BYTESTRING);

    for (gsize i = 0; list && i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) one = g_variant_get_child_value(list, i);

        g_ptr_array_add(credentials->authorities, variant_to_bytes(one));
    }
    if (cert)
        credentials->cert = variant_to_bytes(cert);
    g_variant_lookup(message, "anchors", "^as", &credentials->anchors);
}

static void
get_token(GVariant *message, GreCredentials *credentials)
{
    char *handle = get_string(message, "token-handle");

    if (!handle)
        return;
    credentials->token = g_new0(GreToken, 1);
    credentials->token->handle = handle;
    credentials->token->module = get_string(message, "token-module");
    credentials->token->slot = get_string(message, "token-slot");
}

GreCredentials *
gre_credentials_unpack(gconstpointer data, gsize len, GError **error)
{
    g_autoptr(GreSecret) secret = NULL;
    g_autoptr(GVariant) message = unpack(data, len, G_VARIANT_TYPE_VARDICT, &secret);
    g_autoptr(GreCredentials) credentials = gre_credentials_new();
    const char *text;
    gint32      code;

    if (message && g_variant_lookup(message, "code", "i", &code) &&
        g_variant_lookup(message, "message", "&s", &text)) {
        g_set_error_literal(error, GRE_ERROR, code, text);
        return NULL;
    }
    if (message) {
        get_certificates(message, credentials);
        get_token(message, credentials);
        credentials->key_id = get_string(message, "key-id");
        credentials->local_id = get_string(message, "local-id");
        credentials->remote_id = get_string(message, "remote-id");
        credentials->ca_id = get_string(message, "ca-id");
        credentials->remote_key_id = get_string(message, "remote-key-id");
        credentials->key = g_steal_pointer(&secret);
    }
    if (credentials->key_id && credentials->local_id && credentials->remote_id &&
        credentials->anchors && (credentials->key || credentials->token))
        return g_steal_pointer(&credentials);
    g_set_error_literal(error, GRE_ERROR, GRE_ERROR_PROTOCOL,
                        "nm-gre-keys, which reads keys and certificates, did not answer");
    return NULL;
}
