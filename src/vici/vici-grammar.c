/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which VICI element may follow which, and the encoding of an element.
 */
#include "vici/vici-grammar.h"

static const char *
step_in_list(ViciGrammar *grammar, ViciElementType type)
{
    switch (type) {
    case VICI_ELEMENT_LIST_ITEM:
        return NULL;
    case VICI_ELEMENT_LIST_END:
        grammar->in_list = FALSE;
        return NULL;
    case VICI_ELEMENT_SECTION_START:
    case VICI_ELEMENT_SECTION_END:
        return "a section boundary in a list";
    case VICI_ELEMENT_KEY_VALUE:
        return "a key in a list";
    case VICI_ELEMENT_LIST_START:
        return "a list in a list";
    }
    return "an unknown element";
}

static const char *
step_in_section(ViciGrammar *grammar, ViciElementType type)
{
    switch (type) {
    case VICI_ELEMENT_SECTION_START:
        if (grammar->depth == VICI_DEPTH_MAX)
            return "sections are nested too deeply";
        grammar->depth++;
        return NULL;
    case VICI_ELEMENT_SECTION_END:
        if (grammar->depth == 0)
            return "the end of a section that was not started";
        grammar->depth--;
        return NULL;
    case VICI_ELEMENT_KEY_VALUE:
        return NULL;
    case VICI_ELEMENT_LIST_START:
        grammar->in_list = TRUE;
        return NULL;
    case VICI_ELEMENT_LIST_ITEM:
        return "a list item outside a list";
    case VICI_ELEMENT_LIST_END:
        return "the end of a list that was not started";
    }
    return "an unknown element";
}

const char *
vici_grammar_step(ViciGrammar *grammar, ViciElementType type)
{
    return grammar->in_list ? step_in_list(grammar, type) : step_in_section(grammar, type);
}

const char *
vici_grammar_end(const ViciGrammar *grammar)
{
    if (grammar->in_list)
        return "a list is not closed";
    if (grammar->depth > 0)
        return "a section is not closed";
    return NULL;
}

/* Names may be empty and contain bytes above ASCII: an old ipsec.conf can name a connection so, and
 * the daemon passes the name on. Control characters would reach the journal, and with a NUL two
 * names would look the same. */
const char *
vici_grammar_name(const guint8 *name, gsize len)
{
    gsize i;

    if (len > VICI_NAME_MAX)
        return "a name is too long";
    for (i = 0; i < len; i++) {
        if (name[i] < 0x20 || name[i] == 0x7f)
            return "a control character in a name";
    }
    return NULL;
}

static gboolean
read_name(ViciSection *rest, ViciElement *element)
{
    gsize len;

    if (rest->len < 1)
        return FALSE;
    len = rest->data[0];
    if (len > rest->len - 1)
        return FALSE;
    element->name = rest->data + 1;
    element->name_len = len;
    rest->data += 1 + len;
    rest->len -= 1 + len;
    return TRUE;
}

static gboolean
read_value(ViciSection *rest, ViciElement *element)
{
    gsize len;

    if (rest->len < 2)
        return FALSE;
    len = (gsize) rest->data[0] << 8 | rest->data[1];
    if (len > rest->len - 2)
        return FALSE;
    element->value.data = rest->data + 2;
    element->value.len = len;
    rest->data += 2 + len;
    rest->len -= 2 + len;
    return TRUE;
}

const char *
vici_grammar_element_read(ViciSection *rest, ViciElement *out)
{
    ViciSection left = *rest;
    ViciElement element = { 0 };
    gboolean    whole = TRUE;

    if (left.len < 1)
        return "an element is truncated";
    if (left.data[0] < VICI_ELEMENT_SECTION_START || left.data[0] > VICI_ELEMENT_LIST_END)
        return "an unknown element";
    element.type = (ViciElementType) left.data[0];
    left.data++;
    left.len--;
    switch (element.type) {
    case VICI_ELEMENT_SECTION_START:
    case VICI_ELEMENT_LIST_START:
        whole = read_name(&left, &element);
        break;
    case VICI_ELEMENT_KEY_VALUE:
        whole = read_name(&left, &element) && read_value(&left, &element);
        break;
    case VICI_ELEMENT_LIST_ITEM:
        whole = read_value(&left, &element);
        break;
    case VICI_ELEMENT_SECTION_END:
    case VICI_ELEMENT_LIST_END:
        break;
    }
    if (!whole)
        return "an element is truncated";
    *rest = left;
    *out = element;
    return NULL;
}
