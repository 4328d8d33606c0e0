/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file: a head, an index, then the settings, each on a boundary of eight bytes as GVariant
 * wants it. Another program of this service may have written it: what a record has is for
 * gre_activation, which does without what is missing; a change of anything else changes FORMAT.
 */
#include "config.h"

#include "service/handover.h"

#include "gre-error.h"
#include "gre-io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INDEX_TYPE "(sia(ita{sv}))" /* NetworkManager, the bus; an item each: see below */
#define FORMAT     G_GUINT64_CONSTANT(0x6e6d677265000001) /* "nmgre", and a number */
#define ALIGNMENT  8
#define SIZE_MAX_B (64 * 1024 * 1024) /* of a file that this service has written */

typedef struct {
    guint64 format;
    guint64 length; /* of the index */
} Head;

struct _GreHandover {
    char   *nm;
    int     bus;   /* descriptor, -1: none */
    GArray *items; /* of GreHandoverItem */
    guint   taken;
};

static gsize
aligned(gsize size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void
item_clear(gpointer data)
{
    GreHandoverItem *item = data;

    g_variant_unref(item->record);
    gre_secret_unref(item->settings);
}

GreHandover *
gre_handover_new(const char *nm)
{
    GreHandover *handover = g_new0(GreHandover, 1);

    handover->nm = g_strdup(nm);
    handover->bus = -1;
    handover->items = g_array_new(FALSE, FALSE, sizeof(GreHandoverItem));
    g_array_set_clear_func(handover->items, item_clear);
    return handover;
}

void
gre_handover_free(GreHandover *handover)
{
    if (!handover)
        return;
    for (guint i = handover->taken; i < handover->items->len; i++)
        close(g_array_index(handover->items, GreHandoverItem, i).fd);
    if (handover->bus >= 0)
        close(handover->bus);
    g_array_unref(handover->items);
    g_free(handover->nm);
    g_free(handover);
}

void
gre_handover_keep_bus(GreHandover *handover, int fd)
{
    handover->bus = fd;
}

void
gre_handover_add(GreHandover *handover, int fd, GVariant *record, GreSecret *settings)
{
    GreHandoverItem item = { fd, g_variant_ref_sink(record), gre_secret_ref(settings) };

    g_array_append_val(handover->items, item);
}

const char *
gre_handover_nm(const GreHandover *handover)
{
    return handover->nm;
}

const GreHandoverItem *
gre_handover_take(GreHandover *handover)
{
    if (handover->taken == handover->items->len)
        return NULL;
    return &g_array_index(handover->items, GreHandoverItem, handover->taken++);
}

/* ---- writing ---- */

static GVariant *
make_index(const GreHandover *handover)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(ita{sv})"));
    for (guint i = 0; i < handover->items->len; i++) {
        const GreHandoverItem *item = &g_array_index(handover->items, GreHandoverItem, i);
        gsize                  len;

        /* its descriptor, the length of its settings, the record */
        gre_secret_data(item->settings, &len);
        g_variant_builder_add(&builder, "(it@a{sv})", item->fd, (guint64) len, item->record);
    }
    return g_variant_ref_sink(
        g_variant_new(INDEX_TYPE, handover->nm ? handover->nm : "", handover->bus, &builder));
}

static gboolean
write_padded(int fd, gconstpointer data, gsize len)
{
    static const char nothing[ALIGNMENT];

    return gre_io_write_all(fd, data, len) && gre_io_write_all(fd, nothing, aligned(len) - len);
}

static gboolean
write_all(const GreHandover *handover, int fd)
{
    g_autoptr(GVariant) index = make_index(handover);
    Head head = { FORMAT, g_variant_get_size(index) };

    if (!write_padded(fd, &head, sizeof head) ||
        !write_padded(fd, g_variant_get_data(index), (gsize) head.length))
        return FALSE;
    for (guint i = 0; i < handover->items->len; i++) {
        const GreHandoverItem *item = &g_array_index(handover->items, GreHandoverItem, i);
        gsize                  len;
        const guint8          *data = gre_secret_data(item->settings, &len);

        if (!write_padded(fd, data, len))
            return FALSE;
    }
    return TRUE;
}

int
gre_handover_write(const GreHandover *handover)
{
    int fd = memfd_create("nm-gre-handover", 0);

    if (fd < 0 || write_all(handover, fd))
        return fd;
    close(fd);
    return -1;
}

void
gre_handover_execute(GreHandover *handover, const char *const *program, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *argument = NULL;
    int              fd = gre_handover_write(handover);

    if (fd >= 0) {
        argument = g_strdup_printf("--handed-over=%d", fd);
        for (const char *const *word = program; *word; word++)
            g_ptr_array_add(argv, (gpointer) *word);
        g_ptr_array_add(argv, argument);
        g_ptr_array_add(argv, NULL);
        execv(program[0], (char **) argv->pdata);
    }
    g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL, "can't execute %s: %s", program[0],
                g_strerror(errno));
    if (fd >= 0)
        close(fd);
}

/* ---- reading ---- */

/* FALSE if the file is shorter than its index says. */
static gboolean
fill(GreHandover *handover, GVariant *index, const guint8 *rest, gsize left)
{
    g_autoptr(GVariantIter) iter = NULL;
    g_autofree char *nm = NULL;
    GVariant        *record;
    guint64          len;
    int              fd;
    gboolean         whole = TRUE;

    g_variant_get(index, INDEX_TYPE, &nm, &handover->bus, &iter);
    handover->nm = nm[0] ? g_steal_pointer(&nm) : NULL;
    while (g_variant_iter_next(iter, "(it@a{sv})", &fd, &len, &record)) {
        GreSecret *settings;

        whole = whole && len <= left && aligned((gsize) len) <= left;
        settings = gre_secret_new(rest, whole ? (gsize) len : 0);
        gre_handover_add(handover, fd, record, settings);
        gre_secret_unref(settings);
        g_variant_unref(record);
        rest += whole ? aligned((gsize) len) : 0;
        left -= whole ? aligned((gsize) len) : 0;
    }
    return whole;
}

static GreHandover *
parse(const guint8 *data, gsize size)
{
    g_autoptr(GVariant) index = NULL;
    GreHandover *handover;
    guint8      *copy;
    Head         head;
    gsize        left;

    if (size < sizeof head)
        return NULL;
    memcpy(&head, data, sizeof head);
    left = size - sizeof head;
    if (head.format != FORMAT || head.length > left || aligned((gsize) head.length) > left)
        return NULL;
    copy = g_memdup2(data + sizeof head, (gsize) head.length); /* records outlive the file */
    index = g_variant_ref_sink(g_variant_new_from_data(G_VARIANT_TYPE(INDEX_TYPE), copy,
                                                       (gsize) head.length, FALSE, g_free, copy));
    if (!g_variant_is_normal_form(index))
        return NULL;
    handover = gre_handover_new(NULL);
    if (fill(handover, index, data + sizeof head + aligned((gsize) head.length),
             left - aligned((gsize) head.length)))
        return handover;
    gre_handover_free(handover);
    return NULL;
}

GreHandover *
gre_handover_read(int fd, GError **error)
{
    off_t        size = lseek(fd, 0, SEEK_END);
    guint8      *data = MAP_FAILED;
    GreHandover *handover = NULL;

    if (size > 0 && size <= SIZE_MAX_B)
        data = mmap(NULL, (gsize) size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (data != MAP_FAILED) {
        handover = parse(data, (gsize) size);
        explicit_bzero(data, (gsize) size);
        munmap(data, (gsize) size);
    }
    if (!handover)
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_PROFILE,
                            "--handed-over: not a file of this service's");
    return handover;
}
