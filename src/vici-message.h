/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI messages (strongSwan, src/libcharon/plugins/vici/README.md): a builder that can't make an
 * unbalanced one, a check for bytes from outside, and borrowed views into checked messages.
 * One grammar serves both sides.
 */
#ifndef VICI_MESSAGE_H
#define VICI_MESSAGE_H

#include <glib.h>

#define VICI_FRAME_MAX (512 * 1024) /* bytes after the length word */
#define VICI_NAME_MAX  255
#define VICI_VALUE_MAX 65535

typedef struct _ViciBuilder ViciBuilder;

/* The first mistake sticks: all calls after it do nothing and vici_builder_finish() reports it. */
ViciBuilder *vici_builder_new(void);
void         vici_builder_free(ViciBuilder *builder); /* wipes what was built */
void         vici_builder_begin(ViciBuilder *builder, const char *section);
void         vici_builder_end(ViciBuilder *builder);
void         vici_builder_string(ViciBuilder *builder, const char *key, const char *value);
void         vici_builder_format(ViciBuilder *builder, const char *key, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void vici_builder_data(ViciBuilder *builder, const char *key, gconstpointer data, gsize len);
void vici_builder_begin_list(ViciBuilder *builder, const char *key);
void vici_builder_item(ViciBuilder *builder, const char *value);
void vici_builder_end_list(ViciBuilder *builder);
/* The same with any bytes. */
void vici_builder_item_data(ViciBuilder *builder, gconstpointer data, gsize len);
void vici_builder_list(ViciBuilder *builder, const char *key, const char *const *items);

/* Bytes whose memory is wiped when they go; for messages that carry secrets too. */
GBytes *vici_builder_finish(ViciBuilder *builder, GError **error); /* frees @builder */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViciBuilder, vici_builder_free)

/* A view into a checked message or one of its sections. Borrowed: as long as the bytes live. */
typedef struct {
    const guint8 *data;
    gsize         len;
} ViciSection;

/* A key's value: not NUL-terminated, may hold any byte. */
typedef struct {
    const guint8 *data;
    gsize         len;
} ViciValue;

/**
 * vici_message_check:
 * @out: (nullable): the root section; set on success only
 * @error: GRE_ERROR_PROTOCOL, with the offset
 *
 * Checks all of a message once: element types, lengths, nesting, balance. After it the views below
 * need no checks.
 */
gboolean vici_message_check(gconstpointer data, gsize len, ViciSection *out, GError **error);

/* The value of @key directly in @section; FALSE where there is none. */
gboolean vici_section_value(const ViciSection *section, const char *key, ViciValue *out);

/* The value as a string: (transfer full), NULL where there is none or it holds a NUL byte. */
char *vici_section_string(const ViciSection *section, const char *key);

/* Whether @key's value is exactly @text. */
gboolean vici_section_is(const ViciSection *section, const char *key, const char *text);

/* The value as a number (decimal; base 16 for SPIs), @fallback where there is none. */
guint64
vici_section_number(const ViciSection *section, const char *key, guint base, guint64 fallback);

/* The section @name directly in @section. */
gboolean vici_section_section(const ViciSection *section, const char *name, ViciSection *out);

/**
 * vici_section_next:
 * @iter: a copy of the section to walk; moves on with each call
 * @name: (out): the name of the next section directly in it, NUL-terminated
 *
 * Returns: FALSE when there is none left.
 */
gboolean vici_section_next(ViciSection *iter, char name[VICI_NAME_MAX + 1], ViciSection *out);

/* The strings of list @key: (transfer full) strv, NULL where there is no such list. */
char **vici_section_list(const ViciSection *section, const char *key);

#endif
