/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls one method on many objects of a bus name: a few at a time (the bus disconnects a client
 * with too many pending replies), each object once, and again if it is added during its call.
 */
#ifndef GRE_BUS_READER_H
#define GRE_BUS_READER_H

#include <gio/gio.h>

typedef struct _GreBusReader GreBusReader;

/* @reply: (nullable): NULL on failure, with the reason in @error. */
typedef void (*GreBusReaderFunc)(const char   *path,
                                 GVariant     *reply,
                                 const GError *error,
                                 gpointer      user_data);

/**
 * gre_bus_reader_new:
 * @args: (nullable) (transfer floating): the same for each
 * @func: called with each answer; may add objects
 * @idle: (nullable): called whenever no call is pending any more
 */
GreBusReader *gre_bus_reader_new(GDBusConnection *bus,
                                 const char      *name,
                                 const char      *interface,
                                 const char      *method,
                                 GVariant        *args,
                                 GreBusReaderFunc func,
                                 void (*idle)(gpointer user_data),
                                 gpointer user_data);
void          gre_bus_reader_free(GreBusReader *reader);

void gre_bus_reader_add(GreBusReader *reader, const char *path);

/* Drops the pending answer for that object, if any. */
void gre_bus_reader_forget(GreBusReader *reader, const char *path);

/* Drops all pending answers. */
void gre_bus_reader_clear(GreBusReader *reader);

/* Whether the error means that there is no such object. */
gboolean gre_bus_reader_is_gone(const GError *error);

gboolean gre_bus_reader_is_idle(const GreBusReader *reader);

#endif
