/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The editor of one profile, for programs with GTK 3 or GTK 4: libnm's NMVpnEditor.
 */
#ifndef NM_GRE_EDITOR_H
#define NM_GRE_EDITOR_H

#include <NetworkManager.h>

#define GRE_EDITOR_FACTORY nm_vpn_editor_factory_gre

/* The library's only entry point: GRE_EDITOR_FACTORY. @connection: (nullable): not kept. */
typedef NMVpnEditor *(*GreEditorFactory)(NMVpnEditorPlugin *plugin,
                                         NMConnection      *connection,
                                         GError           **error);

NMVpnEditor *
GRE_EDITOR_FACTORY(NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error);

#endif
