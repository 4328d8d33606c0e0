/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views into a VICI message that passed vici_message_check(): nothing is copied. */
#ifndef VICI_SECTION_H
#define VICI_SECTION_H

#include <glib.h>

#define VICI_FRAME_MAX (512 * 1024) /* bytes after the length word */
#define VICI_NAME_MAX  255
#define VICI_VALUE_MAX 65535

/* A view into a checked message or one of its sections. Borrowed: valid as long as the bytes. */
typedef struct {
    const guint8 *data;
    gsize         len;
} ViciSection;

/* A key's value: not NUL-terminated, may contain any byte. */
typedef struct {
    const guint8 *data;
    gsize         len;
} ViciValue;

/* The value of @key directly in @section; FALSE if there is none. */
gboolean vici_section_value(const ViciSection *section, const char *key, ViciValue *out);

/* The value as a string: (transfer full), NULL if there is none or it contains a NUL byte. */
char *vici_section_string(const ViciSection *section, const char *key);

/* Whether @key's value is exactly @text. */
gboolean vici_section_is(const ViciSection *section, const char *key, const char *text);

/* The value as a number (decimal; base 16 for SPIs), @fallback if there is none. */
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

/* The strings of list @key: (transfer full) strv, NULL if there is no such list. */
char **vici_section_list(const ViciSection *section, const char *key);

#endif
