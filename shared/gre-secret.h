/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secret bytes: never copied into a string, wiped with the last reference.
 */
#ifndef GRE_SECRET_H
#define GRE_SECRET_H

#include <glib.h>

typedef struct _GreSecret GreSecret;

/* Copies @len bytes. The caller wipes its own copy. */
GreSecret    *gre_secret_new(gconstpointer data, gsize len);
GreSecret    *gre_secret_ref(GreSecret *secret);
void          gre_secret_unref(GreSecret *secret);
const guint8 *gre_secret_data(const GreSecret *secret, gsize *len);
gboolean      gre_secret_equal(const GreSecret *a, const GreSecret *b); /* NULL is equal to NULL */

/**
 * gre_secret_parse:
 * @text: a pre-shared key as users write it: plain text, "0x" and hex digits, or "0s" and base64,
 *   as in swanctl.conf(5)
 * @error: GRE_ERROR_SECRET; the message never quotes @text
 *
 * Returns: (transfer full): the secret or NULL.
 */
GreSecret *gre_secret_parse(const char *text, GError **error);

/* Wipes and frees @text; NULL is allowed. */
void gre_secret_free_text(char *text);

/* For a process that holds pre-shared keys: prevents core dumps and debuggers of the same user. */
void gre_secret_hide_process(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreSecret, gre_secret_unref)

#endif
