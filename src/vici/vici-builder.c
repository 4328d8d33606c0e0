/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds VICI messages. The memory is our own, not a GByteArray's: messages carry keys, so it is
 * wiped whenever it is freed or reallocated.
 */
#include "vici/vici-builder.h"

#include <string.h>

#include "gre-error.h"
#include "vici/vici-grammar.h"

typedef struct {
    guint8 *data;
    gsize   len;
    gsize   size;
} Buffer;

struct _ViciBuilder {
    Buffer      buffer;
    ViciGrammar grammar;
    GError     *error;
};

static void
buffer_free(gpointer data)
{
    Buffer *buffer = data;

    if (buffer->data)
        explicit_bzero(buffer->data, buffer->size);
    g_free(buffer->data);
    g_free(buffer);
}

static void
buffer_reserve(Buffer *buffer, gsize more)
{
    gsize   size = MAX(buffer->size, 256);
    guint8 *data;

    while (size - buffer->len < more)
        size *= 2;
    if (size == buffer->size)
        return;
    data = g_malloc(size);
    if (buffer->len > 0) {
        memcpy(data, buffer->data, buffer->len);
        explicit_bzero(buffer->data, buffer->size);
    }
    g_free(buffer->data);
    buffer->data = data;
    buffer->size = size;
}

static void
buffer_add(Buffer *buffer, gconstpointer data, gsize len)
{
    if (len > 0)
        memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
}

static void
buffer_add_byte(Buffer *buffer, gsize byte)
{
    buffer->data[buffer->len++] = (guint8) byte;
}

ViciBuilder *
vici_builder_new(void)
{
    return g_new0(ViciBuilder, 1);
}

void
vici_builder_free(ViciBuilder *builder)
{
    if (!builder)
        return;
    if (builder->buffer.data)
        explicit_bzero(builder->buffer.data, builder->buffer.size);
    g_free(builder->buffer.data);
    g_clear_error(&builder->error);
    g_free(builder);
}

/* Names only the key: the value may be a secret. */
static void
set_mistake(ViciBuilder *builder, const char *wrong, const char *name)
{
    g_set_error(&builder->error, GRE_ERROR, GRE_ERROR_PROTOCOL,
                "VICI message can't be built: %s%s%.64s", wrong, name ? " at " : "",
                name ? name : "");
}

/* @name and @value: NULL if the type has none. */
static const char *
check_element(const ViciBuilder *builder, const char *name, const ViciValue *value)
{
    gsize room = VICI_FRAME_MAX - builder->buffer.len;
    gsize need = 1 + (name ? 1 + strlen(name) : 0) + (value ? 2 + value->len : 0);

    if (value && value->len > VICI_VALUE_MAX)
        return "a value is too long";
    if (need > room)
        return "the message is too long";
    return name ? vici_grammar_name((const guint8 *) name, strlen(name)) : NULL;
}

static void
add_element(ViciBuilder *builder, ViciElementType type, const char *name, const ViciValue *value)
{
    Buffer     *buffer = &builder->buffer;
    const char *wrong;

    if (builder->error)
        return;
    wrong = check_element(builder, name, value);
    if (!wrong)
        wrong = vici_grammar_step(&builder->grammar, type);
    if (wrong) {
        set_mistake(builder, wrong, name);
        return;
    }
    buffer_reserve(buffer, 1 + 1 + VICI_NAME_MAX + 2 + (value ? value->len : 0));
    buffer_add_byte(buffer, type);
    if (name) {
        buffer_add_byte(buffer, strlen(name));
        buffer_add(buffer, name, strlen(name));
    }
    if (value) {
        buffer_add_byte(buffer, value->len >> 8);
        buffer_add_byte(buffer, value->len & 0xff);
        buffer_add(buffer, value->data, value->len);
    }
}

static void
add_named(ViciBuilder *builder, ViciElementType type, const char *name, const ViciValue *value)
{
    if (name)
        add_element(builder, type, name, value);
    else if (!builder->error)
        set_mistake(builder, "a name is missing", NULL);
}

void
vici_builder_begin(ViciBuilder *builder, const char *section)
{
    add_named(builder, VICI_ELEMENT_SECTION_START, section, NULL);
}

void
vici_builder_end(ViciBuilder *builder)
{
    add_element(builder, VICI_ELEMENT_SECTION_END, NULL, NULL);
}

void
vici_builder_data(ViciBuilder *builder, const char *key, gconstpointer data, gsize len)
{
    const ViciValue value = { data, len };

    add_named(builder, VICI_ELEMENT_KEY_VALUE, key, &value);
}

void
vici_builder_string(ViciBuilder *builder, const char *key, const char *value)
{
    if (value)
        vici_builder_data(builder, key, value, strlen(value));
    else if (!builder->error)
        set_mistake(builder, "a value is missing", key);
}

void
vici_builder_format(ViciBuilder *builder, const char *key, const char *format, ...)
{
    char   *text;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    vici_builder_string(builder, key, text);
    explicit_bzero(text, strlen(text));
    g_free(text);
}

void
vici_builder_begin_list(ViciBuilder *builder, const char *key)
{
    add_named(builder, VICI_ELEMENT_LIST_START, key, NULL);
}

void
vici_builder_item(ViciBuilder *builder, const char *value)
{
    const ViciValue item = { (const guint8 *) value, value ? strlen(value) : 0 };

    if (value)
        add_element(builder, VICI_ELEMENT_LIST_ITEM, NULL, &item);
    else if (!builder->error)
        set_mistake(builder, "a list item is missing", NULL);
}

void
vici_builder_item_data(ViciBuilder *builder, gconstpointer data, gsize len)
{
    const ViciValue item = { data, len };

    add_element(builder, VICI_ELEMENT_LIST_ITEM, NULL, &item);
}

void
vici_builder_end_list(ViciBuilder *builder)
{
    add_element(builder, VICI_ELEMENT_LIST_END, NULL, NULL);
}

void
vici_builder_list(ViciBuilder *builder, const char *key, const char *const *items)
{
    vici_builder_begin_list(builder, key);
    for (; items && *items; items++)
        vici_builder_item(builder, *items);
    vici_builder_end_list(builder);
}

GBytes *
vici_builder_finish(ViciBuilder *builder, GError **error)
{
    const char *wrong = vici_grammar_end(&builder->grammar);
    Buffer     *buffer = NULL;

    if (wrong && !builder->error)
        set_mistake(builder, wrong, NULL);
    if (builder->error) {
        g_propagate_error(error, g_steal_pointer(&builder->error));
    } else {
        buffer = g_new(Buffer, 1);
        *buffer = builder->buffer;
        builder->buffer = (Buffer){ 0 };
    }
    vici_builder_free(builder);
    if (!buffer)
        return NULL;
    return g_bytes_new_with_free_func(buffer->data, buffer->len, buffer_free, buffer);
}
