/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes what strongSwan sends: the input goes through the frame splitter in chunks, whose sizes
 * its first byte sets; the message of every packet, and the input itself as a message, is checked,
 * walked by every view, and built again, which must give the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "vici/vici-frame.h"
#include "vici/vici-grammar.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
look_up(const ViciSection *section, const char *name)
{
    ViciValue   value;
    ViciSection body;

    g_free(vici_section_string(section, name));
    g_strfreev(vici_section_list(section, name));
    vici_section_value(section, name, &value);
    vici_section_section(section, name, &body);
    vici_section_is(section, name, "yes");
    vici_section_number(section, name, 16, 0);
}

/* By the views alone. */
static void
walk(const ViciSection *section)
{
    ViciSection iter = *section;
    ViciSection body;
    char        name[VICI_NAME_MAX + 1];

    look_up(section, "key1");
    while (vici_section_next(&iter, name, &body)) {
        look_up(section, name);
        walk(&body);
    }
}

static void
rebuild_element(ViciBuilder *builder, const ViciElement *element)
{
    g_autofree char *name = g_strndup((const char *) element->name, element->name_len);
    g_autofree char *value = g_strndup((const char *) element->value.data, element->value.len);

    switch (element->type) {
    case VICI_ELEMENT_SECTION_START:
        vici_builder_begin(builder, name);
        break;
    case VICI_ELEMENT_SECTION_END:
        vici_builder_end(builder);
        break;
    case VICI_ELEMENT_KEY_VALUE:
        vici_builder_data(builder, name, element->value.data, element->value.len);
        break;
    case VICI_ELEMENT_LIST_START:
        vici_builder_begin_list(builder, name);
        break;
    case VICI_ELEMENT_LIST_ITEM:
        vici_builder_item(builder, value);
        break;
    case VICI_ELEMENT_LIST_END:
        vici_builder_end_list(builder);
        break;
    }
}

/* The builder has list items as strings only: a message with a NUL in one is left out. */
static gboolean
has_nul_item(const ViciSection *root)
{
    ViciSection rest = *root;
    ViciElement element;

    while (rest.len > 0 && !vici_grammar_element_read(&rest, &element)) {
        if (element.type == VICI_ELEMENT_LIST_ITEM && element.value.len > 0 &&
            memchr(element.value.data, 0, element.value.len))
            return TRUE;
    }
    return FALSE;
}

static void
rebuild(const ViciSection *root)
{
    ViciBuilder *builder = vici_builder_new();
    ViciSection  rest = *root;
    ViciElement  element;
    g_autoptr(GBytes) bytes = NULL;

    while (rest.len > 0) {
        if (vici_grammar_element_read(&rest, &element))
            abort();
        rebuild_element(builder, &element);
    }
    bytes = vici_builder_finish(builder, NULL);
    if (!bytes || g_bytes_get_size(bytes) != root->len ||
        (root->len > 0 && memcmp(g_bytes_get_data(bytes, NULL), root->data, root->len) != 0))
        abort();
}

static void
try_message(const guint8 *data, gsize len)
{
    g_autofree guint8 *exact = g_memdup2(data, len); /* so that a read past its end shows */
    g_autoptr(GError) error = NULL;
    ViciSection root;

    if (!vici_message_check(exact, len, &root, &error)) {
        if (!error)
            abort();
        return;
    }
    walk(&root);
    if (len <= VICI_FRAME_MAX && !has_nul_item(&root))
        rebuild(&root);
}

static void
try_stream(const guint8 *data, gsize size, gsize chunk)
{
    g_auto(ViciSplitter) splitter = { 0 };
    g_autoptr(GError) error = NULL;
    ViciPacket packet;
    ViciSplit  split = VICI_SPLIT_MORE;
    gsize      fed = 0;

    while (fed < size && split == VICI_SPLIT_MORE) {
        gsize len = MIN(chunk, size - fed);

        vici_frame_splitter_feed(&splitter, data + fed, len);
        fed += len;
        do {
            split = vici_frame_splitter_next(&splitter, &packet, &error);
            if (split == VICI_SPLIT_PACKET)
                try_message(packet.message.data, packet.message.len);
        } while (split == VICI_SPLIT_PACKET);
    }
    if ((split == VICI_SPLIT_INVALID) != (error != NULL))
        abort();
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    try_message(data, size);
    if (size > 1)
        try_stream(data + 1, size - 1, 1 + data[0]);
    return 0;
}
