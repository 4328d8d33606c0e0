/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of systemd-logind's interfaces the service calls, for those that play it: test-polkit and
 * tests/vm/logind. Source: org.freedesktop.login1(5). */
#ifndef GRE_LOGIN_XML_H
#define GRE_LOGIN_XML_H

static const char login_xml[] =
    "<node>"
    "<interface name='org.freedesktop.login1.Manager'><method name='ListUsers'>"
    "<arg type='a(uso)' direction='out'/></method></interface>"
    "<interface name='org.freedesktop.login1.User'>"
    "<property name='Display' type='(so)' access='read'/></interface>"
    "<interface name='org.freedesktop.login1.Session'>"
    "<property name='Leader' type='u' access='read'/></interface>"
    "</node>";

#endif
