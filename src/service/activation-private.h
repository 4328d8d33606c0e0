/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by activation.c (what NetworkManager and the engine say) and activation-handover.c. */
#ifndef GRE_ACTIVATION_PRIVATE_H
#define GRE_ACTIVATION_PRIVATE_H

#include "nm/settings.h"
#include "nm/vpn-plugin.h"
#include "service/activation.h"

struct _GreActivation {
    GreEngine                *engine;
    GreGuard                 *guard;
    GDBusConnection          *bus;
    char                     *bus_name;
    const GreActivationFuncs *funcs;
    gpointer                  data;

    GreVpnPlugin  *plugin;
    GreSettings    settings;
    GreConnection *connection;
    GCancellable  *cancellable; /* of the questions to others */
    char          *base;        /* its interface, NULL if unknown */
    gboolean       base_known;
    gboolean       up;        /* according to the engine */
    char          *device;    /* the interface of its own device, NULL: none */
    gboolean       announced; /* NetworkManager knows it */
    gboolean       abandoned;
    guint          unused_timer;
    GVariant *wanted; /* its settings, until its users may, and a companion's tunnel is found */

    gboolean   interactive; /* NetworkManager's agents can be asked for another secret … */
    gboolean   asking;      /* … and are */
    gint64     connecting;  /* since when, as NetworkManager has it; monotonic µs */
    gboolean   was_refused; /* a secret was refused: */
    GreSecret *refused;     /* the last one; NULL: none was given */

    GreSecret            *told;    /* the settings as NetworkManager sent them, to hand over */
    GreConnectionRemains *remains; /* of one that was handed over and is not up again yet */
};

extern const GreVpnPluginFuncs gre_activation_plugin_funcs;

/* One without its plugin. */
GreActivation *gre_activation_alloc(GreEngine                *engine,
                                    GreGuard                 *guard,
                                    GDBusConnection          *bus,
                                    const char               *bus_name,
                                    const GreActivationFuncs *funcs,
                                    gpointer                  user_data);
/* Without a callback. */
void gre_activation_free(GreActivation *activation);
/* Brings it up by its settings, which are in `wanted` too. */
void gre_activation_begin(GreActivation *activation);

#endif
