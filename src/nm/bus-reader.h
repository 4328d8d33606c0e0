/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls one method on many objects of a bus name: a few at a time (the bus ends a client that waits
 * for too many answers), each object once, and again where it is added while it is being asked.
 */
#ifndef GRE_BUS_READER_H
#define GRE_BUS_READER_H

#include <gio/gio.h>

typedef struct _GreBusReader GreBusReader;

/* @reply: (nullable): NULL where there is none, for the reason in @error. */
typedef void (*GreBusReaderFunc)(const char   *path,
                                 GVariant     *reply,
                                 const GError *error,
                                 gpointer      user_data);

/**
 * gre_bus_reader_new:
 * @args: (nullable) (transfer floating): the same for each
 * @func: gets each answer; it may add
 * @idle: (nullable): called whenever the last answer is in
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

/* The answer for that object, if it is still to come, is not wanted any more. */
void gre_bus_reader_forget(GreBusReader *reader, const char *path);

/* Forgets all of them. */
void gre_bus_reader_clear(GreBusReader *reader);

/* Whether there is no such object; other errors say nothing of it. */
gboolean gre_bus_reader_is_gone(const GError *error);

gboolean gre_bus_reader_is_idle(const GreBusReader *reader);

#endif
