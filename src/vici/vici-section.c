/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views into a VICI message that passed the check. */
#include "vici/vici-section.h"

#include <string.h>

#include "vici/vici-grammar.h"

/* Moves @iter past the contents of a section or list and past its end mark. */
static ViciSection
take_body(ViciSection *iter)
{
    ViciSection body = *iter;
    guint       depth = 1;

    while (depth > 0) {
        ViciElement element;

        body.len = (gsize) (iter->data - body.data);
        if (vici_grammar_element_read(iter, &element))
            break; /* impossible in a checked message */
        switch (element.type) {
        case VICI_ELEMENT_SECTION_START:
        case VICI_ELEMENT_LIST_START:
            depth++;
            break;
        case VICI_ELEMENT_SECTION_END:
        case VICI_ELEMENT_LIST_END:
            depth--;
            break;
        case VICI_ELEMENT_KEY_VALUE:
        case VICI_ELEMENT_LIST_ITEM:
            break;
        }
    }
    return body;
}

/* The next element directly in @iter; a section or list is taken as a whole. */
static gboolean
next_element(ViciSection *iter, ViciElement *element, ViciSection *body)
{
    if (iter->len == 0 || vici_grammar_element_read(iter, element))
        return FALSE;
    if (element->type == VICI_ELEMENT_SECTION_START || element->type == VICI_ELEMENT_LIST_START)
        *body = take_body(iter);
    return TRUE;
}

/* The first element of @type and @name directly in @section. Names should be unique, but the daemon
 * does not ensure it; it takes the first one as well. */
static gboolean
find_element(const ViciSection *section,
             ViciElementType    type,
             const char        *name,
             ViciElement       *element,
             ViciSection       *body)
{
    ViciSection iter = *section;
    gsize       len = strlen(name);

    while (next_element(&iter, element, body)) {
        if (element->type == type && element->name_len == len &&
            memcmp(element->name, name, len) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
vici_section_value(const ViciSection *section, const char *key, ViciValue *out)
{
    ViciElement element;
    ViciSection body;

    if (!find_element(section, VICI_ELEMENT_KEY_VALUE, key, &element, &body))
        return FALSE;
    *out = element.value;
    return TRUE;
}

static char *
value_to_string(const ViciValue *value)
{
    if (value->len > 0 && memchr(value->data, '\0', value->len))
        return NULL;
    return g_strndup((const char *) value->data, value->len);
}

char *
vici_section_string(const ViciSection *section, const char *key)
{
    ViciValue value;

    if (!vici_section_value(section, key, &value))
        return NULL;
    return value_to_string(&value);
}

gboolean
vici_section_is(const ViciSection *section, const char *key, const char *text)
{
    ViciValue value;

    return vici_section_value(section, key, &value) && value.len == strlen(text) &&
           memcmp(value.data, text, value.len) == 0;
}

guint64
vici_section_number(const ViciSection *section, const char *key, guint base, guint64 fallback)
{
    g_autofree char *text = vici_section_string(section, key);
    guint64          number;

    if (!text || !g_ascii_string_to_unsigned(text, base, 0, G_MAXUINT64, &number, NULL))
        return fallback;
    return number;
}

gboolean
vici_section_section(const ViciSection *section, const char *name, ViciSection *out)
{
    ViciElement element;
    ViciSection body;

    if (!find_element(section, VICI_ELEMENT_SECTION_START, name, &element, &body))
        return FALSE;
    *out = body;
    return TRUE;
}

gboolean
vici_section_next(ViciSection *iter, char name[VICI_NAME_MAX + 1], ViciSection *out)
{
    ViciElement element;
    ViciSection body;

    while (next_element(iter, &element, &body)) {
        if (element.type != VICI_ELEMENT_SECTION_START)
            continue;
        memcpy(name, element.name, element.name_len);
        name[element.name_len] = '\0';
        *out = body;
        return TRUE;
    }
    return FALSE;
}

char **
vici_section_list(const ViciSection *section, const char *key)
{
    g_autoptr(GPtrArray) items = NULL;
    ViciElement element;
    ViciSection body;
    ViciSection unused;

    if (!find_element(section, VICI_ELEMENT_LIST_START, key, &element, &body))
        return NULL;
    items = g_ptr_array_new_with_free_func(g_free);
    while (next_element(&body, &element, &unused)) {
        char *item = value_to_string(&element.value);

        if (!item)
            return NULL;
        g_ptr_array_add(items, item);
    }
    g_ptr_array_add(items, NULL);
    return (char **) g_ptr_array_free(g_steal_pointer(&items), FALSE);
}
