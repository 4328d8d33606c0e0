/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An activation that is up, from one program of the service to the next one.
 */
#ifndef GRE_ACTIVATION_HANDOVER_H
#define GRE_ACTIVATION_HANDOVER_H

#include "service/activation.h"
#include "service/handover.h"

/* Whether it can be handed over now. */
typedef enum {
    GRE_ACTIVATION_READY,
    GRE_ACTIVATION_BUSY,   /* up, but in the middle of something */
    GRE_ACTIVATION_NOT_UP, /* coming up or going down */
} GreActivationReadiness;

GreActivationReadiness gre_activation_readiness(GreActivation *activation);

/**
 * gre_activation_hand_over:
 * @activation: is ready
 *
 * Adds it to @handover, for a program that takes this one's place. Changes nothing of it.
 *
 * Returns: FALSE if there are no more descriptors.
 */
gboolean gre_activation_hand_over(GreActivation *activation, GreHandover *handover);

/**
 * gre_activation_resume:
 * @item: of the earlier program; its descriptor is taken
 *
 * As gre_activation_new(), for one that NetworkManager has as up. `settled` or `gone` follows.
 *
 * Returns: NULL if @item is not valid; NetworkManager then notices that its service has ended.
 */
GreActivation *gre_activation_resume(GreEngine                *engine,
                                     GreGuard                 *guard,
                                     GDBusConnection          *bus,
                                     const GreHandoverItem    *item,
                                     const GreActivationFuncs *funcs,
                                     gpointer                  user_data,
                                     GError                  **error);

#endif
