/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes nm-settings-gre(5): prints a frame, the file that is its argument, with each line "@GROUP@"
 * replaced by the properties of that group, from the property table.
 */
#include "config.h"

#include "gre-property.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const groups[] = {
    [GRE_GROUP_TUNNEL] = "@tunnel@",
    [GRE_GROUP_INSIDE] = "@inside@",
    [GRE_GROUP_IPSEC] = "@ipsec@",
};

/* As a line of roff whose minus signs, carets and tildes can be copied into a shell. */
static void
print_text(const char *text)
{
    if (text[0] == '.' || text[0] == '\'')
        fputs("\\&", stdout);
    for (; *text; text++) {
        switch (*text) {
        case '-':
            fputs("\\-", stdout);
            break;
        case '\\':
            fputs("\\e", stdout);
            break;
        case '^':
            fputs("\\(ha", stdout);
            break;
        case '~':
            fputs("\\(ti", stdout);
            break;
        default:
            putchar(*text);
        }
    }
    putchar('\n');
}

/* A line of its own on the page too: "Value: …". */
G_GNUC_PRINTF(1, 2)
static void
print_line(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list          args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    puts(".br");
    print_text(text);
}

static void
print_help(const GreProperty *property)
{
    g_autofree char *sentence =
        g_strconcat(property->help, g_str_has_suffix(property->help, ".") ? "" : ".", NULL);

    print_text(sentence);
}

static void
print_value(const GreProperty *property)
{
    g_autofree char *allowed = gre_property_allowed(property);

    print_line("Value: %s.", allowed);
    if (property->default_value)
        print_line("Default: %s.", property->default_value);
    if (property->secret)
        print_line("A secret: stored in vpn.secrets; in a keyfile, under [vpn-secrets].");
}

/* What a profile must have for this property to be allowed, and whether it is required. */
static void
print_needs(const GreProperty *property)
{
    const guint conditional = GRE_NEED_FRAGMENTING | GRE_NEED_XFRM_IPSEC; /* on the value */
    GString    *needs = g_string_new(NULL);

    for (guint i = 0; i < GRE_NEEDS_MAX; i++) {
        guint need = property->needs & (1u << i);

        if (need && !(need & conditional))
            g_string_append_printf(needs, "%s%s", needs->len > 0 ? " and " : "",
                                   gre_property_need_to_string((GreNeed) need));
    }
    if (needs->len > 0)
        print_line("Only with %s%s.", needs->str, property->required ? "; required there" : "");
    else if (property->required)
        print_line("Required%s.",
                   property->group == GRE_GROUP_IPSEC ? "" : ", unless protects is set");
    if (property->companion)
        print_line("A companion may set it too.");
    if (property->needs & GRE_NEED_FRAGMENTING)
        print_line("\"yes\" requires %s.", gre_property_need_to_string(GRE_NEED_FRAGMENTING));
    if (property->needs & GRE_NEED_XFRM_IPSEC)
        print_line("\"xfrm\" requires %s.", gre_property_need_to_string(GRE_NEED_XFRM_IPSEC));
    g_string_free(needs, TRUE);
}

static void
print_property(const GreProperty *property)
{
    puts(".TP");
    fputs(".B ", stdout);
    print_text(property->name);
    print_help(property);
    print_value(property);
    print_needs(property);
    if (property->excludes) {
        g_autofree char *others = g_strjoinv(" or ", (char **) property->excludes);

        print_line("Not allowed together with %s.", others);
    }
    if (property->alias)
        print_line("Imported files may call it %s.", property->alias);
}

/* Whether the line stands for a group; if so, prints its properties. */
static gboolean
print_group(const char *line)
{
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        if (strcmp(line, groups[i]) != 0)
            continue;
        for (const GreProperty *property = gre_property_table; property->name; property++)
            if (property->group == (GreGroup) i)
                print_property(property);
        return TRUE;
    }
    return FALSE;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *frame = NULL;
    g_auto(GStrv) lines = NULL;

    if (argc != 2 || !g_file_get_contents(argv[1], &frame, NULL, &error)) {
        fprintf(stderr, "generate-settings: %s\n",
                error ? error->message : "expected one file, the frame");
        return EXIT_FAILURE;
    }
    lines = g_strsplit(g_strchomp(frame), "\n", -1);
    for (gsize i = 0; lines[i]; i++)
        if (!print_group(lines[i]))
            puts(lines[i]);
    return ferror(stdout) || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
