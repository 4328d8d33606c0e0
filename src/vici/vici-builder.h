/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds a VICI message that is balanced and within the limits, or an error. */
#ifndef VICI_BUILDER_H
#define VICI_BUILDER_H

#include <glib.h>

typedef struct _ViciBuilder ViciBuilder;

/* The first error is kept: later calls do nothing and vici_builder_finish() reports it. */
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
/* The same with arbitrary bytes. */
void vici_builder_item_data(ViciBuilder *builder, gconstpointer data, gsize len);
void vici_builder_list(ViciBuilder *builder, const char *key, const char *const *items);

/* The bytes are wiped when they are freed, so that messages may carry secrets. */
GBytes *vici_builder_finish(ViciBuilder *builder, GError **error); /* frees @builder */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViciBuilder, vici_builder_free)

#endif
