/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Converts a keyfile's text to the dictionary that NetworkManager would send for it. Sources are
 * NetworkManager 1.42's nm-keyfile.c and nm-keyfile-utils.c (src/libnm-core-impl), and
 * nms-keyfile-reader.c (src/core/settings/plugins/keyfile).
 */
#include "nm/keyfile.h"

#include <errno.h>
#include <string.h>

/* The properties that are read, and their D-Bus types. */
static const struct {
    const char *group, *key, *type;
} properties[] = {
    { "connection", "id", "s" },
    { "connection", "uuid", "s" },
    { "connection", "type", "s" },
    { "connection", "interface-name", "s" },
    { "connection", "secondaries", "as" },
    { "connection", "permissions", "as" },
    { "ip-tunnel", "mode", "u" },
    { "ip-tunnel", "local", "s" },
    { "ip-tunnel", "remote", "s" },
    { "ip-tunnel", "parent", "s" },
    { "ip-tunnel", "input-key", "s" },
    { "ip-tunnel", "output-key", "s" },
    { "ip-tunnel", "ttl", "u" },
    { "ip-tunnel", "tos", "u" },
    { "ip-tunnel", "path-mtu-discovery", "b" },
    { "ip-tunnel", "encapsulation-limit", "u" },
    { "ip-tunnel", "flow-label", "u" },
    { "ip-tunnel", "fwmark", "u" },
    { "ip-tunnel", "mtu", "u" },
    { "ip-tunnel", "flags", "u" },
    { "vpn", "service-type", "s" },
};

static const char *const groups[] = { "connection", "ip-tunnel", "vpn", NULL };

/* Whether @line, which begins with '[', is the header of a group that is read. */
static gboolean
begins_group(const char *line, gsize len)
{
    const char *end = memchr(line, ']', len);

    for (gsize i = 0; end && groups[i]; i++)
        if (strlen(groups[i]) == (gsize) (end - line) - 1 &&
            strncmp(groups[i], line + 1, strlen(groups[i])) == 0)
            return TRUE;
    return FALSE;
}

/* Overwrites the contents of all other groups with what GKeyFile takes for empty lines: GKeyFile
 * would copy secrets to memory that it does not wipe. Splits lines as GKeyFile does. */
static void
blank_other_groups(char *data, gsize len)
{
    gboolean wanted = FALSE;

    for (gsize start = 0, next; start < len; start = next) {
        char *newline = memchr(data + start, '\n', len - start);
        gsize end = newline ? (gsize) (newline - data) : len;
        gsize text = start;

        next = end + 1;
        while (text < end && g_ascii_isspace(data[text]))
            text++;
        if (text < end && data[text] == '[')
            wanted = begins_group(data + text, end - text);
        else if (!wanted)
            memset(data + start, '\n', end - start);
    }
}

/* Same rules as _nm_utils_ascii_str_to_uint64(): C notation, blanks around it are allowed. */
static GVariant *
number_value(GKeyFile *file, const char *group, const char *key)
{
    g_autofree char *text = g_key_file_get_value(file, group, key, NULL);
    char            *end;
    guint64          number;

    if (!text || strchr(text, '-'))
        return NULL;
    errno = 0;
    number = g_ascii_strtoull(text, &end, 0);
    if (end == text || end[strspn(end, " \t\n\v\f\r")] != '\0' || errno != 0 ||
        number > G_MAXUINT32)
        return NULL;
    return g_variant_new_uint32((guint32) number);
}

static GVariant *
boolean_value(GKeyFile *file, const char *group, const char *key)
{
    g_autoptr(GError) error = NULL;
    gboolean value = g_key_file_get_boolean(file, group, key, &error);

    return error ? NULL : g_variant_new_boolean(value);
}

/* For an unknown escape, GKeyFile returns the text and an error; NetworkManager accepts it only in
 * vpn.data. */
static GVariant *
string_value(GKeyFile *file, const char *group, const char *key)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_key_file_get_string(file, group, key, &error);

    return error ? NULL : g_variant_new_string(text);
}

static GVariant *
list_value(GKeyFile *file, const char *group, const char *key)
{
    g_auto(GStrv) list = g_key_file_get_string_list(file, group, key, NULL, NULL);

    return list ? g_variant_new_strv((const char *const *) list, -1) : NULL;
}

/* NULL if the file does not have it, or not in a form that NetworkManager accepts. */
static GVariant *
property_value(GKeyFile *file, gsize row)
{
    static const struct {
        const char *type;
        GVariant *(*read)(GKeyFile *file, const char *group, const char *key);
    } types[] = {
        { "s", string_value },
        { "u", number_value },
        { "b", boolean_value },
        { "as", list_value },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(types[i].type, properties[row].type) == 0)
            return types[i].read(file, properties[row].group, properties[row].key);
    return NULL;
}

static void
add_properties(GVariantDict *dict, GKeyFile *file, const char *group)
{
    for (gsize i = 0; i < G_N_ELEMENTS(properties); i++) {
        GVariant *value = strcmp(properties[i].group, group) == 0 ? property_value(file, i) : NULL;

        if (value)
            g_variant_dict_insert_value(dict, properties[i].key, value);
    }
}

/* Undoes nm_keyfile_key_encode(): "\XX" is a byte, "\00" alone an empty name. */
static char *
decode_key(const char *key)
{
    GString *name = g_string_new(NULL);

    if (strcmp(key, "\\00") == 0)
        return g_string_free(name, FALSE);
    while (*key) {
        int byte = 0;

        if (key[0] == '\\' && g_ascii_isxdigit(key[1]) && g_ascii_isxdigit(key[2]))
            byte = g_ascii_xdigit_value(key[1]) << 4 | g_ascii_xdigit_value(key[2]);
        g_string_append_c(name, byte ? (char) byte : *key);
        key += byte ? 3 : 1;
    }
    return g_string_free(name, FALSE);
}

/* vpn.data: the keys of the group that are not properties of NMSettingVpn or NMSetting. */
static GVariant *
vpn_data(GKeyFile *file)
{
    static const char *const own[] = { "name", "service-type", "user-name", "persistent",
                                       "data", "secrets",      "timeout",   NULL };
    g_auto(GStrv) keys = g_key_file_get_keys(file, "vpn", NULL, NULL);
    g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{ss}"));

    for (gsize i = 0; keys && keys[i]; i++) {
        g_autofree char *name = decode_key(keys[i]);
        g_autofree char *value = g_key_file_get_string(file, "vpn", keys[i], NULL);

        if (value && g_utf8_validate(name, -1, NULL) && !g_strv_contains(own, name))
            g_variant_builder_add(&builder, "{ss}", name, value);
    }
    return g_variant_builder_end(&builder);
}

/* Same result as nm_uuid_generate_from_strings_old("keyfile", path): version 3, in a namespace of
 * NetworkManager's own. */
static char *
derive_uuid(const char *path)
{
    static const guint8 namespace[] = { 0xb4, 0x25, 0xe9, 0xfb, 0x75, 0x98, 0x44, 0xb4,
                                        0x9e, 0x3b, 0x5a, 0x2e, 0x3a, 0xaa, 0x49, 0x05 };
    g_autoptr(GChecksum) md5 = g_checksum_new(G_CHECKSUM_MD5);
    guint8   id[16];
    gsize    len = sizeof id;
    GString *text = g_string_new(NULL);

    g_checksum_update(md5, namespace, sizeof namespace);
    g_checksum_update(md5, (const guint8 *) "keyfile", sizeof "keyfile");
    g_checksum_update(md5, (const guint8 *) path, (gssize) strlen(path) + 1);
    g_checksum_get_digest(md5, id, &len);
    id[6] = (id[6] & 0x0f) | 0x30;
    id[8] = (id[8] & 0x3f) | 0x80;
    for (gsize i = 0; i < sizeof id; i++)
        g_string_append_printf(text, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x",
                               id[i]);
    return g_string_free(text, FALSE);
}

static void
insert_string(GVariantDict *dict, const char *key, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    g_variant_dict_insert(dict, key, "s", valid);
}

/* The type by its name, or by the name of its setting; NULL: another. */
static const char *
type_of(GKeyFile *file, const char *written)
{
    static const char *const names[][2] = { { "ethernet", "802-3-ethernet" },
                                            { "wifi", "802-11-wireless" } };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_strcmp0(written, names[i][0]) == 0)
            return names[i][1];
    if (written)
        return written;
    if (g_key_file_has_group(file, "ip-tunnel"))
        return "ip-tunnel";
    return g_key_file_has_group(file, "vpn") ? "vpn" : "unknown";
}

/* What NetworkManager fills in: nm_keyfile_read(), nms_keyfile_reader_from_keyfile(). */
static void
complete_connection(GVariantDict *dict, GKeyFile *file, const char *path, const char *uuid_path)
{
    g_autofree char *written = NULL;
    g_autofree char *base = g_path_get_basename(path);
    const char      *type;

    g_variant_dict_lookup(dict, "type", "s", &written);
    type = type_of(file, written);
    insert_string(dict, "type", type);
    if (!g_variant_dict_contains(dict, "interface-name")) {
        GVariant *name = string_value(file, type, "interface-name"); /* its former place */

        if (name)
            g_variant_dict_insert_value(dict, "interface-name", name);
    }
    if (!g_variant_dict_contains(dict, "id")) {
        if (g_str_has_suffix(base, GRE_KEYFILE_SUFFIX) && strlen(base) > strlen(GRE_KEYFILE_SUFFIX))
            base[strlen(base) - strlen(GRE_KEYFILE_SUFFIX)] = '\0';
        insert_string(dict, "id", base);
    }
    if (!g_variant_dict_contains(dict, "uuid")) {
        g_autofree char *uuid = derive_uuid(uuid_path);

        insert_string(dict, "uuid", uuid);
    }
}

static GVariant *
settings_of(GKeyFile *file, const char *path, const char *uuid_path)
{
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{sa{sv}}"));

    for (gsize i = 0; groups[i]; i++) {
        g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT(NULL);

        if (i > 0 && !g_key_file_has_group(file, groups[i]))
            continue;
        add_properties(&dict, file, groups[i]);
        if (strcmp(groups[i], "connection") == 0)
            complete_connection(&dict, file, path, uuid_path);
        else if (strcmp(groups[i], "vpn") == 0)
            g_variant_dict_insert_value(&dict, "data", vpn_data(file));
        g_variant_builder_add(&builder, "{s@a{sv}}", groups[i], g_variant_dict_end(&dict));
    }
    return g_variant_builder_end(&builder);
}

/* Whether it has none of the groups: another kind of text. */
static gboolean
is_empty(GKeyFile *file)
{
    for (gsize i = 0; groups[i]; i++)
        if (g_key_file_has_group(file, groups[i]))
            return FALSE;
    return TRUE;
}

GVariant *
gre_keyfile_parse(char *data, gsize len, const char *path, const char *uuid_path)
{
    g_autoptr(GKeyFile) file = g_key_file_new();

    blank_other_groups(data, len);
    if (!g_key_file_load_from_data(file, data, len, G_KEY_FILE_NONE, NULL) || is_empty(file))
        return NULL;
    return settings_of(file, path, uuid_path);
}
