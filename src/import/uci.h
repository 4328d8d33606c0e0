/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OpenWrt's configuration (openwrt.org, "The UCI system") as settings "PACKAGE SECTION OPTION
 * VALUE"; the option ".type" has the section's type. Files, `uci show`, and commands, also in a
 * batch.
 */
#ifndef GRE_UCI_H
#define GRE_UCI_H

#include "import/paths.h"

GrePaths *gre_uci_parse(const char *text);

#endif
