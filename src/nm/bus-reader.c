/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue of object paths, and the pending calls. */
#include "nm/bus-reader.h"

#define AT_ONCE    16
#define TIMEOUT_MS 10000

typedef struct {
    GreBusReader *reader;
    char         *path;
    GCancellable *cancellable;
    gboolean      again; /* it was added again meanwhile */
} Call;

struct _GreBusReader {
    GDBusConnection *bus;
    char            *name, *interface, *method;
    GVariant        *args;
    GreBusReaderFunc func;
    void (*idle)(gpointer user_data);
    gpointer    data;
    GQueue      waiting; /* char* */
    GHashTable *calls;   /* char *path -> Call */
};

static void
call_free(Call *call)
{
    g_object_unref(call->cancellable);
    g_free(call->path);
    g_free(call);
}

GreBusReader *
gre_bus_reader_new(GDBusConnection *bus,
                   const char      *name,
                   const char      *interface,
                   const char      *method,
                   GVariant        *args,
                   GreBusReaderFunc func,
                   void (*idle)(gpointer user_data),
                   gpointer user_data)
{
    GreBusReader *reader = g_new0(GreBusReader, 1);

    reader->bus = g_object_ref(bus);
    reader->name = g_strdup(name);
    reader->interface = g_strdup(interface);
    reader->method = g_strdup(method);
    reader->args = args ? g_variant_ref_sink(args) : NULL;
    reader->func = func;
    reader->idle = idle;
    reader->data = user_data;
    g_queue_init(&reader->waiting);
    reader->calls = g_hash_table_new(g_str_hash, g_str_equal);
    return reader;
}

void
gre_bus_reader_free(GreBusReader *reader)
{
    if (!reader)
        return;
    gre_bus_reader_clear(reader);
    g_hash_table_unref(reader->calls);
    g_clear_pointer(&reader->args, g_variant_unref);
    g_object_unref(reader->bus);
    g_free(reader->name);
    g_free(reader->interface);
    g_free(reader->method);
    g_free(reader);
}

static void start(GreBusReader *reader);

static void
answered(GObject *source, GAsyncResult *result, gpointer data)
{
    Call         *call = data;
    GreBusReader *reader = call->reader;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (g_cancellable_is_cancelled(call->cancellable)) {
        call_free(call); /* forgotten; the reader may be freed */
        return;
    }
    g_hash_table_remove(reader->calls, call->path);
    if (call->again)
        gre_bus_reader_add(reader, call->path);
    else
        reader->func(call->path, reply, error, reader->data);
    call_free(call);
    start(reader);
    if (reader->idle && gre_bus_reader_is_idle(reader))
        reader->idle(reader->data);
}

static void
start(GreBusReader *reader)
{
    while (g_hash_table_size(reader->calls) < AT_ONCE && !g_queue_is_empty(&reader->waiting)) {
        Call *call = g_new0(Call, 1);

        call->reader = reader;
        call->path = g_queue_pop_head(&reader->waiting);
        call->cancellable = g_cancellable_new();
        g_hash_table_insert(reader->calls, call->path, call);
        g_dbus_connection_call(reader->bus, reader->name, call->path, reader->interface,
                               reader->method, reader->args, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                               TIMEOUT_MS, call->cancellable, answered, call);
    }
}

static GList *
find_waiting(GreBusReader *reader, const char *path)
{
    return g_queue_find_custom(&reader->waiting, path, (GCompareFunc) g_strcmp0);
}

void
gre_bus_reader_add(GreBusReader *reader, const char *path)
{
    Call *call = g_hash_table_lookup(reader->calls, path);

    if (call) {
        call->again = TRUE;
        return;
    }
    if (!find_waiting(reader, path))
        g_queue_push_tail(&reader->waiting, g_strdup(path));
    start(reader);
}

void
gre_bus_reader_forget(GreBusReader *reader, const char *path)
{
    Call  *call = g_hash_table_lookup(reader->calls, path);
    GList *waiting = find_waiting(reader, path);

    if (call) {
        g_hash_table_remove(reader->calls, path);
        g_cancellable_cancel(call->cancellable); /* its answer frees it */
    }
    if (waiting) {
        g_free(waiting->data);
        g_queue_delete_link(&reader->waiting, waiting);
    }
    start(reader);
}

void
gre_bus_reader_clear(GreBusReader *reader)
{
    GHashTableIter iter;
    gpointer       call;

    g_queue_clear_full(&reader->waiting, g_free);
    g_hash_table_iter_init(&iter, reader->calls);
    while (g_hash_table_iter_next(&iter, NULL, &call)) {
        g_hash_table_iter_remove(&iter);
        g_cancellable_cancel(((Call *) call)->cancellable);
    }
}

gboolean
gre_bus_reader_is_gone(const GError *error)
{
    return g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT);
}

gboolean
gre_bus_reader_is_idle(const GreBusReader *reader)
{
    return g_queue_is_empty((GQueue *) &reader->waiting) && g_hash_table_size(reader->calls) == 0;
}
