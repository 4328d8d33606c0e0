/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI messages and frames: the builder, the check, the views, the splitter. Vectors: strongSwan's
 * VICI README and its tests (vici_message suite, Python protocol tests), the fuzz seeds of govici,
 * a frame that overruns davici's buffer, and the fixes that hardened strongSwan's own parser.
 */
#include <stdio.h>
#include <string.h>

#include "gre-error.h"
#include "vici/vici-frame.h"
#include "vici/vici-grammar.h"

typedef struct {
    const char *name;
    const char *bytes;
    gsize       len;
    const char *wrong; /* part of the error; NULL: a good message */
} Row;

#define BYTES(text) text, sizeof(text) - 1

/* key1 = value1, section1 { sub-section { key2 = value2 } list1 = [item1, item2] } */
#define README_EXAMPLE   \
    "\3\4key1\0\6value1" \
    "\1\10section1"      \
    "\1\13sub-section"   \
    "\3\4key2\0\6value2" \
    "\2"                 \
    "\4\5list1"          \
    "\5\0\5item1"        \
    "\5\0\5item2"        \
    "\6"                 \
    "\2"

static const Row rows[] = {
    { "README example", BYTES(README_EXAMPLE), NULL },
    { "nothing at all", BYTES(""), NULL },

    /* strongSwan, Python protocol tests */
    { "section", BYTES("\1\7section\2"), NULL },
    { "nested", BYTES("\1\5outer\1\12subsection\2\2"), NULL },
    { "unclosed section", BYTES("\1\10unclosed"), "byte 10: a section is not closed" },
    { "list with a section's end", BYTES("\4\7invalid\5\0\2e1\2\3sec\6"), "byte 14: a section" },
    { "empty list", BYTES("\4\5empty\6"), NULL },
    { "list of one", BYTES("\4\1l\5\0\2e1\6"), NULL },
    { "list of two", BYTES("\4\1l\5\0\2e1\5\0\2e2\6"), NULL },
    { "key", BYTES("\3\3key\0\5value"), NULL },
    { "empty value", BYTES("\3\12zerolength\0\0"), NULL },

    /* govici, FuzzEncodeDecode */
    { "empty key", BYTES("\3\0\0\5value"), NULL },
    { "key twice", BYTES("\3\5child\0\1a\3\5child\0\0030\0000"), NULL },
    { "one character", BYTES("0"), "byte 0: an unknown element" },

    /* strongSwan 20b07f2cbf, e535e13079, 9b0b1cb24e */
    { "list item without length", BYTES("\4\1l\5"), "byte 3: an element is truncated" },
    { "list item with half a length", BYTES("\4\1l\5\0"), "byte 3: an element is truncated" },
    { "list item cut off", BYTES("\4\1l\5\0\2e"), "byte 3: an element is truncated" },
    { "encoded end mark", BYTES("\7"), "byte 0: an unknown element" },
    { "encoded end mark after a key", BYTES("\3\1k\0\0\7"), "byte 5: an unknown element" },
    { "name longer than the rest", BYTES("\1\377abc\2"), "byte 0: an element is truncated" },

    /* every element out of place */
    { "item outside a list", BYTES("\5\0\0"), "byte 0: a list item outside" },
    { "list end outside a list", BYTES("\6"), "byte 0: the end of a list" },
    { "section end at the root", BYTES("\2"), "byte 0: the end of a section" },
    { "section ended twice", BYTES("\1\1s\2\2"), "byte 4: the end of a section" },
    { "section in a list", BYTES("\4\1l\1\1s\2\6"), "byte 3: a section boundary in a list" },
    { "key in a list", BYTES("\4\1l\3\1k\0\0\6"), "byte 3: a key in a list" },
    { "list in a list", BYTES("\4\1l\4\1m\6\6"), "byte 3: a list in a list" },
    { "unclosed list", BYTES("\4\1l\5\0\0"), "byte 6: a list is not closed" },
    { "unclosed list in a section", BYTES("\1\1s\4\1l"), "byte 6: a list is not closed" },

    /* lengths */
    { "only a type", BYTES("\3"), "byte 0: an element is truncated" },
    { "section without name", BYTES("\1"), "byte 0: an element is truncated" },
    { "key without value", BYTES("\3\1k"), "byte 0: an element is truncated" },
    { "value one short", BYTES("\3\1k\0\2v"), "byte 0: an element is truncated" },
    { "value length in the wrong order", BYTES("\3\1k\1\0v"), "byte 0: an element is truncated" },

    /* types and names */
    { "type 0", BYTES("\0"), "byte 0: an unknown element" },
    { "type 255", BYTES("\377"), "byte 0: an unknown element" },
    { "type 8 in a list", BYTES("\4\1l\10\6"), "byte 3: an unknown element" },
    { "NUL in a name", BYTES("\3\3a\0b\0\0"), "byte 0: a control character" },
    { "newline in a name", BYTES("\1\3a\nb\2"), "byte 0: a control character" },
    { "name above ASCII", BYTES("\1\3b\303\274\2"), NULL },
    { "blob", BYTES("\3\1k\0\4\0\1\377\n"), NULL },
};

static void
test_check_row(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(GError) error = NULL;
    g_autofree guint8 *exact = g_memdup2(row->bytes, row->len);
    ViciSection        out = { NULL, 4711 };

    g_assert_cmpint(vici_message_check(exact, row->len, &out, &error), ==, !row->wrong);
    if (row->wrong) {
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROTOCOL);
        g_assert_nonnull(strstr(error->message, row->wrong));
        g_assert_cmpuint(out.len, ==, 4711); /* untouched */
    } else {
        g_assert_no_error(error);
        g_assert_cmpmem(out.data, out.len, row->bytes, row->len);
    }
}

static GBytes *
make_nested(guint depth)
{
    ViciBuilder *builder = vici_builder_new();
    guint        i;

    for (i = 0; i < depth; i++)
        vici_builder_begin(builder, "s");
    for (i = 0; i < depth; i++)
        vici_builder_end(builder);
    return vici_builder_finish(builder, NULL);
}

static void
test_depth(void)
{
    g_autoptr(GBytes) good = make_nested(VICI_DEPTH_MAX);
    g_autoptr(GString) deep = g_string_new(NULL);
    guint i;

    g_assert_nonnull(good);
    g_assert_null(make_nested(VICI_DEPTH_MAX + 1));
    g_assert_true(
        vici_message_check(g_bytes_get_data(good, NULL), g_bytes_get_size(good), NULL, NULL));
    for (i = 0; i <= VICI_DEPTH_MAX; i++)
        g_string_append(deep, "\1\1s");
    for (i = 0; i <= VICI_DEPTH_MAX; i++)
        g_string_append(deep, "\2");
    g_assert_false(vici_message_check(deep->str, deep->len, NULL, NULL));
}

/* A prefix of a good message is good only where it ends between two elements of the root. */
static void
test_truncation(void)
{
    static const gsize good[] = { 0, 14, sizeof(README_EXAMPLE) - 1 };
    gsize              len;
    gsize              next = 0;

    for (len = 0; len < sizeof(README_EXAMPLE); len++) {
        g_autofree guint8 *exact = g_memdup2(README_EXAMPLE, len);
        gboolean           expected = next < G_N_ELEMENTS(good) && len == good[next];

        g_assert_cmpint(vici_message_check(exact, len, NULL, NULL), ==, expected);
        next += expected;
    }
    g_assert_cmpuint(next, ==, G_N_ELEMENTS(good));
}

/* Without memory errors, whatever the outcome. */
static void
test_flipped_bytes(void)
{
    gsize i;
    guint byte;

    for (i = 0; i < sizeof(README_EXAMPLE) - 1; i++) {
        for (byte = 0; byte < 256; byte++) {
            g_autofree guint8 *exact = g_memdup2(README_EXAMPLE, sizeof(README_EXAMPLE) - 1);
            ViciSection        root;
            g_auto(GStrv) list = NULL;

            exact[i] = (guint8) byte;
            if (vici_message_check(exact, sizeof(README_EXAMPLE) - 1, &root, NULL) &&
                vici_section_section(&root, "section1", &root))
                list = vici_section_list(&root, "list1");
        }
    }
}

static ViciBuilder *
build_readme_example(void)
{
    static const char *const items[] = { "item1", "item2", NULL };
    ViciBuilder             *builder = vici_builder_new();

    vici_builder_string(builder, "key1", "value1");
    vici_builder_begin(builder, "section1");
    vici_builder_begin(builder, "sub-section");
    vici_builder_format(builder, "key2", "value%d", 2);
    vici_builder_end(builder);
    vici_builder_list(builder, "list1", items);
    vici_builder_end(builder);
    return builder;
}

static void
test_build(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vici_builder_finish(build_readme_example(), &error);

    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), README_EXAMPLE,
                    sizeof(README_EXAMPLE) - 1);
}

static void
test_build_nothing(void)
{
    g_autoptr(GBytes) bytes = vici_builder_finish(vici_builder_new(), NULL);

    g_assert_cmpuint(g_bytes_get_size(bytes), ==, 0);
}

static void
unended_section(ViciBuilder *builder)
{
    vici_builder_begin(builder, "s");
}

static void
unended_list(ViciBuilder *builder)
{
    vici_builder_begin_list(builder, "l");
    vici_builder_item(builder, "i");
}

static void
end_at_root(ViciBuilder *builder)
{
    vici_builder_end(builder);
}

static void
list_end_at_root(ViciBuilder *builder)
{
    vici_builder_end_list(builder);
}

static void
item_at_root(ViciBuilder *builder)
{
    vici_builder_item(builder, "i");
}

static void
key_in_list(ViciBuilder *builder)
{
    vici_builder_begin_list(builder, "l");
    vici_builder_string(builder, "key", "v");
    vici_builder_end_list(builder);
}

static void
section_in_list(ViciBuilder *builder)
{
    vici_builder_begin_list(builder, "l");
    vici_builder_begin(builder, "s");
    vici_builder_end(builder);
    vici_builder_end_list(builder);
}

static void
section_ended_in_list(ViciBuilder *builder)
{
    vici_builder_begin(builder, "s");
    vici_builder_begin_list(builder, "l");
    vici_builder_end(builder);
    vici_builder_end_list(builder);
}

static void
list_in_list(ViciBuilder *builder)
{
    vici_builder_begin_list(builder, "l");
    vici_builder_list(builder, "m", NULL);
    vici_builder_end_list(builder);
}

static void
long_section_name(ViciBuilder *builder)
{
    g_autofree char *name = g_strnfill(VICI_NAME_MAX + 1, 'n');

    vici_builder_begin(builder, name);
    vici_builder_end(builder);
}

static void
long_key(ViciBuilder *builder)
{
    g_autofree char *name = g_strnfill(VICI_NAME_MAX + 1, 'n');

    vici_builder_string(builder, name, "v");
}

static void
newline_in_name(ViciBuilder *builder)
{
    vici_builder_string(builder, "a\nb", "v");
}

static void
long_value(ViciBuilder *builder)
{
    g_autofree char *value = g_strnfill(VICI_VALUE_MAX + 1, 'v');

    vici_builder_string(builder, "k", value);
}

static void
long_item(ViciBuilder *builder)
{
    g_autofree char *value = g_strnfill(VICI_VALUE_MAX + 1, 'v');

    vici_builder_begin_list(builder, "l");
    vici_builder_item(builder, value);
    vici_builder_end_list(builder);
}

static void
long_message(ViciBuilder *builder)
{
    g_autofree char *value = g_strnfill(VICI_VALUE_MAX, 'v');
    guint            i;

    for (i = 0; i < VICI_FRAME_MAX / VICI_VALUE_MAX; i++)
        vici_builder_string(builder, "k", value);
}

static void
no_value(ViciBuilder *builder)
{
    vici_builder_string(builder, "k", NULL);
}

static void
no_name(ViciBuilder *builder)
{
    vici_builder_begin(builder, NULL);
    vici_builder_end(builder);
}

static void
no_item(ViciBuilder *builder)
{
    vici_builder_begin_list(builder, "l");
    vici_builder_item(builder, NULL);
    vici_builder_end_list(builder);
}

/* All but the first mistake are balanced or good again afterwards: the mistake must stick. */
static const struct {
    const char *name;
    void (*build)(ViciBuilder *builder);
    const char *wrong;
} mistakes[] = {
    { "unended section", unended_section, "a section is not closed" },
    { "unended list", unended_list, "a list is not closed" },
    { "end at the root", end_at_root, "the end of a section" },
    { "list end at the root", list_end_at_root, "the end of a list" },
    { "item at the root", item_at_root, "a list item outside a list" },
    { "key in a list", key_in_list, "a key in a list at key" },
    { "section in a list", section_in_list, "a section boundary in a list at s" },
    { "section ended in a list", section_ended_in_list, "a section boundary in a list" },
    { "list in a list", list_in_list, "a list in a list at m" },
    { "long section name", long_section_name, "a name is too long at nnn" },
    { "long key", long_key, "a name is too long at nnn" },
    { "newline in a name", newline_in_name, "a control character in a name" },
    { "long value", long_value, "a value is too long at k" },
    { "long item", long_item, "a value is too long" },
    { "long message", long_message, "the message is too long at k" },
    { "no value", no_value, "a value is missing at k" },
    { "no name", no_name, "a name is missing" },
    { "no item", no_item, "a list item is missing" },
};

static void
test_mistakes(void)
{
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        ViciBuilder *builder = vici_builder_new();
        g_autoptr(GError) error = NULL;

        g_test_message("%s", mistakes[i].name);
        mistakes[i].build(builder);
        if (mistakes[i].build != unended_list)
            vici_builder_string(builder, "later", "fine");
        g_assert_null(vici_builder_finish(builder, &error));
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROTOCOL);
        g_assert_nonnull(strstr(error->message, mistakes[i].wrong));
    }
}

static void
test_limits_reached(void)
{
    g_autofree char *name = g_strnfill(VICI_NAME_MAX, 'n');
    g_autofree char *value = g_strnfill(VICI_VALUE_MAX, 'v');
    ViciBuilder     *builder = vici_builder_new();
    g_autoptr(GBytes) bytes = NULL;
    ViciSection root;
    ViciValue   found;

    vici_builder_string(builder, name, value);
    bytes = vici_builder_finish(builder, NULL);
    g_assert_nonnull(bytes);
    g_assert_true(
        vici_message_check(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &root, NULL));
    g_assert_true(vici_section_value(&root, name, &found));
    g_assert_cmpmem(found.data, found.len, value, VICI_VALUE_MAX);
}

static void
test_views(void)
{
    ViciSection root, section1, sub, iter;
    g_auto(GStrv) list = NULL;
    g_autofree char *value = NULL;
    char             name[VICI_NAME_MAX + 1];

    g_assert_true(vici_message_check(README_EXAMPLE, sizeof(README_EXAMPLE) - 1, &root, NULL));
    value = vici_section_string(&root, "key1");
    g_assert_cmpstr(value, ==, "value1");
    g_assert_null(vici_section_string(&root, "key2")); /* is deeper */
    g_assert_null(vici_section_string(&root, "section1"));
    g_assert_true(vici_section_is(&root, "key1", "value1"));
    g_assert_false(vici_section_is(&root, "key1", "value"));
    g_assert_false(vici_section_is(&root, "key1", "value11"));
    g_assert_false(vici_section_section(&root, "sub-section", &sub));
    g_assert_false(vici_section_section(&root, "key1", &sub));
    g_assert_true(vici_section_section(&root, "section1", &section1));
    g_assert_true(vici_section_section(&section1, "sub-section", &sub));
    g_assert_true(vici_section_is(&sub, "key2", "value2"));
    list = vici_section_list(&section1, "list1");
    g_assert_cmpuint(g_strv_length(list), ==, 2);
    g_assert_cmpstr(list[0], ==, "item1");
    g_assert_cmpstr(list[1], ==, "item2");
    g_assert_null(vici_section_list(&root, "list1"));
    g_assert_null(vici_section_list(&section1, "sub-section"));
    iter = root;
    g_assert_true(vici_section_next(&iter, name, &sub));
    g_assert_cmpstr(name, ==, "section1");
    g_assert_cmpmem(sub.data, sub.len, section1.data, section1.len);
    g_assert_false(vici_section_next(&iter, name, &sub));
}

/* A list, key or nested section with the name sought must not be taken for it. */
static void
test_views_same_names(void)
{
    static const char message[] = "\4\1x\5\0\1i\6"  /* x = [i] */
                                  "\1\1y\3\1x\0\1n" /* y { x = n  x { } } */
                                  "\1\1x\2\2"
                                  "\3\1x\0\1v" /* x = v  x = w */
                                  "\3\1x\0\1w"
                                  "\1\1x\3\1a\0\1b\2"; /* x { a = b } */
    ViciSection root, x, iter, body;
    g_auto(GStrv) list = NULL;
    char name[VICI_NAME_MAX + 1];

    g_assert_true(vici_message_check(message, sizeof(message) - 1, &root, NULL));
    g_assert_true(vici_section_is(&root, "x", "v")); /* the first one */
    g_assert_true(vici_section_section(&root, "x", &x));
    g_assert_true(vici_section_is(&x, "a", "b"));
    list = vici_section_list(&root, "x");
    g_assert_cmpstr(list[0], ==, "i");
    iter = root;
    g_assert_true(vici_section_next(&iter, name, &body));
    g_assert_cmpstr(name, ==, "y");
    g_assert_true(vici_section_next(&iter, name, &body));
    g_assert_cmpstr(name, ==, "x");
    g_assert_false(vici_section_next(&iter, name, &body));
}

static void
test_numbers(void)
{
    static const struct {
        const char *value;
        guint       base;
        guint64     number; /* 4711: the fallback */
    } numbers[] = {
        { "0", 10, 0 },
        { "13345", 10, 13345 },
        { "18446744073709551615", 10, G_MAXUINT64 },
        { "18446744073709551616", 10, 4711 },
        { "d811b139", 16, 0xd811b139 },
        { "d811b139", 10, 4711 },
        { "", 10, 4711 },
        { " 1", 10, 4711 },
        { "1 ", 10, 4711 },
        { "-1", 10, 4711 },
        { "+1", 10, 4711 },
        { "1.5", 10, 4711 },
    };
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(numbers); i++) {
        ViciBuilder *builder = vici_builder_new();
        g_autoptr(GBytes) bytes = NULL;
        ViciSection root;

        vici_builder_string(builder, "n", numbers[i].value);
        bytes = vici_builder_finish(builder, NULL);
        g_assert_true(vici_message_check(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                                         &root, NULL));
        g_assert_cmpuint(vici_section_number(&root, "n", numbers[i].base, 4711), ==,
                         numbers[i].number);
        g_assert_cmpuint(vici_section_number(&root, "none", numbers[i].base, 4711), ==, 4711);
    }
}

static void
test_nul_in_value(void)
{
    static const char message[] = "\3\1k\0\3a\0b"
                                  "\4\1l\5\0\3a\0b\6";
    ViciSection       root;
    ViciValue         value;

    g_assert_true(vici_message_check(message, sizeof(message) - 1, &root, NULL));
    g_assert_true(vici_section_value(&root, "k", &value));
    g_assert_cmpmem(value.data, value.len, "a\0b", 3);
    g_assert_null(vici_section_string(&root, "k"));
    g_assert_null(vici_section_list(&root, "l"));
    g_assert_false(vici_section_is(&root, "k", "a"));
}

#if defined(__SANITIZE_ADDRESS__)
#define OWN_HEAP 0
#elif defined(__has_feature) /* clang's way to say so */
#define OWN_HEAP !__has_feature(address_sanitizer)
#else
#define OWN_HEAP 1
#endif

#if OWN_HEAP /* the sanitizer's lies elsewhere, and keeps what was freed */
static gboolean
has_heap(void)
{
    g_autofree char *maps = NULL;

    g_assert_true(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
    return strstr(maps, "[heap]") != NULL;
}

/* Whether @needle lies anywhere in the heap. */
static gboolean
heap_holds(const guint8 *needle, gsize len)
{
    g_autofree char *maps = NULL;
    char            *line;
    gulong           from, to;

    g_assert_true(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
    line = strstr(maps, "[heap]");
    g_assert_nonnull(line);
    while (line > maps && line[-1] != '\n')
        line--;
    g_assert_cmpint(sscanf(line, "%lx-%lx", &from, &to), ==, 2);
    for (; from + len <= to; from++) {
        if (memcmp((const void *) from, needle, len) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The builder grows several times after the secret went in. */
static void
test_wiped(void)
{
    ViciBuilder *builder;
    guint8       secret[32];
    GBytes      *bytes;
    guint        i;

    if (!has_heap()) {
        g_test_skip("valgrind has a heap of its own");
        return;
    }
    builder = vici_builder_new();
    for (i = 0; i < sizeof(secret); i++)
        secret[i] = (guint8) g_random_int_range(1, 256);
    vici_builder_format(builder, "text", "%.*s", (int) sizeof(secret), (const char *) secret);
    vici_builder_data(builder, "data", secret, sizeof(secret));
    for (i = 0; i < 1000; i++)
        vici_builder_string(builder, "k", "more");
    bytes = vici_builder_finish(builder, NULL);
    g_assert_true(heap_holds(secret, sizeof(secret)));
    g_bytes_unref(bytes);
    g_assert_false(heap_holds(secret, sizeof(secret)));
    builder = vici_builder_new();
    vici_builder_data(builder, "data", secret, sizeof(secret));
    vici_builder_free(builder);
    g_assert_false(heap_holds(secret, sizeof(secret)));
}
#endif

typedef struct {
    const char    *name;
    const char    *bytes;
    gsize          len;
    ViciSplit      split;
    ViciPacketType type;    /* of a packet */
    const char    *text;    /* its name, or part of the error */
    const char    *message; /* its message */
} FrameRow;

static const FrameRow frames[] = {
    { "response", BYTES("\0\0\0\6\1reply"), VICI_SPLIT_PACKET, VICI_PACKET_RESPONSE, "", "reply" },
    { "unknown command", BYTES("\0\0\0\1\2"), VICI_SPLIT_PACKET, VICI_PACKET_COMMAND_UNKNOWN, "",
      "" },
    { "confirmation", BYTES("\0\0\0\1\5"), VICI_SPLIT_PACKET, VICI_PACKET_CONFIRM, "", "" },
    { "unknown event", BYTES("\0\0\0\1\6"), VICI_SPLIT_PACKET, VICI_PACKET_EVENT_UNKNOWN, "", "" },
    { "event", BYTES("\0\0\0\14\7\3logmessage"), VICI_SPLIT_PACKET, VICI_PACKET_EVENT, "log",
      "message" },
    { "request", BYTES("\0\0\0\16\0\14command_type"), VICI_SPLIT_PACKET, VICI_PACKET_COMMAND,
      "command_type", "" },
    { "registration", BYTES("\0\0\0\14\3\12event_type"), VICI_SPLIT_PACKET, VICI_PACKET_REGISTER,
      "event_type", "" },
    { "unregistration", BYTES("\0\0\0\14\4\12event_type"), VICI_SPLIT_PACKET,
      VICI_PACKET_UNREGISTER, "event_type", "" },
    { "empty response", BYTES("\0\0\0\1\1"), VICI_SPLIT_PACKET, VICI_PACKET_RESPONSE, "", "" },
    { "nothing", BYTES(""), VICI_SPLIT_MORE, 0, NULL, NULL },
    { "half a length", BYTES("\0\0"), VICI_SPLIT_MORE, 0, NULL, NULL },
    { "only a length", BYTES("\0\0\0\1"), VICI_SPLIT_MORE, 0, NULL, NULL },
    { "one byte short", BYTES("\0\0\0\6\1repl"), VICI_SPLIT_MORE, 0, NULL, NULL },
    { "longest, incomplete", BYTES("\0\10\0\0\1"), VICI_SPLIT_MORE, 0, NULL, NULL },
    /* these are invalid from the length word on, nothing is waited for */
    { "too long by one", BYTES("\0\10\0\1"), VICI_SPLIT_INVALID, 0, "too long", NULL },
    { "4 GiB", BYTES("\377\377\377\377"), VICI_SPLIT_INVALID, 0, "too long", NULL },
    { "length 0", BYTES("\0\0\0\0"), VICI_SPLIT_INVALID, 0, "empty", NULL },
    { "type 8", BYTES("\0\0\0\1\10"), VICI_SPLIT_INVALID, 0, "unknown packet type", NULL },
    /* davici reads past its buffer here */
    { "name past the frame", BYTES("\0\0\0\3\7\5a"), VICI_SPLIT_INVALID, 0, "truncated", NULL },
    { "name into the next frame", BYTES("\0\0\0\3\7\5a\0\0\0\1\5"), VICI_SPLIT_INVALID, 0,
      "truncated", NULL },
    { "event without name", BYTES("\0\0\0\1\7"), VICI_SPLIT_INVALID, 0, "truncated", NULL },
    { "NUL in a name", BYTES("\0\0\0\5\7\3a\0b"), VICI_SPLIT_INVALID, 0, "control", NULL },
    { "confirmation and more", BYTES("\0\0\0\2\5x"), VICI_SPLIT_INVALID, 0, "bytes after", NULL },
    { "registration and more", BYTES("\0\0\0\4\3\1ab"), VICI_SPLIT_INVALID, 0, "bytes after",
      NULL },
};

static void
test_frame_row(gconstpointer data)
{
    const FrameRow *row = data;
    g_auto(ViciSplitter) splitter = { 0 };
    g_autoptr(GError) error = NULL;
    ViciPacket packet;

    vici_frame_splitter_feed(&splitter, row->bytes, row->len);
    g_assert_cmpint(vici_frame_splitter_next(&splitter, &packet, &error), ==, row->split);
    switch (row->split) {
    case VICI_SPLIT_PACKET:
        g_assert_no_error(error);
        g_assert_cmpint(packet.type, ==, row->type);
        g_assert_cmpstr(packet.name, ==, row->text);
        g_assert_cmpmem(packet.message.data, packet.message.len, row->message,
                        strlen(row->message));
        g_assert_false(vici_frame_splitter_is_partial(&splitter));
        g_assert_cmpint(vici_frame_splitter_next(&splitter, &packet, NULL), ==, VICI_SPLIT_MORE);
        break;
    case VICI_SPLIT_MORE:
        g_assert_no_error(error);
        g_assert_cmpint(vici_frame_splitter_is_partial(&splitter), ==, row->len > 0);
        break;
    case VICI_SPLIT_INVALID:
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROTOCOL);
        g_assert_nonnull(strstr(error->message, row->text));
        g_assert_cmpint(vici_frame_splitter_next(&splitter, &packet, NULL), ==, VICI_SPLIT_INVALID);
        break;
    }
}

/* 200 frames of all sizes up to the largest, in chunks of all sizes. */
static void
test_chunks(void)
{
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autofree guint8 *zeros = g_malloc0(VICI_FRAME_MAX);
    g_auto(ViciSplitter) splitter = { 0 };
    guint32    lengths[200];
    guint32    be;
    ViciPacket packet;
    gsize      fed = 0;
    guint      seen = 0;
    guint      i;

    for (i = 0; i < G_N_ELEMENTS(lengths); i++) {
        lengths[i] = i == 100 ? VICI_FRAME_MAX : (guint32) g_test_rand_int_range(1, 3000);
        be = GUINT32_TO_BE(lengths[i]);
        g_byte_array_append(stream, (const guint8 *) &be, 4);
        g_byte_array_append(stream, (const guint8 *) "\1", 1);
        g_byte_array_append(stream, zeros, lengths[i] - 1);
    }
    while (fed < stream->len) {
        gsize chunk = (gsize) g_test_rand_int_range(1, g_test_rand_bit() ? 8 : 40000);

        chunk = MIN(chunk, stream->len - fed);
        vici_frame_splitter_feed(&splitter, stream->data + fed, chunk);
        fed += chunk;
        while (vici_frame_splitter_next(&splitter, &packet, NULL) == VICI_SPLIT_PACKET) {
            g_assert_cmpuint(packet.message.len, ==, lengths[seen] - 1);
            seen++;
        }
    }
    g_assert_cmpuint(seen, ==, G_N_ELEMENTS(lengths));
    g_assert_false(vici_frame_splitter_is_partial(&splitter));
}

static void
test_frame_head(void)
{
    guint8           head[VICI_FRAME_HEAD_MAX];
    g_autofree char *longest = g_strnfill(VICI_NAME_MAX, 'n');
    g_autofree char *longer = g_strnfill(VICI_NAME_MAX + 1, 'n');

    g_assert_cmpmem(head, vici_frame_head(head, VICI_PACKET_COMMAND, "command", 7),
                    "\0\0\0\20\0\7command", 13);
    g_assert_cmpmem(head, vici_frame_head(head, VICI_PACKET_REGISTER, "event_type", 0),
                    "\0\0\0\14\3\12event_type", 16);
    g_assert_cmpuint(vici_frame_head(head, VICI_PACKET_COMMAND, longest, 0), ==, sizeof(head));
    g_assert_cmpuint(vici_frame_head(head, VICI_PACKET_COMMAND, longer, 0), ==, 0);
    g_assert_cmpuint(vici_frame_head(head, VICI_PACKET_COMMAND, "a\n", 0), ==, 0);
    g_assert_cmpuint(vici_frame_head(head, VICI_PACKET_COMMAND, "a", VICI_FRAME_MAX - 3), ==, 7);
    g_assert_cmpuint(vici_frame_head(head, VICI_PACKET_COMMAND, "a", VICI_FRAME_MAX - 2), ==, 0);
    g_assert_cmpuint(vici_frame_head(head, VICI_PACKET_COMMAND, "a", G_MAXSIZE), ==, 0);
}

static void
add_rows(void)
{
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/vici/message/check/%s", rows[i].name);

        g_test_add_data_func(path, &rows[i], test_check_row);
    }
    for (i = 0; i < G_N_ELEMENTS(frames); i++) {
        g_autofree char *path = g_strdup_printf("/vici/frame/split/%s", frames[i].name);

        g_test_add_data_func(path, &frames[i], test_frame_row);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_rows();
    g_test_add_func("/vici/message/depth", test_depth);
    g_test_add_func("/vici/message/truncation", test_truncation);
    g_test_add_func("/vici/message/flipped-bytes", test_flipped_bytes);
    g_test_add_func("/vici/message/views", test_views);
    g_test_add_func("/vici/message/views/same-names", test_views_same_names);
    g_test_add_func("/vici/message/numbers", test_numbers);
    g_test_add_func("/vici/message/nul-in-value", test_nul_in_value);
    g_test_add_func("/vici/builder/readme-example", test_build);
    g_test_add_func("/vici/builder/nothing", test_build_nothing);
    g_test_add_func("/vici/builder/mistakes", test_mistakes);
    g_test_add_func("/vici/builder/limits-reached", test_limits_reached);
#if OWN_HEAP
    g_test_add_func("/vici/builder/wiped", test_wiped);
#endif
    g_test_add_func("/vici/frame/chunks", test_chunks);
    g_test_add_func("/vici/frame/head", test_frame_head);
    return g_test_run();
}
